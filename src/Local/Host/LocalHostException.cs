namespace Jobs.Local.Host;

/// <summary>The host cannot run the app as it is declared or configured. The message is meant to be read alone, without a stack trace.</summary>
internal sealed class LocalHostException(string message, Exception? innerException = null) : Exception(message, innerException);
