using Azure;
using Azure.Core;
using Azure.Data.Tables;

namespace Jobs.LocalRuntime.Tables;

/// <summary>One change as an HTTP request, alone or in a batch.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path under the account's address, escaped.</param>
/// <param name="Headers">The headers that depend on the change.</param>
/// <param name="Body">The JSON body; null for a delete.</param>
internal sealed record TableRestRequest(RequestMethod Method, string Path, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body)
{
    /// <summary>The request for a change. An update without If-Match is how the service spells an upsert.</summary>
    public static TableRestRequest Of(string table, TableWrite write)
    {
        var path = EntityPath(table, write.PartitionKey, write.RowKey);
        (string, string)[] condition = [("If-Match", write.IfMatch.ToString("H"))];
        return write.Action switch
        {
            TableTransactionActionType.Add => new(RequestMethod.Post, table, [("Prefer", "return-no-content")], Json(write)),
            TableTransactionActionType.UpdateMerge => new(RequestMethod.Patch, path, condition, Json(write)),
            TableTransactionActionType.UpdateReplace => new(RequestMethod.Put, path, condition, Json(write)),
            TableTransactionActionType.UpsertMerge => new(RequestMethod.Patch, path, [], Json(write)),
            TableTransactionActionType.UpsertReplace => new(RequestMethod.Put, path, [], Json(write)),
            TableTransactionActionType.Delete => new(RequestMethod.Delete, path, condition, null),
            _ => throw new InvalidOperationException($"Unknown action {write.Action}."),
        };
    }

    /// <summary>The path of an entity.</summary>
    public static string EntityPath(string table, string partitionKey, string rowKey) => $"{table}(PartitionKey='{Escape(partitionKey)}',RowKey='{Escape(rowKey)}')";

    private static string Escape(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));

    private static byte[] Json(TableWrite write) => EntityJson.Write(
    [
        new(nameof(ITableEntity.PartitionKey), write.PartitionKey),
        new(nameof(ITableEntity.RowKey), write.RowKey),
        .. write.Properties,
    ]);
}
