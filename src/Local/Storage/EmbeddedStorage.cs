using System.Buffers.Binary;
using Azure.Core.Pipeline;
using Jobs.Local.Storage.Blobs;
using Jobs.Local.Storage.Protocol;
using Jobs.Local.Storage.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Local.Storage;

/// <summary>
/// A storage account in a folder: <c>tables.db</c> and <c>blobs/</c>. It answers the Table and the Blob REST protocol, so that the real client libraries work
/// on it, and what it has acknowledged is on disk. One process may have the folder at a time; keeping others away is the host's part.
/// </summary>
internal sealed class EmbeddedStorage : IAsyncDisposable
{
    /// <summary>The version of the protocol that the answers are in when a request names none.</summary>
    private const string DefaultVersion = "2021-12-02";

    private readonly TableStore _tableStore;
    private readonly TableService _tables;
    private readonly BlobService _blobs;
    private readonly ILogger _logger;
    private readonly Guid _process = Guid.NewGuid();
    private long _requests;

    private EmbeddedStorage(TableStore tableStore, DiskBlobStore blobStore, ILogger logger)
    {
        (_tableStore, _logger) = (tableStore, logger);
        _tables = new TableService(tableStore);
        _blobs = new BlobService(blobStore);
        Handler = new EmbeddedStorageHandler(this);
        // How long a request may take is the clients' own setting; HttpClient would run a second clock for each.
        Transport = new HttpClientTransport(new HttpClient(Handler) { Timeout = Timeout.InfiniteTimeSpan });
    }

    /// <summary>
    /// What clients connect with; only through <see cref="Transport"/> does it lead here. It has a signature in the place of a key, because nobody checks it within a process, and to sign
    /// each request with a key costs a tenth of a read.
    /// </summary>
    public static string ConnectionString { get; } =
        $"BlobEndpoint={EmulatorAccount.Endpoint(EmulatorAccount.DefaultBlobPort)};TableEndpoint={EmulatorAccount.Endpoint(EmulatorAccount.DefaultBlobPort + EmulatorAccount.TablePortOffset)};SharedAccessSignature=sig=none";

    /// <summary>Answers the requests of clients in this process.</summary>
    public HttpMessageHandler Handler { get; }

    /// <summary>The same as the clients' options take it: <c>new TableClientOptions { Transport = storage.Transport }</c>.</summary>
    public HttpPipelineTransport Transport { get; }

    /// <summary>Ends with the cause when nothing can be written any more until the process starts anew; the host should stop. Never ends otherwise.</summary>
    public Task<Exception> Fatal => _tableStore.Fatal;

    /// <summary>Counts of what was asked of the tables.</summary>
    public TableTransactions Transactions => _tables.Transactions;

    /// <summary>How many database transactions were committed; fewer than the writes when they were grouped.</summary>
    public long Commits => _tableStore.Commits;

    /// <summary>Opens a folder, making what is missing. One that cannot be used is a <see cref="EmbeddedStorageException"/> with a line for the user.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="logger">Is told of faults, whose answers say little; refusals are no faults.</param>
    public static EmbeddedStorage Open(string folder, ILogger? logger = null)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var blobs = new DiskBlobStore(Path.Combine(folder, "blobs"));
            return new EmbeddedStorage(new TableStore(Path.Combine(folder, "tables.db")), blobs, logger ?? NullLogger.Instance);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedStorageException($"{folder} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Answers a request. Refusals and faults are answers too; only a caller who has given up gets an exception.</summary>
    /// <param name="service">The service that was addressed.</param>
    /// <param name="request">The request.</param>
    /// <param name="authorize">Refuses what must not be answered; null when whoever asks may do everything.</param>
    /// <param name="cancellationToken">The caller has given up.</param>
    public async Task<StorageResponse> HandleAsync(
        StorageServiceKind service, StorageRequest request, Action<StorageServiceKind, StorageRequest>? authorize, CancellationToken cancellationToken)
    {
        StorageResponse answer;
        try
        {
            authorize?.Invoke(service, request);
            answer = service == StorageServiceKind.Table
                ? await _tables.HandleAsync(request, cancellationToken).ConfigureAwait(false)
                : await _blobs.HandleAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            var refusal = Refusal(e);
            if (refusal.Status >= 500)
                _logger.LogError(e, "Storage could not answer {Method} {Path}: {Code}", request.Method, request.Path, refusal.Code);
            answer = service == StorageServiceKind.Table ? TableErrorResponse.Of(refusal) : BlobErrorResponse.Of(refusal, request.Method);
        }

        return answer
            .With("x-ms-version", request.Header("x-ms-version") ?? DefaultVersion)
            .With("x-ms-request-id", NextRequestId())
            .With("x-ms-client-request-id", request.Header("x-ms-client-request-id"));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        // The writer finishes what was enqueued before it ends; that is blocking work.
        return new ValueTask(Task.Run(_tableStore.Dispose));
    }

    /// <summary>In the form of the service's, but counted: random numbers are a system call each.</summary>
    private string NextRequestId()
    {
        Span<byte> id = stackalloc byte[16];
        _process.TryWriteBytes(id);
        BinaryPrimitives.WriteInt64BigEndian(id[8..], Interlocked.Increment(ref _requests));
        return new Guid(id).ToString();
    }

    private static StorageError Refusal(Exception fault) => fault switch
    {
        StorageError refusal => refusal,
        IOException or UnauthorizedAccessException => StorageError.ServerBusy($"The disk cannot be used now: {fault.Message}", fault),
        ObjectDisposedException => StorageError.ServerBusy("The storage is closed.", fault),
        _ => new StorageError(500, "InternalError", $"The server encountered an internal error: {fault.Message}", fault),
    };
}
