namespace Jobs.LocalRuntime.Blobs;

/// <summary>Refuses what the mirror does not do, by name, rather than ignore it.</summary>
internal static class Unsupported
{
    public static void If(bool asked, string what)
    {
        if (asked)
            throw new NotSupportedException($"The local runtime does not mirror {what}.");
    }
}
