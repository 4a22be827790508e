namespace Jobs.Conformance.Suites;

/// <summary>
/// Where a storage is known to differ from Azure. Each is asserted, so that the day it changes is noticed; what is not here is as in Azure.
/// </summary>
public sealed record Differences
{
    /// <summary>None known.</summary>
    public static Differences None { get; } = new();

    /// <summary>What Azurite 3.37 does otherwise.</summary>
    public static Differences OfAzurite { get; } = new() { IsAzurite = true };

    public bool IsAzurite { get; private init; }
}
