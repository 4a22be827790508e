namespace Jobs.Generation.Offline.Prompts;

/// <summary>Which appearance a widget has.</summary>
public enum WidgetTheme
{
    /// <summary>Follows the visitor's system.</summary>
    Auto,

    /// <summary>Always light.</summary>
    Light,

    /// <summary>Always dark.</summary>
    Dark,
}
