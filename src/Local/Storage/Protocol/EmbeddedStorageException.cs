namespace Jobs.Local.Storage.Protocol;

/// <summary>The storage cannot be opened. The message is one line that says to the user of the program what to do.</summary>
internal sealed class EmbeddedStorageException(string message, Exception? cause = null) : Exception(message, cause);
