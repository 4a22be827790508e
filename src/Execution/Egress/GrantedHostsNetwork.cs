using System.Collections.Frozen;
using System.Net;
using Jobs.Domain.Sandbox;

namespace Jobs.Execution.Egress;

/// <summary>Makes the network of a run.</summary>
public sealed class GrantedHostsNetworkFactory(EgressOptions options)
{
    /// <summary>The network of one run of an agent that was granted these hosts, in the form of <see cref="HostName"/>; null when it was granted none. Dispose it after the run.</summary>
    public GrantedHostsNetwork? Create(IReadOnlyCollection<string> grantedHosts) => grantedHosts.Count == 0 ? null : new GrantedHostsNetwork(grantedHosts, options);
}

/// <summary>
/// Does the requests of one run, to the hosts that its agent was granted and to no others: <see cref="UrlRules"/> for the URL and for that of each redirect, the exact name among
/// the granted ones, <see cref="AddressRules"/> for what it resolves to, TLS against the name. Nothing is shared between runs: no connection, no cookie.
/// </summary>
public sealed class GrantedHostsNetwork : ISandboxNetwork, IDisposable
{
    private readonly FrozenSet<string> _hosts;
    private readonly EgressClient _client;
    private readonly SemaphoreSlim _turns = new(EgressLimits.MaxConcurrent);
    private int _requests;

    /// <summary>A network for one run.</summary>
    public GrantedHostsNetwork(IReadOnlyCollection<string> grantedHosts, EgressOptions options)
    {
        _hosts = grantedHosts.ToFrozenSet(StringComparer.Ordinal);
        _client = new EgressClient(options, LocalHosts.None, EgressLimits.Time);
    }

    /// <inheritdoc/>
    public async Task<SandboxHttpResponse> SendAsync(SandboxHttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var outgoing = OutgoingRequest.Read(request);
            var url = CheckUrl(request.Url);
            if (Interlocked.Increment(ref _requests) > EgressLimits.MaxRequests)
            {
                throw new EgressException($"A run can make at most {EgressLimits.MaxRequests} requests.");
            }

            await _turns.WaitAsync(cancellationToken);
            try
            {
                return await _client.InTimeAsync(inTime => FollowAsync(url, outgoing, inTime), cancellationToken);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (EgressException error)
        {
            throw new SandboxNetworkException(error.Message, error);
        }
    }

    /// <summary>Closes the connections of the run.</summary>
    public void Dispose()
    {
        _client.Dispose();
        _turns.Dispose();
    }

    private static bool IsRedirect(int status) => status is 301 or 302 or 303 or 307 or 308;

    private Uri CheckUrl(string url)
    {
        if (!UrlRules.TryRead(url, out var result, out var error))
        {
            throw new EgressException(error);
        }

        return _hosts.Contains(result.IdnHost)
            ? result
            : throw new EgressException($"The host {result.IdnHost} is not granted to this agent; an admin of the organisation can add it to allowedHosts.");
    }

    private async Task<SandboxHttpResponse> FollowAsync(Uri url, OutgoingRequest request, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var message = ToMessage(url, request);
            using var response = await _client.SendAsync(message, cancellationToken);
            var status = (int)response.StatusCode;
            if (!IsRedirect(status) || !response.Headers.NonValidated.TryGetValues("Location", out var locations))
            {
                return new SandboxHttpResponse(status, url.AbsoluteUri, HeadersOf(response), await ReadBodyAsync(response, cancellationToken));
            }

            if (redirects == EgressLimits.MaxRedirects)
            {
                throw new EgressException($"The server redirects more than {EgressLimits.MaxRedirects} times.");
            }

            var next = NextUrl(url, [.. locations]);
            request = request.Redirect(status, next.IdnHost != url.IdnHost);
            url = next;
        }
    }

    private Uri NextUrl(Uri url, string[] locations)
    {
        if (locations is not [{ Length: <= UrlRules.MaxLength } location])
        {
            throw new EgressException("The server redirects to more than one address, or to one that is too long.");
        }

        // An absolute address is checked as it stands, because it is the text that parsers disagree about. To .NET on Linux "/path" is absolute too: a file.
        var target = !location.StartsWith('/') && Uri.TryCreate(location, UriKind.Absolute, out _) ? location
            : !location.Contains('\\') && Uri.TryCreate(url, location, out var combined) ? combined.AbsoluteUri
            : throw new EgressException("The server redirects to something that is not an address.");
        try
        {
            return CheckUrl(target);
        }
        catch (EgressException error)
        {
            throw new EgressException($"The server redirects to an address that cannot be called. {error.Message}", error);
        }
    }

    private static HttpRequestMessage ToMessage(Uri url, OutgoingRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), url)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = request.Body is { } body ? new ReadOnlyMemoryContent(body) : null,
        };
        foreach (var (name, value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                // One that describes a body means nothing where there is none.
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        // Some services refuse requests without these.
        foreach (var (name, value) in new[] { ("Accept", "*/*"), ("User-Agent", "jobs-agent") })
        {
            if (!message.Headers.Contains(name))
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private static List<KeyValuePair<string, string>> HeadersOf(HttpResponseMessage response) =>
    [
        .. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => header.Key is not ("Connection" or "Keep-Alive" or "Transfer-Encoding" or "Trailer" or "Upgrade"))
            .SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value))),
    ];

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (body, isCut) = await EgressClient.ReadBodyAsync(response, EgressLimits.ResponseBodyBytes, cancellationToken);
        return isCut ? throw new EgressException($"The answer has more than {EgressLimits.ResponseBodyBytes} bytes.") { Failure = EgressFailure.Malformed } : body;
    }
}
