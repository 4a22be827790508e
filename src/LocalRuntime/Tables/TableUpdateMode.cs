namespace Azure.Data.Tables;

/// <summary>What an update does with properties that the new entity does not have.</summary>
public enum TableUpdateMode
{
    /// <summary>They stay.</summary>
    Merge,

    /// <summary>They go.</summary>
    Replace,
}
