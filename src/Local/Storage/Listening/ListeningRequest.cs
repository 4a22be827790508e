using Jobs.Local.Storage.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Jobs.Local.Storage.Listening;

/// <summary>A request that came over the network.</summary>
internal sealed class ListeningRequest : StorageRequest
{
    private readonly HttpRequest _request;

    private ListeningRequest(HttpRequest request) => _request = request;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string>> Headers => _request.Headers.Select(header => new KeyValuePair<string, string>(header.Key, header.Value.ToString()));

    /// <summary>Takes a request as it was sent: the server's own path is decoded in part, which signatures and keys do not survive.</summary>
    public static ListeningRequest Of(HttpContext context)
    {
        var request = context.Request;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
            target = target.IndexOf('/', scheme + "://".Length) is > 0 and var path ? target[path..] : "/";
        var query = target.IndexOf('?');
        return new ListeningRequest(request)
        {
            Method = request.Method,
            Origin = $"{request.Scheme}://{request.Host.Value}",
            Path = query < 0 ? target : target[..query],
            Query = new QueryParameters(query < 0 ? "" : target[query..]),
        };
    }

    /// <inheritdoc/>
    public override string? Header(string name) => _request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <inheritdoc/>
    public override async Task CopyBodyToAsync(Stream target, CancellationToken cancellationToken)
    {
        try
        {
            await _request.Body.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            // What the server itself refuses: too long a body, or one that breaks off.
            throw new StorageError(e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "RequestBodyTooLarge" : "InvalidInput", e.Message, e);
        }
    }
}
