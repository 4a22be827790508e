using System.Globalization;
using System.Text;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>
/// Entity-group transactions: HTTP requests inside a changeset inside a multipart body, done all or none. A refused one is answered with 202 as well; the
/// refusal is inside, and its message begins with the index of the action.
/// </summary>
internal sealed class TableBatch(TableStore store)
{
    /// <summary>Where the service puts the refusal of too many actions.</summary>
    private const int TooManyActionsIndex = TableLimits.MaxActions - 1;

    /// <summary>Answers a transaction.</summary>
    public async Task<StorageResponse> HandleAsync(StorageRequest request, TableTransactions transactions, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync(TableLimits.MaxTransactionBytes, cancellationToken).ConfigureAwait(false);
        var requests = BatchBody.Read(request, body);
        try
        {
            var operations = await ReadOperationsAsync(requests, cancellationToken).ConfigureAwait(false);
            transactions.CountWrite(operations[0].Table);
            var versions = await store.WriteTogetherAsync(operations[0].Table, [.. operations.Select(operation => operation.Write)], cancellationToken).ConfigureAwait(false);
            var service = TableService.ServiceAddress(request);
            return Answer(operations.Select((operation, i) => operation.Answer(service, versions[i])));
        }
        catch (StorageError refusal) when (refusal.Status < 500)
        {
            return Answer([TableErrorResponse.Of(refusal)]);
        }
    }

    private static async Task<List<TableOperation>> ReadOperationsAsync(List<StorageRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count > TableLimits.MaxActions)
            throw TableErrors.AtAction(TooManyActionsIndex, StorageError.InvalidInput($"The batch request operation exceeds the maximum {TableLimits.MaxActions} changes per change set."));
        var operations = new List<TableOperation>(requests.Count);
        var rows = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < requests.Count; i++)
        {
            try
            {
                var operation = await ReadOperationAsync(requests[i], cancellationToken).ConfigureAwait(false);
                if (i > 0 && (operation.Write.PartitionKey != operations[0].Write.PartitionKey || !operation.Table.Equals(operations[0].Table, StringComparison.OrdinalIgnoreCase)))
                    throw TableErrors.BadRequest("CommandsInBatchActOnDifferentPartitions", "All commands in a batch must operate on same entity group.");
                if (!rows.Add(operation.Write.RowKey))
                    throw TableErrors.BadRequest("InvalidDuplicateRow", "The batch request contains multiple changes with same row key. An entity can appear only once in a batch request.");
                operations.Add(operation);
            }
            catch (StorageError refusal)
            {
                throw TableErrors.AtAction(i, refusal);
            }
        }

        return operations;
    }

    private static Task<TableOperation> ReadOperationAsync(StorageRequest request, CancellationToken cancellationToken)
    {
        var address = TableAddress.Parse(request.Resource());
        TableLimits.CheckTableName(address.Name);
        return TableOperation.ReadAsync(request, address, TableLimits.MaxTransactionBytes, cancellationToken);
    }

    private static StorageResponse Answer(IEnumerable<StorageResponse> answers)
    {
        var (batch, changeset) = ($"batchresponse_{Guid.NewGuid()}", $"changesetresponse_{Guid.NewGuid()}");
        using var content = new MemoryStream();
        Append($"--{batch}\r\nContent-Type: multipart/mixed; boundary={changeset}\r\n\r\n");
        foreach (var answer in answers)
        {
            Append($"--{changeset}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
            Append(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} {Reason(answer.Status)}\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-cache\r\nDataServiceVersion: 3.0;\r\n"));
            foreach (var (name, value) in answer.Headers)
                Append($"{name}: {value}\r\n");
            Append("\r\n");
            content.Write(answer.Body.Span);
            Append("\r\n");
        }

        Append($"--{changeset}--\r\n--{batch}--\r\n");
        return new StorageResponse(202).WithBody(content.ToArray(), $"multipart/mixed; boundary={batch}");

        void Append(string text) => content.Write(Encoding.UTF8.GetBytes(text));
    }

    private static string Reason(int status) => status switch
    {
        201 => "Created",
        204 => "No Content",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        412 => "Precondition Failed",
        _ => "Error",
    };
}
