namespace Jobs.Execution.Isolation;

/// <summary>What an operator demands of a machine, below <see cref="Section"/>.</summary>
public sealed class IsolationOptions
{
    /// <summary>What the settings' names begin with.</summary>
    public const string Section = "Jobs";

    /// <summary>
    /// The least isolation in which code and documents of others are worked on, one of <see cref="IsolationWords.All"/>; <c>none</c> takes the strongest that the machine allows, whatever that
    /// is. Where it offers less, the app does not start, and nothing is compiled, run, read or checked.
    /// </summary>
    public string RequireIsolation { get; set; } = IsolationLevel.None.WordOf();

    /// <summary>The level of <see cref="RequireIsolation"/>. Throws <see cref="InvalidOperationException"/> where that is no word.</summary>
    public IsolationLevel Required => IsolationWords.LevelOf(RequireIsolation) ?? throw new InvalidOperationException($"'{RequireIsolation}' is no isolation.");

    /// <summary>The name of the setting.</summary>
    public static string Setting => $"{Section}:{nameof(RequireIsolation)}";
}
