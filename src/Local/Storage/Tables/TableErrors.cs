using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>The Table service's refusals, by its own status, code and words.</summary>
internal static class TableErrors
{
    public static StorageError EntityAlreadyExists() => new(409, "EntityAlreadyExists", "The specified entity already exists.");

    public static StorageError ResourceNotFound() => new(404, "ResourceNotFound", "The specified resource does not exist.");

    public static StorageError TableNotFound() => new(404, "TableNotFound", "The table specified does not exist.");

    public static StorageError TableAlreadyExists() => new(409, "TableAlreadyExists", "The table specified already exists.");

    public static StorageError UpdateConditionNotSatisfied() =>
        new(412, "UpdateConditionNotSatisfied", "The update condition specified in the request was not satisfied.");

    public static StorageError BadRequest(string code, string message) => new(400, code, message);

    /// <summary>An action of a transaction was refused; the service puts its index before the message.</summary>
    public static StorageError AtAction(int index, StorageError refusal) => new(refusal.Status, refusal.Code, $"{index}:{refusal.Message}", refusal);
}
