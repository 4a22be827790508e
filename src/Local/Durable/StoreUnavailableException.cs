namespace Jobs.Local.Durable;

/// <summary>The durable store cannot be written now, and nothing of the request was stored. It may work later: <see cref="StoreStatus"/>.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
