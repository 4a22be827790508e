using System.Text.Json;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>The list of tables: <c>Tables</c> and <c>Tables('Jobs')</c>.</summary>
internal sealed class TableList(TableStore store)
{
    private const int MaxRequestBytes = 16 * 1024;
    private const string NextTableName = "NextTableName", TableName = "TableName";

    /// <summary>Answers a request.</summary>
    public async Task<StorageResponse> HandleAsync(StorageRequest request, TableAddress address, TableTransactions transactions, CancellationToken cancellationToken)
    {
        switch (request.Method, address.TableName)
        {
            case ("GET", null):
                return List(request, cancellationToken);
            case ("GET", { } table):
                TableLimits.CheckTableName(table);
                return store.HasTable(table, cancellationToken) ? Answer(200, request, [table], isPage: false) : throw TableErrors.ResourceNotFound();
            case ("POST", null):
                return await CreateAsync(request, transactions, cancellationToken).ConfigureAwait(false);
            case ("DELETE", { } table):
                TableLimits.CheckTableName(table);
                transactions.CountWrite(table);
                await store.DeleteTableAsync(table, cancellationToken).ConfigureAwait(false);
                return new StorageResponse(204);
            default:
                throw StorageError.MethodNotAllowed();
        }
    }

    private async Task<StorageResponse> CreateAsync(StorageRequest request, TableTransactions transactions, CancellationToken cancellationToken)
    {
        var (_, _, properties) = EntityReader.Read(await request.ReadBodyAsync(MaxRequestBytes, cancellationToken).ConfigureAwait(false));
        if (properties.GetValueOrDefault(TableName) is not string table)
            throw TableErrors.BadRequest("PropertiesNeedValue", "The values are not specified for all properties in the entity: it needs a TableName.");
        TableLimits.CheckTableName(table);
        transactions.CountWrite(table);
        await store.CreateTableAsync(table, cancellationToken).ConfigureAwait(false);
        return request.Header("Prefer") == "return-no-content"
            ? new StorageResponse(204).With("Preference-Applied", "return-no-content")
            : Answer(201, request, [table], isPage: false);
    }

    private StorageResponse List(StorageRequest request, CancellationToken cancellationToken)
    {
        var (top, filter) = (TableService.Top(request), ODataFilter.Parse(request.Query["$filter"]));
        var from = request.Query[NextTableName] is { Length: > 0 } token ? ContinuationToken.Read(token) : null;
        var names = store.ListTables(cancellationToken)
            .Where(name => (from is null || string.Compare(name, from, StringComparison.OrdinalIgnoreCase) >= 0) && filter.MatchesTable(name))
            .Take(top + 1)
            .ToList();
        return Answer(200, request, names.Take(top), isPage: true)
            .With($"x-ms-continuation-{NextTableName}", names.Count > top ? ContinuationToken.Write(names[top]) : null);
    }

    private static StorageResponse Answer(int status, StorageRequest request, IEnumerable<string> tables, bool isPage)
    {
        var level = MetadataLevels.Of(request);
        var service = TableService.ServiceAddress(request);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = EntityJson.Encoder }))
        {
            writer.WriteStartObject();
            if (level != MetadataLevel.None)
                writer.WriteString("odata.metadata", $"{service}/$metadata#Tables{(isPage ? "" : "/@Element")}");
            if (isPage)
                writer.WriteStartArray("value");
            foreach (var table in tables)
            {
                if (isPage)
                    writer.WriteStartObject();
                if (level == MetadataLevel.Full)
                {
                    writer.WriteString("odata.type", $"{EmulatorAccount.Name}.Tables");
                    writer.WriteString("odata.id", $"{service}/Tables('{table}')");
                    writer.WriteString("odata.editLink", $"Tables('{table}')");
                }

                writer.WriteString(TableName, table);
                if (isPage)
                    writer.WriteEndObject();
            }

            if (isPage)
                writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return new StorageResponse(status).WithBody(buffer.ToArray(), level.ContentType());
    }
}
