using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage;

/// <summary>Answers the requests of the clients in this process. Signatures are not looked at: whoever has this object has the storage.</summary>
internal sealed class EmbeddedStorageHandler(EmbeddedStorage storage) : HttpMessageHandler
{
    private const int TablePort = EmulatorAccount.DefaultBlobPort + EmulatorAccount.TablePortOffset;
    private static readonly string BlobOrigin = EmulatorAccount.Origin(EmulatorAccount.DefaultBlobPort);
    private static readonly string TableOrigin = EmulatorAccount.Origin(TablePort);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!;
        var service = address.Port == TablePort ? StorageServiceKind.Table : StorageServiceKind.Blob;
        var asked = new InProcessRequest(request)
        {
            Method = request.Method.Method,
            Origin = service == StorageServiceKind.Table ? TableOrigin : BlobOrigin,
            Path = address.AbsolutePath,
            Query = new QueryParameters(address.Query),
        };
        var answer = await storage.HandleAsync(service, asked, authorize: null, cancellationToken).ConfigureAwait(false);
        return Message(request, answer);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    private static HttpResponseMessage Message(HttpRequestMessage request, StorageResponse answer)
    {
        HttpContent content = answer.BodyStream is { } stream ? new StreamContent(stream) : new ReadOnlyMemoryContent(answer.Body);
        content.Headers.ContentLength = answer.ContentLength;
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status) { RequestMessage = request, Content = content };
        foreach (var (name, value) in answer.Headers)
        {
            HttpHeaders headers = IsOfContent(name) ? content.Headers : response.Headers;
            headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    /// <summary>.NET keeps these apart.</summary>
    private static bool IsOfContent(string name) => name.StartsWith("Content-", StringComparison.Ordinal) || name == "Last-Modified";

    private sealed class InProcessRequest(HttpRequestMessage request) : StorageRequest
    {
        public override IEnumerable<KeyValuePair<string, string>> Headers
        {
            get
            {
                foreach (var (name, values) in request.Headers.NonValidated)
                    yield return new(name, values.ToString());
                if (request.Content is null)
                    yield break;
                foreach (var (name, values) in request.Content.Headers.NonValidated)
                    yield return new(name, values.ToString());
            }
        }

        public override string? Header(string name) => Of(request.Headers, name) ?? (request.Content is { } content ? Of(content.Headers, name) : null);

        public override async Task CopyBodyToAsync(Stream target, CancellationToken cancellationToken)
        {
            try
            {
                if (request.Content is { } content)
                    await content.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException e) when (e.InnerException is IOException fault)
            {
                // HttpContent takes a full disk for a fault of the network.
                ExceptionDispatchInfo.Throw(fault);
            }
        }

        private static string? Of(HttpHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
    }
}
