using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Jobs.Repositories.GitHub;

/// <summary>
/// A GitHub App's installation: its tokens live for an hour, are shared by all requests, and are renewed <see cref="GitHubLimits.TokenMargin"/> before their end, by one request at a time.
/// </summary>
/// <param name="options">Which app.</param>
/// <param name="create">Asks GitHub for a token, with a signed proof of being the app.</param>
/// <param name="now">The time by GitHub's clock.</param>
/// <param name="time">What a token's age is told by.</param>
internal sealed class GitHubAppCredential(
    GitHubOptions options,
    Func<string, CancellationToken, Task<Octokit.AccessToken>> create,
    Func<DateTimeOffset> now,
    TimeProvider time) : IGitHubCredential, IDisposable
{
    /// <summary>GitHub takes no proof that is longer valid than 10 minutes, or was made in its future.</summary>
    private static readonly TimeSpan ProofBefore = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ProofAfter = TimeSpan.FromMinutes(8);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly RSA _key = KeyOf(options);
    private Known? _known;

    /// <inheritdoc/>
    public string? Current => Volatile.Read(ref _known)?.Token;

    /// <inheritdoc/>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } known)
        {
            return known;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } meanwhile)
            {
                return meanwhile;
            }

            var token = await create(Proof(), cancellationToken);
            var life = token.ExpiresAt - now() - GitHubLimits.TokenMargin;
            Volatile.Write(ref _known, new Known(token.Token, time.GetTimestamp(), life));
            return token.Token;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public bool Renew(string refused)
    {
        var known = Volatile.Read(ref _known);
        if (known?.Token == refused)
        {
            Interlocked.CompareExchange(ref _known, null, known);
        }

        return true;
    }

    /// <summary>A JSON Web Token that says, for some minutes, that we are the app.</summary>
    internal string Proof()
    {
        var issued = now() - ProofBefore;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.AppId,
            IssuedAt = issued.UtcDateTime,
            Expires = (issued + ProofBefore + ProofAfter).UtcDateTime,
            SigningCredentials = new SigningCredentials(
                new RsaSecurityKey(_key) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
                SecurityAlgorithms.RsaSha256),
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        _key.Dispose();
    }

    private static RSA KeyOf(GitHubOptions options)
    {
        var key = RSA.Create();
        key.ImportFromPem(options.Pem);
        return key;
    }

    private string? Fresh() => Volatile.Read(ref _known) is { } known && time.GetElapsedTime(known.Since) < known.Life ? known.Token : null;

    private sealed record Known(string Token, long Since, TimeSpan Life);
}
