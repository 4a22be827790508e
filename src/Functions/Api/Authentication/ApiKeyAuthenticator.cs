using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Jobs.Domain.Identity;
using Jobs.Functions.Api.Shared;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Authentication;

/// <summary>
/// Turns <c>Authorization: Bearer emb_live_…</c>, or without that header the session of a browser, into a <see cref="Caller"/>. A known key is remembered for
/// <see cref="CacheLifetime"/>, so a poll costs one read; a key that was revoked is honoured no longer than that. Unknown keys are not remembered.
/// </summary>
public sealed class ApiKeyAuthenticator(ApiKeyStore keys, BrowserSession session, TimeProvider time)
{
    /// <summary>How long a known key is honoured without reading it again.</summary>
    public static readonly TimeSpan CacheLifetime = TimeSpan.FromMinutes(1);

    /// <summary>How many known keys are remembered at most; beyond it all are forgotten at once.</summary>
    public const int MaxCachedKeys = 10_000;

    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Expires)> _cache = new();

    /// <summary>
    /// The caller, or null when there is no credential or it is malformed or names no known key. A request with the header is judged by it alone. Throws
    /// <see cref="ProblemException"/> (403) for a request of a session that is not shown to be our page's.
    /// </summary>
    public async Task<Caller?> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is not [])
        {
            return request.Headers.Authorization is [{ } header]
                && AuthenticationHeaderValue.TryParse(header, out var value)
                && "Bearer".Equals(value.Scheme, StringComparison.OrdinalIgnoreCase)
                && value.Parameter is { } key
                    ? await FindAsync(key, cancellationToken)
                    : null;
        }

        if (session.FindKey(request) is not { } sessionKey || await FindAsync(sessionKey, cancellationToken) is not { } caller)
        {
            return null;
        }

        return session.IsHonoured(request, sessionKey) ? caller : throw new ProblemException(Problem.ForeignRequest);
    }

    /// <summary>True for a request without <c>Authorization</c> that has the cookie of a session, whatever that is worth.</summary>
    public bool HasSession(HttpRequest request) => request.Headers.Authorization is [] && session.FindKey(request) is not null;

    /// <summary>Whom a key stands for; null for one that is malformed or not known.</summary>
    public async Task<Caller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (!ApiKey.IsWellFormed(key))
        {
            return null;
        }

        // The cache is looked up by hash, so that no key stays in memory and the look-up's timing tells nothing of one.
        var hash = ApiKey.Hash(key);
        var cacheKey = Convert.ToHexString(hash);
        var now = time.GetUtcNow();
        if (_cache.TryGetValue(cacheKey, out var cached) && cached.Expires > now)
        {
            return cached.Caller;
        }

        _cache.TryRemove(cacheKey, out _);
        if (await keys.FindAsync(hash, cancellationToken) is not { } owner)
        {
            return null;
        }

        if (_cache.Count >= MaxCachedKeys)
        {
            _cache.Clear();
        }

        var caller = new Caller(owner.Tenant, owner.User, owner.IsAdmin);
        _cache[cacheKey] = (caller, now + CacheLifetime);
        return caller;
    }
}
