namespace Jobs.Local.Durable;

/// <summary>Whether the durable store takes writes now.</summary>
/// <param name="Reason">Why not, in words for an operator; null while it does.</param>
internal sealed record StoreStatus(bool IsAvailable, string? Reason)
{
    public static StoreStatus Available { get; } = new(true, null);

    public static StoreStatus Unavailable(string reason) => new(false, reason);
}
