using System.Net;
using Jobs.Local.Storage.Blobs;
using Jobs.Local.Storage.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Jobs.Local.Storage.Listening;

/// <summary>
/// An <see cref="EmbeddedStorage"/> on two ports of the loopback, so that Storage Explorer and every other tool for Azure Storage can look into it: blobs on
/// the port that was asked for and tables two above, as Azurite has them, because an address alone does not always tell the two protocols apart. Requests
/// need a signature of the emulator's published key, which keeps out pages in a browser rather than programs of this machine; and their Host must be the
/// loopback's, so that no page reaches it under another name.
/// </summary>
internal sealed class StorageListener : IAsyncDisposable
{
    /// <summary>More connections are closed at once.</summary>
    private const int MaxConnections = 256;

    private const int HighestPort = 65535 - EmulatorAccount.TablePortOffset;
    private static readonly string[] LoopbackHosts = ["127.0.0.1", "localhost"];

    private readonly WebApplication _app;
    private readonly EmbeddedStorage _storage;
    private readonly TimeProvider _time;
    private readonly int _tablePort;

    private StorageListener(WebApplication app, EmbeddedStorage storage, int port, TimeProvider time)
    {
        (_app, _storage, _time) = (app, storage, time);
        _tablePort = port + EmulatorAccount.TablePortOffset;
        ConnectionString = EmulatorAccount.ConnectionString(port);
    }

    /// <summary>What a tool connects with.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts to listen. A port that cannot be used is a <see cref="EmbeddedStorageException"/> with a line for the user.</summary>
    public static async Task<StorageListener> StartAsync(EmbeddedStorage storage, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        if (port is < 1 or > HighestPort)
            throw new EmbeddedStorageException($"The port of the storage is 1 to {HighestPort}, because the tables have the one {EmulatorAccount.TablePortOffset} above.");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = BlobLimits.MaxPutBytes;
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Listen(IPAddress.Loopback, port + EmulatorAccount.TablePortOffset);
        });
        var app = builder.Build();
        var listener = new StorageListener(app, storage, port, time);
        app.Run(listener.AnswerAsync);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            return listener;
        }
        catch (Exception e)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            if (e is IOException or System.Net.Sockets.SocketException)
                throw new EmbeddedStorageException($"The storage cannot listen on the ports {port} and {port + EmulatorAccount.TablePortOffset}: {e.Message}", e);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var service = context.Connection.LocalPort == _tablePort ? StorageServiceKind.Table : StorageServiceKind.Blob;
        await using var answer = await _storage.HandleAsync(service, ListeningRequest.Of(context), Authorize, context.RequestAborted).ConfigureAwait(false);
        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            response.Headers.Append(name, value);
        if (answer.Status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
            return;
        response.ContentLength = answer.ContentLength;
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        if (answer.BodyStream is { } stream)
            await stream.CopyToAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
        else
            await response.Body.WriteAsync(answer.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private void Authorize(StorageServiceKind service, StorageRequest request)
    {
        if (!Uri.TryCreate(request.Origin, UriKind.Absolute, out var origin) || !LoopbackHosts.Contains(origin.Host, StringComparer.OrdinalIgnoreCase))
            throw StorageError.InvalidHeader("Host");
        if (request.Header("Authorization") is { Length: > 0 } authorization)
            SharedKeySignature.Verify(service, request, authorization, _time.GetUtcNow());
        else if (request.Query[SharedAccessSignature.SignatureParameter] is { Length: > 0 })
            SharedAccessSignature.Verify(service, request, _time.GetUtcNow());
        else
            throw new StorageError(401, "NoAuthenticationInformation", "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.");
    }
}
