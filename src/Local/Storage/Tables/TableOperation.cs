using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>A change of one entity as a request asks for it, by itself or inside a transaction.</summary>
/// <param name="Table">The table.</param>
/// <param name="Write">The change.</param>
/// <param name="Echo">For an insert whose client wants the entity back: in which form. Null for an answer without content.</param>
/// <param name="Preferred">Whether the client said with <c>Prefer</c> which of the two it wants.</param>
internal sealed record TableOperation(string Table, TableWrite Write, MetadataLevel? Echo, bool Preferred)
{
    private const string NoContent = "return-no-content", Content = "return-content";

    /// <summary>Reads a request. What is not within the service's rules and limits is refused.</summary>
    public static async Task<TableOperation> ReadAsync(StorageRequest request, TableAddress address, int maxBytes, CancellationToken cancellationToken)
    {
        var kind = Kind(request, address);
        if (kind == TableWriteKind.Delete)
        {
            TableLimits.CheckKeys(address.PartitionKey!, address.RowKey!);
            return new(address.Name, new TableWrite(kind, address.PartitionKey!, address.RowKey!, IfMatch(request)!, [], []), null, false);
        }

        var (partitionKey, rowKey, properties) = EntityReader.Read(await request.ReadBodyAsync(maxBytes, cancellationToken).ConfigureAwait(false));
        if (address.IsEntity)
            (partitionKey, rowKey) = (address.PartitionKey, address.RowKey);
        if (partitionKey is null || rowKey is null)
            throw TableErrors.BadRequest("PropertiesNeedValue", "The values are not specified for all properties in the entity: it needs a PartitionKey and a RowKey.");
        TableLimits.CheckKeys(partitionKey, rowKey);
        TableLimits.CheckEntity(partitionKey, rowKey, properties);
        var write = new TableWrite(kind, partitionKey, rowKey, IfMatch(request) ?? TableETag.Any, properties, EntityJson.Write(properties));
        var prefer = request.Header("Prefer");
        return new(address.Name, write, kind == TableWriteKind.Insert && prefer != NoContent ? MetadataLevels.Of(request) : null, prefer is NoContent or Content);
    }

    /// <summary>The answer when it was done.</summary>
    public StorageResponse Answer(string serviceAddress, long version)
    {
        if (Write.Kind == TableWriteKind.Delete)
            return new StorageResponse(204);
        var response = new StorageResponse(Echo is null ? 204 : 201).With("ETag", TableETag.Of(version));
        if (Write.Kind != TableWriteKind.Insert)
            return response;
        var address = $"{serviceAddress}/{EntityWriter.Address(Table, Write.PartitionKey, Write.RowKey)}";
        response.With("Location", address).With("DataServiceId", address).With("Preference-Applied", Preferred ? Echo is null ? NoContent : Content : null);
        if (Echo is not { } level)
            return response;
        var writer = new EntityWriter(serviceAddress, Table, level, select: null);
        writer.WriteOne(new StoredEntity(Write.PartitionKey, Write.RowKey, version, Write.Json));
        return response.WithBody(writer.Written, level.ContentType());
    }

    private static TableWriteKind Kind(StorageRequest request, TableAddress address)
    {
        var method = request.Method == "POST" && request.Header("X-HTTP-Method") is { } tunnelled ? tunnelled.ToUpperInvariant() : request.Method;
        if (!address.IsEntity)
            return method == "POST" ? TableWriteKind.Insert : throw StorageError.MethodNotAllowed();
        var isConditional = IfMatch(request) is not null;
        return method switch
        {
            "PUT" => isConditional ? TableWriteKind.Replace : TableWriteKind.InsertOrReplace,
            "PATCH" or "MERGE" => isConditional ? TableWriteKind.Merge : TableWriteKind.InsertOrMerge,
            "DELETE" => isConditional ? TableWriteKind.Delete : throw StorageError.MissingHeader("If-Match"),
            _ => throw StorageError.MethodNotAllowed(),
        };
    }

    private static string? IfMatch(StorageRequest request) => request.Header("If-Match") is not { Length: > 0 } condition ? null
        : TableETag.IsWellFormed(condition) ? condition
        : throw StorageError.InvalidInput($"The etag value '{condition}' specified in one of the request headers is not valid.");
}
