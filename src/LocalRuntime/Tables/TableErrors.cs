using Azure;

namespace Jobs.LocalRuntime.Tables;

/// <summary>The service's refusals, by its own status and code.</summary>
internal static class TableErrors
{
    public static RequestFailedException EntityAlreadyExists() => new(409, "The specified entity already exists.", "EntityAlreadyExists", null);

    public static RequestFailedException ResourceNotFound() => new(404, "The specified resource does not exist.", "ResourceNotFound", null);

    public static RequestFailedException TableNotFound(string table) => new(404, $"The table {table} does not exist.", "TableNotFound", null);

    public static RequestFailedException TableAlreadyExists(string table) => new(409, $"The table {table} already exists.", "TableAlreadyExists", null);

    public static RequestFailedException UpdateConditionNotSatisfied() =>
        new(412, "The update condition specified in the request was not satisfied.", "UpdateConditionNotSatisfied", null);

    /// <summary>A fault of the local database, as a fault of the service.</summary>
    public static RequestFailedException InternalError(Exception cause) => new(500, $"The local database failed: {cause.Message}", "InternalError", cause);

    public static RequestFailedException BadRequest(string code, string message) => new(400, message, code, null);
}
