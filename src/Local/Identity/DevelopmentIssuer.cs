using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Jobs.Local.Identity;

/// <summary>
/// Issues tokens to whoever develops on this machine, as an identity provider would: the app is configured with it as with any other, and checks its tokens in the same way. It answers OIDC
/// discovery and its public key to everybody, and tokens only to programs of this machine. It is part of the local host and of nothing that is deployed.
/// </summary>
internal sealed class DevelopmentIssuer
{
    /// <summary>Whom its tokens are meant for.</summary>
    public const string Audience = "jobs-local";

    /// <summary>The address of its description.</summary>
    public const string DiscoveryPath = "/.well-known/openid-configuration";

    /// <summary>The address of its public key.</summary>
    public const string KeysPath = "/.well-known/jwks.json";

    /// <summary>The address where it issues tokens.</summary>
    public const string TokenPath = "/token";

    /// <summary>The most bytes of a form.</summary>
    public const int MaxFormBytes = 16 * 1024;

    /// <summary>The most roles of a token.</summary>
    public const int MaxRoles = 20;

    /// <summary>How long a token is valid.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    /// <summary>What a proxy adds: a request with any of them comes from elsewhere, whatever the connection's address is.</summary>
    private static readonly string[] HeadersOfProxies = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"];

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly Lock _lock = new();
    private readonly ECDsa _key;
    private readonly JsonWebKey _published;
    private readonly SigningCredentials _credentials;
    private readonly string _address;

    /// <summary>The issuer at an address of this machine, with a key that <see cref="CreateKey"/> made.</summary>
    public DevelopmentIssuer(string address, string privateKey)
    {
        _address = address;
        _key = ECDsa.Create();
        _key.ImportPkcs8PrivateKey(Convert.FromBase64String(privateKey), out _);
        using var publicKey = ECDsa.Create(_key.ExportParameters(includePrivateParameters: false));
        _published = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(publicKey));
        _published.KeyId = Base64UrlEncoder.Encode(_published.ComputeJwkThumbprint());
        _credentials = new SigningCredentials(new ECDsaSecurityKey(_key) { KeyId = _published.KeyId }, SecurityAlgorithms.EcdsaSha256);
    }

    /// <summary>A new private key, as one line of text.</summary>
    public static string CreateKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.ExportPkcs8PrivateKey());
    }

    /// <summary>Whether a text is a key as <see cref="CreateKey"/> makes it.</summary>
    public static bool IsKey(string text)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(text), out _);
            return key.KeySize == 256;
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Where it is reached on this machine, of the addresses that the host listens on; null where it listens for others only.</summary>
    public static string? AddressOf(IEnumerable<string> urls)
    {
        foreach (var url in urls)
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var address) && IsAny(address))))
            {
                return uri.IsLoopback ? uri.GetLeftPart(UriPartial.Authority) : $"http://127.0.0.1:{uri.Port}";
            }
        }

        return null;
    }

    /// <summary>Answers a request that is for the issuer; null for any other, which nothing was done with.</summary>
    public Task? TryAnswer(HttpContext http) => (http.Request.Method, http.Request.Path.Value) switch
    {
        ("GET", DiscoveryPath) => Send(http, new Discovery(_address, _address + KeysPath, _address + TokenPath)),
        ("GET", KeysPath) => Send(http, new KeySet([new PublicKey(_published.Kty, _published.Crv, _published.X, _published.Y, _published.KeyId, "sig", SecurityAlgorithms.EcdsaSha256)])),
        ("POST", TokenPath) => IssueAsync(http),
        _ => null,
    };

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static Task Send<T>(HttpContext http, T answer, int status = StatusCodes.Status200OK)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-store";
        return ApiJson.Result(answer, status).ExecuteAsync(http);
    }

    private static Task RefuseAsync(HttpContext http, int status, string error, string description) => Send(http, new TokenError(error, description), status);

    private async Task IssueAsync(HttpContext http)
    {
        if (!IsOfThisMachine(http))
        {
            await RefuseAsync(http, StatusCodes.Status403Forbidden, "access_denied", "Tokens are issued to programs of this machine, which call it by a loopback address.");
            return;
        }

        if (await ReadFormAsync(http) is not { } form
            || form["sub"] is not [{ Length: > 0 and <= TokenValidator.MaxSubjectLength } subject]
            || form["roles"] is not ([] or [_]))
        {
            await RefuseAsync(
                http, StatusCodes.Status400BadRequest, "invalid_request", $"Send a form with one 'sub' of 1 to {TokenValidator.MaxSubjectLength} characters, and at most one 'roles', a list with commas.");
            return;
        }

        var roles = form["roles"].ToString().Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        if (roles.Length > MaxRoles)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "invalid_request", $"A token has at most {MaxRoles} roles.");
            return;
        }

        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        await Send(http, new TokenAnswer(Sign(subject, roles, now), (int)TokenLifetime.TotalSeconds, "Bearer"));
    }

    private string Sign(string subject, string[] roles, DateTimeOffset now)
    {
        var claims = new Dictionary<string, object> { ["sub"] = subject, ["jti"] = Guid.NewGuid().ToString() };
        if (roles.Length > 0)
        {
            claims["roles"] = roles;
        }

        // One key, which is not made for several threads.
        lock (_lock)
        {
            return _handler.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = _address,
                Audience = Audience,
                IssuedAt = now.UtcDateTime,
                NotBefore = now.UtcDateTime,
                Expires = (now + TokenLifetime).UtcDateTime,
                Claims = claims,
                SigningCredentials = _credentials,
            });
        }
    }

    /// <summary>
    /// Whether a program of this machine asks. The connection must come from a loopback address, and the request must be for one by name: a page whose name was made to lead here
    /// (DNS rebinding) is called by its own. What another site's page or a proxy sends is refused too.
    /// </summary>
    private static bool IsOfThisMachine(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } remote
        && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote)
        && http.Request.Host.Host.ToLowerInvariant() is "localhost" or "127.0.0.1" or "[::1]"
        && !HeadersOfProxies.Any(http.Request.Headers.ContainsKey)
        && (http.Request.Headers.Origin is [] || http.Request.Headers.Origin == $"http://{http.Request.Host}")
        && http.Request.Headers["Sec-Fetch-Site"] is [] or ["same-origin" or "none"];

    private static async Task<IFormCollection?> ReadFormAsync(HttpContext http)
    {
        if (http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return null;
        }

        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxFormBytes;
        try
        {
            return await http.Request.ReadFormAsync(new FormOptions { ValueCountLimit = 10 }, http.RequestAborted);
        }
        catch (Exception error) when (error is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private sealed record Discovery(
        [property: JsonPropertyName("issuer")] string Issuer,
        [property: JsonPropertyName("jwks_uri")] string JwksUri,
        [property: JsonPropertyName("token_endpoint")] string TokenEndpoint)
    {
        [JsonPropertyName("response_types_supported")]
        public string[] ResponseTypes => ["token"];

        [JsonPropertyName("subject_types_supported")]
        public string[] SubjectTypes => ["public"];

        [JsonPropertyName("id_token_signing_alg_values_supported")]
        public string[] Algorithms => [SecurityAlgorithms.EcdsaSha256];
    }

    private sealed record KeySet(IReadOnlyList<PublicKey> Keys);

    private sealed record PublicKey(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg);

    private sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn,
        [property: JsonPropertyName("token_type")] string TokenType);

    private sealed record TokenError([property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("error_description")] string Description);
}
