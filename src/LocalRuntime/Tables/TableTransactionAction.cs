#nullable disable

namespace Azure.Data.Tables;

/// <summary>One change of a transaction.</summary>
public class TableTransactionAction
{
    /// <summary>A change without a condition.</summary>
    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity)
        : this(actionType, entity, default)
    {
    }

    /// <summary>A change under the condition that the entity still has the version <paramref name="etag"/>.</summary>
    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity, ETag etag = default)
    {
        ActionType = actionType;
        Entity = entity;
        ETag = etag;
    }

    /// <summary>What is done.</summary>
    public TableTransactionActionType ActionType { get; }

    /// <summary>With which entity.</summary>
    public ITableEntity Entity { get; }

    /// <summary>Under which condition; the default is none.</summary>
    public ETag ETag { get; }
}
