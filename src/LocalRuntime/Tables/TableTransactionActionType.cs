namespace Azure.Data.Tables;

/// <summary>What an action of a transaction does.</summary>
public enum TableTransactionActionType
{
    /// <summary>Insert; 409 when the entity exists.</summary>
    Add,

    /// <summary>Change the given properties; 404 when the entity does not exist.</summary>
    UpdateMerge,

    /// <summary>Change all properties; 404 when the entity does not exist.</summary>
    UpdateReplace,

    /// <summary>Delete; 404 when the entity does not exist.</summary>
    Delete,

    /// <summary>Insert, or change the given properties.</summary>
    UpsertMerge,

    /// <summary>Insert, or change all properties.</summary>
    UpsertReplace,
}
