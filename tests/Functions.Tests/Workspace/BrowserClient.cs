using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Jobs.Domain.Identity;

namespace Jobs.Functions.Tests.Workspace;

/// <summary>Sends what a browser would: cookies as they were set, and the headers that say where a request comes from.</summary>
internal sealed class BrowserClient(TestApp app) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = app.Address };

    /// <summary>The cookie header to send; null without a session.</summary>
    public string? Cookie { get; set; }

    /// <summary>The header <c>X-CSRF-Token</c>; null to leave it out.</summary>
    public string? Token { get; set; }

    /// <summary>A browser that has signed in with a key or an access token, and opened a page.</summary>
    public static async Task<BrowserClient> SignInAsync(TestApp app, string credential, string pagePath)
    {
        var browser = new BrowserClient(app);
        using var response = await browser.SendAsync(
            HttpMethod.Post, "app/session", credential.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) ? new { apiKey = credential } : (object)new { accessToken = credential });
        Assert.Equal(200, (int)response.StatusCode);
        browser.Cookie = response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var page = await browser.SendAsync(HttpMethod.Get, pagePath);
        browser.Token = Regex.Match(await page.Content.ReadAsStringAsync(), "data-csrf=\"([^\"]+)\"").Groups[1].Value;
        Assert.NotEmpty(browser.Token);
        return browser;
    }

    /// <param name="method">The method.</param>
    /// <param name="path">Relative to the app.</param>
    /// <param name="body">Sent as JSON, unless it is null.</param>
    /// <param name="headers">Beside cookie and token.</param>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers.Append(("Cookie", Cookie ?? "")).Append(("X-CSRF-Token", Token ?? "")).Where(header => header.Item2.Length > 0))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _client.SendAsync(request);
    }

    public void Dispose() => _client.Dispose();
}
