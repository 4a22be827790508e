using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Jobs.Functions.Identity;

/// <summary>What an issuer publishes.</summary>
/// <param name="Issuer">How its tokens name it in <c>iss</c>.</param>
/// <param name="Keys">The keys that can have signed a token, by their id.</param>
public sealed record PublishedKeys(string Issuer, ILookup<string, SecurityKey> Keys);

/// <summary>
/// The keys of the configured issuer, by OIDC discovery. They are read when the first token comes, again when they are <see cref="RefreshInterval"/> old, and when a token names a key that is
/// not among them, so that an issuer can change its keys while the app runs. Where it does not answer, the ones that are known stay for <see cref="MaxAge"/>. Whatever callers send, the
/// issuer is asked by one request at a time, and for unknown keys no more often than each <see cref="UnknownKeyInterval"/>. Its documents are bounded in size and time.
/// </summary>
public sealed partial class IssuerKeys : IDisposable
{
    /// <summary>The most bytes of the discovery document, and of the key set: 256 KiB.</summary>
    public const int MaxDocumentBytes = 256 * 1024;

    /// <summary>The most keys of a set.</summary>
    public const int MaxKeys = 100;

    /// <summary>The fewest bits of an RSA key.</summary>
    public const int MinRsaBits = 2_048;

    /// <summary>The most bits of an RSA key.</summary>
    public const int MaxRsaBits = 8_192;

    /// <summary>How long reading both documents may take.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>How old keys may be before they are read again: a key that the issuer takes back is honoured no longer, where the issuer answers.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromHours(1);

    /// <summary>How long after a failure the issuer is left alone.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    /// <summary>How often a token of an unknown key makes us read at most.</summary>
    public static readonly TimeSpan UnknownKeyInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long keys are honoured while the issuer does not answer.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    private readonly Uri _authority;
    private readonly TimeProvider _time;
    private readonly ILogger<IssuerKeys> _logger;
    private readonly HttpClient _http;
    private readonly Lock _lock = new();
    private PublishedKeys? _published;
    private long _readAt;
    private long? _failedAt;
    private long? _unknownAt;
    private Task? _reading;

    /// <summary>Nothing is read before it is asked for. Where no issuer is configured nothing may be asked for.</summary>
    public IssuerKeys(IOptions<IdentityOptions> options, TimeProvider time, ILogger<IssuerKeys> logger)
    {
        _authority = new Uri(options.Value.IsConfigured ? options.Value.Authority! : "https://issuer.invalid");
        (_time, _logger) = (time, logger);
        // The operator named the issuer, so that its addresses may be private ones; but it leads us nowhere else.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !_authority.IsLoopback,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeLimit,
        })
        {
            MaxResponseContentBufferSize = MaxDocumentBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>What the issuer publishes, read again first where the key <paramref name="keyId"/> is not among it. Throws <see cref="IssuerUnavailableException"/>.</summary>
    public async Task<PublishedKeys> ReadAsync(string keyId, CancellationToken cancellationToken)
    {
        var (known, reading) = Look(keyId);
        if (reading is not null)
        {
            await reading.WaitAsync(cancellationToken);
            known = Known();
        }

        return known ?? throw new IssuerUnavailableException();
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>What is known, and what must be waited for because that is not enough.</summary>
    private (PublishedKeys? Known, Task? Reading) Look(string keyId)
    {
        lock (_lock)
        {
            var known = Known();
            var isUnknown = known?.Keys.Contains(keyId) is false;
            var isOld = known is null || Since(_readAt) >= RefreshInterval;
            if (_reading is null && ((isOld && !(Since(_failedAt) < RetryInterval)) || (isUnknown && !(Since(_unknownAt) < UnknownKeyInterval))))
            {
                _unknownAt = isUnknown ? _time.GetTimestamp() : _unknownAt;
                _reading = RefreshAsync();
            }

            // Once the issuer has failed, callers whose key is known do not wait for it again and again.
            return (known, known is null || isUnknown || (isOld && _failedAt is null) ? _reading : null);
        }
    }

    private PublishedKeys? Known() => _published is not null && Since(_readAt) < MaxAge ? _published : null;

    private TimeSpan? Since(long? timestamp) => timestamp is { } at ? _time.GetElapsedTime(at) : null;

    private async Task RefreshAsync()
    {
        // The caller holds the lock.
        await Task.Yield();
        try
        {
            var published = await FetchAsync();
            lock (_lock)
            {
                (_published, _readAt, _failedAt, _reading) = (published, _time.GetTimestamp(), null, null);
            }
        }
        catch (Exception error)
        {
            // Whatever it was: callers are told that the issuer is away, or served with the keys that are known.
            LogFailed(_logger, error, _authority);
            lock (_lock)
            {
                (_failedAt, _reading) = (_time.GetTimestamp(), null);
            }
        }
    }

    private async Task<PublishedKeys> FetchAsync()
    {
        using var limit = new CancellationTokenSource(TimeLimit, _time);
        var discovery = JsonElement.Parse(await _http.GetByteArrayAsync(new Uri($"{_authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration"), limit.Token));
        if (TextOf(discovery, "issuer") is not { } issuer || issuer.TrimEnd('/') != _authority.OriginalString.TrimEnd('/'))
        {
            throw new InvalidDataException("The discovery document is another issuer's.");
        }

        if (!Uri.TryCreate(TextOf(discovery, "jwks_uri"), UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (_authority.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            throw new InvalidDataException("The discovery document has no https address of keys.");
        }

        var set = new JsonWebKeySet(System.Text.Encoding.UTF8.GetString(await _http.GetByteArrayAsync(address, limit.Token)));
        return set.Keys.Count > MaxKeys
            ? throw new InvalidDataException($"The issuer has more than {MaxKeys} keys.")
            : new PublishedKeys(issuer, set.Keys.Where(CanSign).ToLookup(key => key.KeyId, SecurityKey (key) => key, StringComparer.Ordinal));
    }

    private static string? TextOf(JsonElement document, string name) =>
        document.ValueKind is JsonValueKind.Object && document.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whether a key is one that tokens may be signed with here: RSA for RS256, or P-256 for ES256.</summary>
    private static bool CanSign(JsonWebKey key)
    {
        try
        {
            return !string.IsNullOrEmpty(key.KeyId)
                && key.Use is null or "" or JsonWebKeyUseNames.Sig
                && key switch
                {
                    { Kty: JsonWebAlgorithmsKeyTypes.RSA, Alg: null or "" or SecurityAlgorithms.RsaSha256 } => key.KeySize is >= MinRsaBits and <= MaxRsaBits,
                    { Kty: JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv: JsonWebKeyECTypes.P256, Alg: null or "" or SecurityAlgorithms.EcdsaSha256 } => true,
                    _ => false,
                };
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            // Its numbers are no base64: one bad key does not make the others useless.
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The keys of the issuer {Authority} could not be read")]
    private static partial void LogFailed(ILogger logger, Exception error, Uri authority);
}
