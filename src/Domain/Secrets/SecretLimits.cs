namespace Jobs.Domain.Secrets;

/// <summary>The limits of an agent's secrets.</summary>
public static class SecretLimits
{
    /// <summary>The fewest bytes of a value, as UTF-8. A shorter one could not be redacted from logs without spoiling them.</summary>
    public const int MinValueBytes = 8;

    /// <summary>The most bytes of a value, as UTF-8: 4 KiB.</summary>
    public const int MaxValueBytes = 4_096;

    /// <summary>The most secrets that one agent may have.</summary>
    public const int MaxSecrets = 50;
}
