using System.Diagnostics.Metrics;
using Azure.Core;
using Azure.Core.Pipeline;
using Jobs.Domain.Telemetry;

namespace Jobs.Storage;

/// <summary>Counts what storage is asked, as an account is billed: each try is a transaction, and so is a batch.</summary>
internal sealed class TransactionCounter : HttpPipelineSynchronousPolicy
{
    private readonly Counter<long> _counter;
    private readonly bool _isTable;

    private TransactionCounter(Counter<long> counter, bool isTable) => (_counter, _isTable) = (counter, isTable);

    /// <summary>Counts what a client with these options asks; nothing where nobody gives a meter.</summary>
    public static void AddTo(ClientOptions options, IMeterFactory? meters, bool isTable)
    {
        if (meters is not null)
        {
            var counter = meters.Create(TelemetryNames.Jobs).CreateCounter<long>("jobs.storage.transactions", "{transaction}", "Requests to our storage account, by service and operation.");
            options.AddPolicy(new TransactionCounter(counter, isTable), HttpPipelinePosition.PerRetry);
        }
    }

    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message)
    {
        if (_counter.Enabled)
        {
            _counter.Add(1, new("service", _isTable ? "table" : "blob"), new("operation", OperationOf(message.Request)));
        }
    }

    /// <summary>A table is queried where its address names no row; of blobs, what is listed.</summary>
    private string OperationOf(Request request)
    {
        if (request.Method != RequestMethod.Get && request.Method != RequestMethod.Head)
        {
            return "write";
        }

        return _isTable ? request.Uri.Path.EndsWith(')') && !request.Uri.Path.EndsWith("()", StringComparison.Ordinal) ? "read" : "query"
            : request.Uri.Query.Contains("comp=list", StringComparison.Ordinal) ? "query" : "read";
    }
}
