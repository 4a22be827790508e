using System.Net;

namespace Jobs.Execution.Egress;

/// <summary>Makes what reads public pages.</summary>
public sealed class PublicWebFactory(EgressOptions options, LocalHosts localHosts)
{
    /// <summary>What reads pages under a name, for one piece of work: dispose it after that.</summary>
    public PublicWeb Create(string userAgent) => new(userAgent, options, localHosts);
}

/// <summary>
/// Reads public pages, one request at a time: http and https addresses by <see cref="UrlRules"/>, of names whose addresses are public (<see cref="AddressRules"/>), and <see cref="LocalHosts"/>.
/// It follows no redirect: whoever does asks again, so that every hop is checked. Nothing is shared with others: no connection, no cookie.
/// </summary>
public sealed class PublicWeb : IDisposable
{
    private readonly string _userAgent;
    private readonly LocalHosts _localHosts;
    private readonly EgressClient _client;

    internal PublicWeb(string userAgent, EgressOptions options, LocalHosts localHosts)
    {
        (_userAgent, _localHosts) = (userAgent, localHosts);
        _client = new EgressClient(options, localHosts, EgressLimits.PageTime);
    }

    /// <summary>Asks for an address by GET. Of the body so many bytes are read, decompressed. Throws <see cref="EgressException"/> where there is no answer.</summary>
    public async Task<WebAnswer> GetAsync(string address, int maxBytes, CancellationToken cancellationToken)
    {
        var url = Check(address);
        return await _client.InTimeAsync(
            async inTime =>
            {
                using var message = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                message.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
                message.Headers.TryAddWithoutValidation("Accept", "text/html, application/xhtml+xml, text/plain, text/markdown, */*;q=0.5");
                using var response = await _client.SendAsync(message, inTime);
                var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
                    .ToLookup(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
                var (body, isCut) = await EgressClient.ReadBodyAsync(response, maxBytes, inTime);
                return new WebAnswer((int)response.StatusCode, headers, body, isCut);
            },
            cancellationToken);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    private Uri Check(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var local) && local.Scheme is "http" or "https" && local.UserInfo.Length == 0 && _localHosts.Contains(local) ? local
        : UrlRules.TryRead(address, out var url, out var error, orHttp: true) ? url
        : throw new EgressException(error) { Failure = EgressFailure.Refused };
}

/// <summary>The answer to a request for a page.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">The headers by name, whatever its case.</param>
/// <param name="Body">The body, decompressed.</param>
/// <param name="IsBodyCut">True when there was more of it than was asked for.</param>
public sealed record WebAnswer(int Status, ILookup<string, string> Headers, ReadOnlyMemory<byte> Body, bool IsBodyCut)
{
    /// <summary>The first header of a name; null when there is none.</summary>
    public string? Header(string name) => Headers[name].FirstOrDefault();
}
