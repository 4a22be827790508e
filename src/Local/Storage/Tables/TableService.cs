using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>The Table service's REST protocol over a <see cref="TableStore"/>.</summary>
internal sealed class TableService(TableStore store)
{
    /// <summary>The most bytes of a request that is no transaction: an entity of 1 MiB, whose JSON may be longer than what counts.</summary>
    private const int MaxEntityRequestBytes = 4 * 1024 * 1024;

    private const string NextPartitionKey = "NextPartitionKey", NextRowKey = "NextRowKey";

    private readonly TableList _list = new(store);
    private readonly TableBatch _batch = new(store);

    /// <summary>Counts of what was asked, for tests and figures.</summary>
    public TableTransactions Transactions { get; } = new();

    /// <summary>Answers a request. A refusal is a <see cref="StorageError"/>.</summary>
    public ValueTask<StorageResponse> HandleAsync(StorageRequest request, CancellationToken cancellationToken)
    {
        var resource = request.Resource();
        if (resource.Length == 0)
            return new(TableProperties.OfService(request));
        var address = TableAddress.Parse(resource);
        switch (address.Name)
        {
            case TableAddress.Batch:
                return new(BatchAsync(request, cancellationToken));
            case TableAddress.Tables:
                return new(_list.HandleAsync(request, address, Transactions, cancellationToken));
        }

        TableLimits.CheckTableName(address.Name);
        if (request.Query["comp"] is { } component)
            return new(TableProperties.OfTable(request, component, store.HasTable(address.Name, cancellationToken)));
        if (!address.IsEntity)
        {
            return request.Method switch
            {
                "GET" => new(Query(request, address.Name, cancellationToken)),
                "POST" => new(WriteAsync(request, address, cancellationToken)),
                _ => throw StorageError.MethodNotAllowed(),
            };
        }

        return request.Method == "GET" ? new(Get(request, address, cancellationToken)) : new(WriteAsync(request, address, cancellationToken));
    }

    private StorageResponse Get(StorageRequest request, TableAddress address, CancellationToken cancellationToken)
    {
        Transactions.CountRead(address.Name);
        TableLimits.CheckKeys(address.PartitionKey!, address.RowKey!);
        var entity = store.Get(address.Name, address.PartitionKey!, address.RowKey!, cancellationToken);
        var level = MetadataLevels.Of(request);
        var writer = new EntityWriter(ServiceAddress(request), address.Name, level, Select(request));
        writer.WriteOne(entity);
        return new StorageResponse(200).With("ETag", TableETag.Of(entity.Ticks)).WithBody(writer.Written, level.ContentType());
    }

    private StorageResponse Query(StorageRequest request, string table, CancellationToken cancellationToken)
    {
        Transactions.CountQuery(table);
        var level = MetadataLevels.Of(request);
        (string, string)? from = request.Query[NextPartitionKey] is { Length: > 0 } partitionKey
            ? (ContinuationToken.Read(partitionKey), request.Query[NextRowKey] is { Length: > 0 } rowKey ? ContinuationToken.Read(rowKey) : "")
            : null;
        var page = store.Query(table, ODataFilter.Parse(request.Query["$filter"]), Top(request), from, cancellationToken);
        var writer = new EntityWriter(ServiceAddress(request), table, level, Select(request));
        writer.WritePage(page.Entities);
        return new StorageResponse(200)
            .With($"x-ms-continuation-{NextPartitionKey}", page.Next is { } next ? ContinuationToken.Write(next.PartitionKey) : null)
            .With($"x-ms-continuation-{NextRowKey}", page.Next is { } last ? ContinuationToken.Write(last.RowKey) : null)
            .WithBody(writer.Written, level.ContentType());
    }

    private async Task<StorageResponse> WriteAsync(StorageRequest request, TableAddress address, CancellationToken cancellationToken)
    {
        Transactions.CountWrite(address.Name);
        var operation = await TableOperation.ReadAsync(request, address, MaxEntityRequestBytes, cancellationToken).ConfigureAwait(false);
        var version = await store.WriteAsync(operation.Table, operation.Write, cancellationToken).ConfigureAwait(false);
        return operation.Answer(ServiceAddress(request), version);
    }

    private async Task<StorageResponse> BatchAsync(StorageRequest request, CancellationToken cancellationToken)
    {
        if (request.Method != "POST")
            throw StorageError.MethodNotAllowed();
        return await _batch.HandleAsync(request, Transactions, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many entities a page may have.</summary>
    internal static int Top(StorageRequest request) => request.Query["$top"] is not { } top ? TableLimits.MaxPage
        : int.TryParse(top, out var count) && count is >= 1 and <= TableLimits.MaxPage ? count
        : throw StorageError.InvalidInput($"$top is 1 to {TableLimits.MaxPage}.");

    /// <summary>The address of the account.</summary>
    internal static string ServiceAddress(StorageRequest request) => $"{request.Origin}/{EmulatorAccount.Name}";

    private static string[]? Select(StorageRequest request) => request.Query["$select"] is { Length: > 0 } select && select != "*"
        ? select.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : null;
}
