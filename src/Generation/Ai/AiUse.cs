namespace Jobs.Generation.Ai;

/// <summary>What a model is used for; each may have a model of its own.</summary>
public enum AiUse
{
    /// <summary>Writing widgets.</summary>
    Widgets,

    /// <summary>Writing agents.</summary>
    Agents,

    /// <summary>Working in repositories.</summary>
    Repositories,
}
