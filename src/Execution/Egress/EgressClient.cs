using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Jobs.Execution.Egress;

/// <summary>
/// The client of all that is called on behalf of others: connections by <see cref="CheckedConnector"/>, TLS against the name, nothing of the machine's own (proxy, cookies, trace headers),
/// answers within <see cref="EgressLimits"/>. It follows no redirect: whoever uses it checks where that leads. Which addresses may be asked for is for whoever uses it, too.
/// </summary>
internal sealed class EgressClient : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _client;

    /// <summary>A client whose calls end after <paramref name="limit"/>. It shares no connection with another.</summary>
    public EgressClient(EgressOptions options, LocalHosts localHosts, TimeSpan limit)
    {
        (_limit, _time) = (limit, options.Time);
        var connector = new CheckedConnector(options, localHosts);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) => await connector.ConnectAsync(context.DnsEndPoint, cancellationToken),
            PlaintextStreamFilter = (context, _) => new(new BoundedAnswerStream(context.PlaintextStream)),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            MaxResponseHeadersLength = EgressLimits.ResponseHeaderKibibytes,
            // An answer that is given up is not read to its end.
            MaxResponseDrainSize = 0,
            ConnectTimeout = limit,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustOf(options) },
        });
    }

    /// <summary>Sends one request, within a call of <see cref="InTimeAsync"/>; the answer's body is read by <see cref="ReadBodyAsync"/>.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken) => _client.SendAsync(message, cancellationToken);

    /// <summary>Does something by requests, within the time of a call. Throws <see cref="EgressException"/> for whatever goes wrong with them.</summary>
    public async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EgressException($"The request took longer than {_limit.TotalSeconds} s.", error) { Failure = EgressFailure.TimedOut };
        }
        catch (HttpRequestException error)
        {
            // What our connector says comes wrapped; what the handler says may show addresses.
            throw error.InnerException as EgressException ?? error.HttpRequestError switch
            {
                HttpRequestError.SecureConnectionError =>
                    new EgressException("The server's certificate is not valid for its name, or it does not speak TLS.", error) { Failure = EgressFailure.Unreachable },
                HttpRequestError.ConfigurationLimitExceeded =>
                    new EgressException($"The answer's headers have more than {EgressLimits.ResponseHeaderKibibytes} KiB.", error) { Failure = EgressFailure.Malformed },
                var kind => new EgressException("The server did not answer as HTTP lays down, or broke off.", error)
                {
                    Failure = kind is HttpRequestError.InvalidResponse ? EgressFailure.Malformed : EgressFailure.Unreachable,
                },
            };
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw new EgressException("The answer broke off, or is not compressed as it says.", error)
            {
                Failure = error is InvalidDataException ? EgressFailure.Malformed : EgressFailure.Unreachable,
            };
        }
    }

    /// <summary>The body of an answer, decompressed, up to so many bytes; and whether it has more.</summary>
    public static async Task<(ReadOnlyMemory<byte> Body, bool IsCut)> ReadBodyAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        // Decompressed piece by piece, so that a small answer cannot become more than we hold.
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var piece = new byte[16 * 1024];
        var isCut = false;
        for (int length; !isCut && (length = await body.ReadAsync(piece, cancellationToken)) > 0;)
        {
            isCut = buffer.Length + length > maxBytes;
            buffer.Write(piece, 0, isCut ? maxBytes - (int)buffer.Length : length);
        }

        return (buffer.GetBuffer().AsMemory(0, (int)buffer.Length), isCut);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    private static X509ChainPolicy TrustOf(EgressOptions options)
    {
        // A certificate names addresses from which to fetch its issuer: a request of the machine's own, past every check.
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        if (options.TrustedRoots is { } roots)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return policy;
    }
}
