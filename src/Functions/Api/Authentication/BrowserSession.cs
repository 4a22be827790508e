using System.Security.Cryptography;
using System.Text;
using Jobs.Domain.Identity;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Api.Authentication;

/// <summary>
/// The session of the workspace page: an API key or an access token in a cookie that no script can read and that is sent from our own pages only. Nothing is stored for it. Because a
/// browser adds the cookie by itself, a request that changes something must also show a token that only our page knows, and no request that another site began is honoured.
/// </summary>
public sealed class BrowserSession(IOptions<PublicAddressOptions> publicAddress)
{
    /// <summary>The most characters of an access token: with the cookie's name they fit into the 4,096 bytes that browsers keep of a cookie.</summary>
    public const int MaxTokenLength = 4_000;

    /// <summary>How long a browser keeps the cookie at most: 12 hours.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>The header that proves that our page sent a request.</summary>
    public const string CsrfHeader = "X-CSRF-Token";

    private const string CookieName = "jobs_session";

    /// <summary>A browser takes a cookie of this prefix only when it is Secure, for every path and of this very host: no neighbour of our domain can set it.</summary>
    private const string SecureCookieName = "__Host-" + CookieName;

    private static readonly byte[] CsrfPurpose = "jobs workspace csrf v1"u8.ToArray();

    /// <summary>What the request's session began with, a key or a token; null without a session.</summary>
    public string? Find(HttpRequest request) => request.Cookies[NameFor(request)] is { Length: > 0 } credential ? credential : null;

    /// <summary>The API key of the request's session; null for one of a user, and without a session.</summary>
    public string? FindKey(HttpRequest request) => Find(request) is { } credential && IsKey(credential) ? credential : null;

    /// <summary>The access token of the request's session; null for one of an organisation, and without a session.</summary>
    public string? FindToken(HttpRequest request) => Find(request) is { } credential && !IsKey(credential) ? credential : null;

    /// <summary>Begins a session with a key or a token, in the place of any that there is.</summary>
    /// <param name="request">The request that asks for it.</param>
    /// <param name="credential">The key or the token.</param>
    /// <param name="lifetime">How long the credential is valid; the browser keeps it no longer than that and than <see cref="Lifetime"/>.</param>
    public void Start(HttpRequest request, string credential, TimeSpan lifetime)
    {
        var options = OptionsFor(request);
        options.MaxAge = lifetime < Lifetime ? lifetime : Lifetime;
        request.HttpContext.Response.Cookies.Append(NameFor(request), credential, options);
    }

    /// <summary>Ends the session.</summary>
    public void End(HttpRequest request) => request.HttpContext.Response.Cookies.Delete(NameFor(request), OptionsFor(request));

    /// <summary>What requests of the session with this key or token must show. It can be given to our page: the credential cannot be computed from it.</summary>
    public static string CsrfTokenOf(string credential) => WebEncoders.Base64UrlEncode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(credential), CsrfPurpose));

    /// <summary>True when no other site began this request, as far as the browser says. Programs that are no browser say nothing.</summary>
    public bool IsFromHere(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is [] or ["same-origin" or "none"]
        && (request.Headers.Origin is [] || (request.Headers.Origin is [{ } origin] && origin == PublicAddress.For(request, publicAddress).Origin));

    /// <summary>True when a request of a session may be honoured: it is from here, and if it can change something, it shows the session's CSRF token.</summary>
    public bool IsHonoured(HttpRequest request, string credential) =>
        IsFromHere(request)
        && (HttpMethods.IsGet(request.Method)
            || HttpMethods.IsHead(request.Method)
            || (request.Headers[CsrfHeader] is [{ } token]
                && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(CsrfTokenOf(credential)))));

    private static bool IsKey(string credential) => credential.StartsWith(ApiKey.Prefix, StringComparison.Ordinal);

    private string NameFor(HttpRequest request) => IsSecure(request) ? SecureCookieName : CookieName;

    private CookieOptions OptionsFor(HttpRequest request) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", Secure = IsSecure(request), IsEssential = true };

    private bool IsSecure(HttpRequest request) =>
        PublicAddress.For(request, publicAddress).Origin?.StartsWith("https://", StringComparison.Ordinal) is true;
}
