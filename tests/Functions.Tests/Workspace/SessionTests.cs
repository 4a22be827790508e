using System.Net;
using System.Net.Http.Json;
using Jobs.Domain.Identity;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Workspace;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Workspace;

public sealed class SessionTests
{
    private const string AnyPage = "app/acme/widgets/Wbk5MPTfzx";

    [Fact]
    public async Task Sign_in_sets_a_cookie_that_no_script_reads_and_no_other_site_sends()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = new BrowserClient(app);

        using var response = await browser.SendAsync(HttpMethod.Post, "app/session", new { apiKey = TestApp.Key });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True((await response.ReadJsonAsync()).GetProperty("signedIn").GetBoolean());
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal(
            ["jobs_session=" + TestApp.Key, "httponly", "max-age=43200", "path=/", "samesite=strict"],
            Parts(response).Order(StringComparer.Ordinal).OrderBy(part => !part.StartsWith("jobs_session", StringComparison.Ordinal)));
        Assert.DoesNotContain(TestApp.Key, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Cookie_is_Secure_and_bound_to_the_host_where_the_public_address_is_https()
    {
        await using var app = await TestApp.StartAsync(arguments: ["--Jobs:PublicUrl", "https://jobs.example"]);
        using var browser = new BrowserClient(app);

        using var response = await browser.SendAsync(HttpMethod.Post, "app/session", new { apiKey = TestApp.Key }, ("Origin", "https://jobs.example"));

        var parts = Parts(response);
        Assert.Contains("__Host-jobs_session=" + TestApp.Key, parts);
        Assert.Contains("secure", parts);
        Assert.Contains("path=/", parts);
        Assert.DoesNotContain(parts, part => part.StartsWith("domain", StringComparison.Ordinal));
        // A cookie without the prefix may have been set by a neighbour of the domain.
        browser.Cookie = "jobs_session=" + TestApp.Key;
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Get, "v1/widgets")).StatusCode);
        browser.Cookie = "__Host-jobs_session=" + TestApp.Key;
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Get, "v1/widgets")).StatusCode);
    }

    [Theory]
    [InlineData("emb_live_wrong")]
    [InlineData(null)]
    public async Task Sign_in_with_a_key_that_nobody_issued_is_401_and_sets_nothing(string? key)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = new BrowserClient(app);

        using var response = await browser.SendAsync(HttpMethod.Post, "app/session", new { apiKey = key ?? ApiKey.Create() });

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Equal("unauthorized", (await response.ReadJsonAsync()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(SessionFunctions.MaxKeyLength, HttpStatusCode.Unauthorized)]
    [InlineData(SessionFunctions.MaxKeyLength + 1, HttpStatusCode.BadRequest)]
    public async Task Key_of_a_sign_in_has_a_longest_length(int length, HttpStatusCode expected)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = new BrowserClient(app);

        Assert.Equal(expected, (await browser.SendAsync(HttpMethod.Post, "app/session", new { apiKey = new string('x', length) })).StatusCode);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "anything")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Sign_in_that_another_site_began_is_403(string header, string value)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = new BrowserClient(app);

        using var response = await browser.SendAsync(HttpMethod.Post, "app/session", new { apiKey = TestApp.Key }, (header, value));

        await AssertForeignAsync(response);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Session_reads_without_a_token_and_changes_with_it()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        using var browser = await BrowserClient.SignInAsync(app, TestApp.Key, $"app/acme/widgets/{widgetId}");
        var origin = app.Address.GetLeftPart(UriPartial.Authority);

        using var changed = await browser.SendAsync(HttpMethod.Post, "v1/widgets", new { name = "Mine" }, ("Origin", origin), ("Sec-Fetch-Site", "same-origin"));
        browser.Token = null;
        using var read = await browser.SendAsync(HttpMethod.Get, "v1/widgets", null, ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(HttpStatusCode.Created, changed.StatusCode);
        Assert.Equal(2, (await read.ReadJsonAsync()).GetProperty("total").GetInt32());
    }

    public static TheoryData<string, string?, string?, string?> Forgeries() => new()
    {
        { "POST", null, null, null },
        { "POST", "", null, null },
        { "POST", "wrong", null, null },
        { "POST", "other-session", null, null },
        { "POST", "right", "cross-site", null },
        { "POST", "right", "same-site", null },
        { "POST", "right", null, "https://evil.example" },
        { "POST", "right", null, "null" },
        { "POST", "right", "same-origin", "https://evil.example" },
        { "DELETE", null, null, null },
        { "DELETE", "right", "cross-site", null },
        { "GET", "right", "cross-site", null },
        { "GET", "right", "same-site", null },
        { "GET", "right", null, "null" },
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Request_of_a_session_that_is_not_shown_to_be_our_pages_is_403_and_does_nothing(string method, string? token, string? site, string? origin)
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        using var browser = await BrowserClient.SignInAsync(app, TestApp.Key, $"app/acme/widgets/{widgetId}");
        browser.Token = token switch
        {
            "right" => browser.Token,
            "other-session" => BrowserSession.CsrfTokenOf(TestApp.OtherKey),
            _ => token,
        };
        var headers = new[] { ("Sec-Fetch-Site", site ?? ""), ("Origin", origin ?? "") }.Where(header => header.Item2.Length > 0).ToArray();

        using var response = await browser.SendAsync(
            new HttpMethod(method), method == "POST" ? "v1/widgets" : $"v1/widgets/{widgetId}", method == "POST" ? new { name = "Forged" } : null, headers);

        await AssertForeignAsync(response);
        var list = await app.Client.GetFromJsonAsync<System.Text.Json.JsonElement>("v1/widgets");
        Assert.Equal(widgetId, Assert.Single(list.GetProperty("widgets").EnumerateArray()).GetProperty("widgetId").GetString());
    }

    [Fact]
    public async Task Request_with_the_header_is_judged_by_it_alone()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = new BrowserClient(app) { Cookie = "jobs_session=" + TestApp.Key };

        // The other tenant's key wins over the cookie, and needs no token, wherever it comes from.
        using var created = await browser.SendAsync(
            HttpMethod.Post, "v1/widgets", new { name = "Theirs" }, ("Authorization", "Bearer " + TestApp.OtherKey), ("Origin", "https://elsewhere.example"));
        using var refused = await browser.SendAsync(HttpMethod.Get, "v1/widgets", null, ("Authorization", "Bearer wrong"));

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(1, (await app.OtherTenant.GetFromJsonAsync<System.Text.Json.JsonElement>("v1/widgets")).GetProperty("total").GetInt32());
        Assert.Equal(0, (await app.Client.GetFromJsonAsync<System.Text.Json.JsonElement>("v1/widgets")).GetProperty("total").GetInt32());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Session_with_a_key_that_was_revoked_ends_within_the_caches_life()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        using var browser = await BrowserClient.SignInAsync(app, TestApp.Key, AnyPage);

        await app.Services.GetRequiredService<ApiKeyStore>().RemoveAsync(ApiKey.Hash(TestApp.Key), CancellationToken.None);
        time.Advance(ApiKeyAuthenticator.CacheLifetime);

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Get, "v1/widgets")).StatusCode);
        using var session = await browser.SendAsync(HttpMethod.Get, "app/session");
        Assert.False((await session.ReadJsonAsync()).GetProperty("signedIn").GetBoolean());
        using var page = await browser.SendAsync(HttpMethod.Get, AnyPage);
        Assert.Contains("data-view=\"sign-in\"", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Sign_out_removes_the_cookie_and_takes_the_token()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await BrowserClient.SignInAsync(app, TestApp.Key, AnyPage);
        var token = browser.Token;

        browser.Token = null;
        using var forged = await browser.SendAsync(HttpMethod.Delete, "app/session");
        browser.Token = token;
        using var ended = await browser.SendAsync(HttpMethod.Delete, "app/session");

        await AssertForeignAsync(forged);
        Assert.False(forged.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        var parts = Parts(ended);
        Assert.Contains("jobs_session=", parts);
        Assert.Contains("expires=thu, 01 jan 1970 00:00:00 gmt", parts);
        Assert.Contains("path=/", parts);
    }

    [Fact]
    public async Task Session_says_whether_there_is_one()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = new BrowserClient(app);

        using var without = await browser.SendAsync(HttpMethod.Get, "app/session");
        browser.Cookie = "jobs_session=" + TestApp.Key;
        using var with = await browser.SendAsync(HttpMethod.Get, "app/session");
        using var foreign = await browser.SendAsync(HttpMethod.Get, "app/session", null, ("Sec-Fetch-Site", "cross-site"));

        Assert.False((await without.ReadJsonAsync()).GetProperty("signedIn").GetBoolean());
        Assert.True((await with.ReadJsonAsync()).GetProperty("signedIn").GetBoolean());
        Assert.False((await foreign.ReadJsonAsync()).GetProperty("signedIn").GetBoolean());
    }

    private static async Task AssertForeignAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("csrf", (await response.ReadJsonAsync()).GetProperty("code").GetString());
    }

    /// <summary>The parts of the cookie that was set; all but its value in lower case.</summary>
    private static string[] Parts(HttpResponseMessage response) =>
        [.. response.Headers.GetValues("Set-Cookie").Single().Split("; ").Select((part, index) => index == 0 ? part : part.ToLowerInvariant())];
}
