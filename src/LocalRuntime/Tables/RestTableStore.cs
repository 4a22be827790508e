using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Jobs.LocalRuntime.Storage;

namespace Jobs.LocalRuntime.Tables;

/// <summary>
/// The Table service over REST: Azure, or an emulator. Failed tries are repeated as the client's options say; an insert that is repeated after a lost
/// answer meets itself as 409, as with the real package.
/// </summary>
internal sealed class RestTableStore : ITableStore
{
    private const string Json = "application/json";
    private const string MinimalMetadata = "application/json;odata=minimalmetadata";
    private const string Scope = "https://storage.azure.com/.default";
    private const string NextPartitionKey = "x-ms-continuation-NextPartitionKey";
    private const string NextRowKey = "x-ms-continuation-NextRowKey";

    private readonly Uri _endpoint;
    private readonly string _version;
    private readonly HttpPipeline _pipeline;

    private RestTableStore(Uri endpoint, TableClientOptions options, HttpPipelinePolicy authentication)
    {
        _endpoint = endpoint;
        _version = options.Version;
        _pipeline = HttpPipelineBuilder.Build(options, authentication);
    }

    /// <inheritdoc/>
    public TableTransactions Transactions { get; } = new();

    /// <summary>By account key.</summary>
    public static RestTableStore WithSharedKey(StorageConnectionString account, TableClientOptions options) =>
        new(account.TableEndpoint!, options, new TableSharedKeyPolicy(account.AccountName, account.AccountKey));

    /// <summary>By identity.</summary>
    public static RestTableStore WithIdentity(Uri endpoint, TokenCredential credential, TableClientOptions options) =>
        new(endpoint, options, new BearerTokenAuthenticationPolicy(credential, Scope));

    /// <inheritdoc/>
    public async Task<Response> CreateTableAsync(string table, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(RequestMethod.Post, "Tables");
        message.Request.Headers.SetValue("Prefer", "return-no-content");
        SetJson(message.Request, JsonSerializer.SerializeToUtf8Bytes(new { TableName = table }));
        return await SendAsync(message, 204, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<TableRead> GetAsync(
        string table, string partitionKey, string rowKey, IReadOnlyCollection<string>? select, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(RequestMethod.Get, TableRestRequest.EntityPath(table, partitionKey, rowKey));
        if (select is not null)
            message.Request.Uri.AppendQuery("$select", string.Join(',', select));
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        switch (message.Response.Status)
        {
            case 200:
                using (var json = JsonDocument.Parse(message.Response.Content))
                    return new TableRead(Entity(json.RootElement), message.Response, null);
            case 404:
                return new TableRead(null, message.Response, Refusal(message.Response));
            default:
                throw Refusal(message.Response);
        }
    }

    /// <inheritdoc/>
    public async Task<Response> WriteAsync(string table, TableWrite write, CancellationToken cancellationToken)
    {
        var request = TableRestRequest.Of(table, write);
        using var message = CreateMessage(request.Method, request.Path);
        foreach (var (name, value) in request.Headers)
            message.Request.Headers.SetValue(name, value);
        if (request.Body is not null)
            SetJson(message.Request, request.Body);
        return await SendAsync(message, 204, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Response>> WriteTransactionAsync(string table, IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken)
    {
        var batch = new TableBatch(_endpoint, writes.Select(write => TableRestRequest.Of(table, write)));
        using var message = CreateMessage(RequestMethod.Post, "$batch");
        message.Request.Headers.SetValue("Content-Type", batch.ContentType);
        message.Request.Content = RequestContent.Create(batch.Content);
        var response = await SendAsync(message, 202, cancellationToken).ConfigureAwait(false);
        return TableBatch.ParseResponse(response.Content.ToString(), writes.Count);
    }

    /// <inheritdoc/>
    public async Task<Page<TableEntity>> QueryAsync(string table, TableQuery query, string? continuation, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(RequestMethod.Get, $"{table}()");
        message.Request.Uri.AppendQuery("$top", query.Take.ToString(null, null));
        if (query.Filter is not null)
            message.Request.Uri.AppendQuery("$filter", query.Filter);
        if (query.Select is not null)
            message.Request.Uri.AppendQuery("$select", string.Join(',', query.Select));
        if (continuation is not null)
        {
            // The service's two headers, as the real package joins them.
            var keys = continuation.Split(' ', 2);
            message.Request.Uri.AppendQuery("NextPartitionKey", keys[0]);
            if (keys.Length == 2 && keys[1].Length > 0)
                message.Request.Uri.AppendQuery("NextRowKey", keys[1]);
        }

        var response = await SendAsync(message, 200, cancellationToken).ConfigureAwait(false);
        using var json = JsonDocument.Parse(response.Content);
        var entities = json.RootElement.GetProperty("value").EnumerateArray().Select(Entity).ToList();
        var next = response.Headers.TryGetValue(NextPartitionKey, out var partition)
            ? $"{partition} {(response.Headers.TryGetValue(NextRowKey, out var row) ? row : "")}"
            : null;
        return Page<TableEntity>.FromValues(entities, next, response);
    }

    /// <summary>The error that a JSON body of the service describes.</summary>
    internal static RequestFailedException Refusal(int status, string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var error = json.RootElement.GetProperty("odata.error");
            return new(status, error.GetProperty("message").GetProperty("value").GetString()!, error.GetProperty("code").GetString(), null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new(status, $"The table service answered {status}: {body}", null, e);
        }
    }

    private static RequestFailedException Refusal(Response response) => Refusal(response.Status, response.Content.ToString());

    private HttpMessage CreateMessage(RequestMethod method, string path)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri($"{_endpoint.AbsoluteUri.TrimEnd('/')}/{path}"));
        message.Request.Headers.SetValue("x-ms-version", _version);
        message.Request.Headers.SetValue("DataServiceVersion", "3.0");
        message.Request.Headers.SetValue("Accept", MinimalMetadata);
        return message;
    }

    private static void SetJson(Request request, byte[] body)
    {
        request.Headers.SetValue("Content-Type", Json);
        request.Content = RequestContent.Create(body);
    }

    private async Task<Response> SendAsync(HttpMessage message, int expected, CancellationToken cancellationToken)
    {
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return message.Response.Status == expected ? message.Response : throw Refusal(message.Response);
    }

    private static TableEntity Entity(JsonElement json)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal);
        EntityJson.Read(json, properties);
        return TableEntity.Adopt(properties);
    }
}
