using Jobs.Domain.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Jobs.Functions.Identity;

/// <summary>
/// Turns a bearer token (RFC 9068, RFC 8725) of the configured issuer into a <see cref="ValidToken"/>. A user is a tenant of their own, so that lists, limits and stores that are an
/// organisation's elsewhere are the user's here. What a token says is checked before its issuer is asked for a key, so that nonsense costs no request.
/// </summary>
public sealed partial class TokenValidator(IssuerKeys keys, IOptions<IdentityOptions> options, TimeProvider time, ILogger<TokenValidator> logger)
{
    /// <summary>The most characters of a token.</summary>
    public const int MaxTokenLength = 16 * 1024;

    /// <summary>The most characters of <c>sub</c> (OpenID Connect Core, 2).</summary>
    public const int MaxSubjectLength = 255;

    /// <summary>How far the issuer's clock may be from ours.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    /// <summary>How far ahead <c>exp</c> may be: longer than any issuer lets an access token live, and far shorter than milliseconds that are taken for seconds.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(31);

    private static readonly string[] Algorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256];

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxTokenLength };
    private readonly IdentityOptions _options = options.Value;
    private readonly string[] _audiences = IdentityOptions.ListOf(options.Value.Audiences);
    private readonly string[] _clientIds = IdentityOptions.ListOf(options.Value.ClientIds);
    private bool _hasSaidThatNoneIsHonoured;

    /// <summary>What a token says; null for one that is not valid, about which the log says why. Throws <see cref="IssuerUnavailableException"/> when that cannot be told.</summary>
    public async Task<ValidToken?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (!_options.IsConfigured)
        {
            if (!Interlocked.Exchange(ref _hasSaidThatNoneIsHonoured, true))
            {
                LogNotConfigured(logger);
            }

            return null;
        }

        if (token.Length > MaxTokenLength || TokenClaims.Read(token) is not { } claims)
        {
            return Refuse("it is malformed");
        }

        if (FaultOf(claims) is { } fault)
        {
            return Refuse(fault);
        }

        var published = await keys.ReadAsync(claims.KeyId, cancellationToken);
        if (claims.Issuer != published.Issuer || !published.Keys.Contains(claims.KeyId))
        {
            return Refuse("its key is not known");
        }

        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKeys = published.Keys[claims.KeyId],
            ValidAlgorithms = Algorithms,
            ValidIssuer = published.Issuer,
            // By FaultOf: the library's clock is the machine's, and it knows no client_id.
            ValidateLifetime = false,
            ValidateAudience = false,
        });
        return result.IsValid
            ? new ValidToken(
                new Caller(UserTenant.Of(published.Issuer, claims.Subject), claims.Subject, IsAdmin(claims)),
                DateTimeOffset.FromUnixTimeMilliseconds((long)(claims.Expires * 1_000)))
            : Refuse("its signature is wrong");
    }

    /// <summary>What is wrong with what a token says, whoever has signed it; null for nothing.</summary>
    private string? FaultOf(TokenClaims claims)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1_000.0;
        return !Algorithms.Contains(claims.Algorithm, StringComparer.Ordinal) ? "its algorithm is not allowed"
            : claims.Issuer.TrimEnd('/') != _options.Authority!.TrimEnd('/') ? "it is another issuer's"
            : claims.Subject.Length > MaxSubjectLength ? "its subject is too long"
            : !IsMeantForUs(claims) ? "it is meant for another app"
            : claims.Expires + ClockSkew.TotalSeconds <= now ? "it has expired"
            : claims.Expires > now + MaxLifetime.TotalSeconds ? "it lives too long"
            : claims.NotBefore - ClockSkew.TotalSeconds > now ? "it is not valid yet"
            : null;
    }

    private bool IsMeantForUs(TokenClaims claims) => claims.Audiences is { } audiences
        ? audiences.Any(audience => _audiences.Contains(audience, StringComparer.Ordinal))
        : claims is { Use: "access", ClientId: { } client } && _clientIds.Contains(client, StringComparer.Ordinal);

    private bool IsAdmin(TokenClaims claims) => (string.IsNullOrEmpty(_options.RoleClaim) ? IdentityOptions.DefaultRoleClaims : [_options.RoleClaim])
        .Any(claim => claims.TextsOf(claim)?.Contains(_options.AdminRole, StringComparer.Ordinal) is true);

    private ValidToken? Refuse(string reason)
    {
        LogRefused(logger, reason);
        return null;
    }

    [LoggerMessage(LogLevel.Warning, "A call of contract 003 was refused: no issuer of tokens is configured (the settings Identity:Authority and Identity:Audiences or Identity:ClientIds)")]
    private static partial void LogNotConfigured(ILogger logger);

    // Anybody can make us write it.
    [LoggerMessage(LogLevel.Debug, "A token was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}

/// <summary>A token that is honoured.</summary>
/// <param name="Caller">Whom it stands for.</param>
/// <param name="Expires">When it ends, by its issuer's clock.</param>
public sealed record ValidToken(Caller Caller, DateTimeOffset Expires);
