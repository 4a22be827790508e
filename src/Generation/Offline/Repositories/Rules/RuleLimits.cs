namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>How far the offline agent goes, beside <see cref="Jobs.Generation.Repositories.EditLimits"/>.</summary>
public static class RuleLimits
{
    /// <summary>The longest that going through the files of a repository may take.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes of everything that is written: 20 MiB.</summary>
    public const long MaxChangedBytes = 20L * 1024 * 1024;

    /// <summary>The most characters of an instruction that is read by rule.</summary>
    public const int MaxInstructionLength = 100_000;

    /// <summary>The most things that one instruction may ask for.</summary>
    public const int MaxClauses = 20;

    /// <summary>The most characters of a word that is renamed, and of its new name.</summary>
    public const int MaxWordLength = 200;

    /// <summary>The most files left alone that a summary names.</summary>
    public const int MaxNamed = 10;
}
