using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Identity;
using Jobs.Functions.Tests.Identity;
using Jobs.Functions.Tests.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Workspace;

/// <summary>The session of a user, which begins with an access token.</summary>
public sealed class UserSessionTests
{
    private const string Page = "app/jobs";

    [Fact]
    public async Task Session_is_a_cookie_that_lasts_as_long_as_its_token_and_that_no_script_reads()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        using var browser = new BrowserClient(app);
        var token = await app.TokenAsync("ann");

        using var response = await browser.SendAsync(HttpMethod.Post, "app/session", new { accessToken = token });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var cookie = response.Headers.GetValues("Set-Cookie").Single().Split("; ");
        Assert.Equal($"jobs_session={token}", cookie[0]);
        Assert.Equal(["httponly", "max-age=3600", "path=/", "samesite=strict"], cookie[1..].Select(part => part.ToLowerInvariant()).Order(StringComparer.Ordinal));
        var body = await response.ReadJsonAsync();
        Assert.Equal(["csrfToken", "signedIn", "tenant"], body.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(BrowserSession.CsrfTokenOf(token), body.GetProperty("csrfToken").GetString());
        Assert.DoesNotContain(token, body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_lasts_no_longer_than_twelve_hours()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var app = await TestApp.StartAsync(arguments: issuer.Settings);
        using var browser = new BrowserClient(app);

        using var response = await browser.SendAsync(
            HttpMethod.Post, "app/session", new { accessToken = issuer.Token(claims => claims["exp"] = claims["exp"]!.GetValue<long>() + 86_400) });

        Assert.Contains("max-age=43200", response.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Session_of_a_user_calls_contract_003_as_that_user()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var ann = await app.NewUserAsync("ann");
        var id = await ann.CreateAnalysisJobAsync();
        await ann.WaitForAnalysisAsync(id);
        using var browser = await BrowserClient.SignInAsync(app, await app.TokenAsync("ann"), Page);
        using var other = await BrowserClient.SignInAsync(app, await app.TokenAsync("bob"), Page);
        (string, string)[] here = [("Origin", app.Address.GetLeftPart(UriPartial.Authority)), ("Sec-Fetch-Site", "same-origin")];

        using var created = await browser.SendAsync(HttpMethod.Post, "api/jobs", new { type = AnalysisApp.TestType, input = new { } }, here);
        using var read = await browser.SendAsync(HttpMethod.Get, $"api/jobs/{id}", null, ("Sec-Fetch-Site", "same-origin"));
        using var foreign = await other.SendAsync(HttpMethod.Get, $"api/jobs/{id}");
        using var listed = await other.SendAsync(HttpMethod.Get, "api/jobs");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.NotFound), (created.StatusCode, read.StatusCode, foreign.StatusCode));
        Assert.Empty((await listed.ReadJsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Equal(2, (await ann.GetFromJsonAsync<JsonElement>("api/jobs")).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("POST", null, null, null)]
    [InlineData("POST", "wrong", null, null)]
    [InlineData("POST", "other-session", null, null)]
    [InlineData("POST", "right", "cross-site", null)]
    [InlineData("POST", "right", "same-site", null)]
    [InlineData("POST", "right", null, "https://evil.example")]
    [InlineData("POST", "right", null, "null")]
    [InlineData("GET", "right", "cross-site", null)]
    [InlineData("GET", "right", null, "null")]
    public async Task Request_of_a_session_that_is_not_shown_to_be_our_pages_is_403_and_does_nothing(string method, string? token, string? site, string? origin)
    {
        await using var app = await AnalysisApp.StartAsync();
        using var ann = await app.NewUserAsync("ann");
        using var browser = await BrowserClient.SignInAsync(app, await app.TokenAsync("ann"), Page);
        browser.Token = token switch
        {
            "right" => browser.Token,
            "other-session" => BrowserSession.CsrfTokenOf(await app.TokenAsync("ann")),
            _ => token,
        };
        var headers = new[] { ("Sec-Fetch-Site", site ?? ""), ("Origin", origin ?? "") }.Where(header => header.Item2.Length > 0).ToArray();

        using var response = await browser.SendAsync(new HttpMethod(method), "api/jobs", method == "POST" ? new { type = AnalysisApp.TestType, input = new { } } : null, headers);

        Assert.Equal((403, "csrf"), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("code").GetString()));
        Assert.Empty((await ann.GetFromJsonAsync<JsonElement>("api/jobs")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task Sign_in_that_another_site_began_is_403(string header, string value)
    {
        await using var app = await TestApp.StartAsync();
        using var browser = new BrowserClient(app);

        using var response = await browser.SendAsync(HttpMethod.Post, "app/session", new { accessToken = await app.TokenAsync("ann") }, (header, value));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Session_ends_when_its_token_does()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        using var browser = await BrowserClient.SignInAsync(app, await app.TokenAsync("ann"), Page);
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Get, "api/jobs")).StatusCode);

        // A browser drops the cookie when the token ends; one that keeps it gains a minute.
        time.Advance(TimeSpan.FromHours(1) + TokenValidator.ClockSkew);

        using var call = await browser.SendAsync(HttpMethod.Get, "api/jobs");
        Assert.Equal((401, "invalid_token"), ((int)call.StatusCode, (await call.ReadJsonAsync()).GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Post, "api/documents", new { })).StatusCode);
        using var session = await browser.SendAsync(HttpMethod.Get, "app/session");
        Assert.Equal("""{"signedIn":false}""", await session.Content.ReadAsStringAsync());
        using var page = await browser.SendAsync(HttpMethod.Get, Page);
        Assert.Contains("data-view=\"sign-in\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // And it can be removed.
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Delete, "app/session")).StatusCode);
    }

    [Fact]
    public async Task Token_that_has_ended_begins_no_session_although_calls_bear_with_it_for_a_minute()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        using var browser = new BrowserClient(app);
        var token = await app.TokenAsync("ann");
        using var user = app.NewClient(token);
        time.Advance(TimeSpan.FromHours(1));

        using var response = await browser.SendAsync(HttpMethod.Post, "app/session", new { accessToken = token });

        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("api/jobs")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Session_of_a_user_is_no_organisations_and_that_of_an_organisation_no_users()
    {
        await using var app = await TestApp.StartAsync();
        using var user = await BrowserClient.SignInAsync(app, await app.TokenAsync("ann", "admin"), Page);
        using var organisation = await BrowserClient.SignInAsync(app, TestApp.AdminKey, "app/acme/jobs");

        foreach (var path in new[] { "v1/widgets", "v1/usage", "v1/api/jobs", "v1/api/documents" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await user.SendAsync(HttpMethod.Get, path)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await organisation.SendAsync(HttpMethod.Get, path)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await user.SendAsync(HttpMethod.Get, "api/jobs")).StatusCode);
        // That address is contract 002's for an organisation; a user's job is not.
        using var refused = await organisation.SendAsync(HttpMethod.Get, $"api/jobs/{Guid.CreateVersion7()}");
        Assert.Equal((401, "unauthorized"), ((int)refused.StatusCode, (await refused.ReadJsonAsync()).GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await user.SendAsync(HttpMethod.Get, "app/acme/jobs")).StatusCode);
    }

    [Fact]
    public async Task Request_with_the_header_is_judged_by_it_alone()
    {
        await using var app = await AnalysisApp.StartAsync();
        var ann = await app.TokenAsync("ann");
        using var bob = await app.NewUserAsync("bob");
        using var browser = new BrowserClient(app) { Cookie = $"jobs_session={ann}" };

        // The other's token wins over the cookie, and needs no CSRF token, wherever it comes from.
        using var created = await browser.SendAsync(
            HttpMethod.Post,
            "api/jobs",
            new { type = AnalysisApp.TestType, input = new { } },
            ("Authorization", $"Bearer {await app.TokenAsync("bob")}"),
            ("Origin", "https://elsewhere.example"));

        Assert.Equal(HttpStatusCode.Accepted, created.StatusCode);
        Assert.Equal(1, (await bob.GetFromJsonAsync<JsonElement>("api/jobs")).GetProperty("items").GetArrayLength());
        foreach (var header in new[] { "Bearer wrong", "Bearer", "Basic YTpi", $"Bearer {TestApp.Key}" })
        {
            using var refused = await browser.SendAsync(HttpMethod.Get, "api/jobs", null, ("Authorization", header));
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Sign_in_with_anything_but_one_valid_credential_is_refused_and_sets_nothing()
    {
        await using var issuer = await TestIssuer.StartAsync();
        await using var stranger = await TestIssuer.StartAsync();
        await using var app = await TestApp.StartAsync(arguments: issuer.Settings);
        using var browser = new BrowserClient(app);
        var cases = new (object Body, int Status)[]
        {
            (new { accessToken = stranger.Token() }, 401),
            (new { accessToken = issuer.Token(claims => claims["aud"] = "somebody") }, 401),
            (new { accessToken = "a.b.c" }, 401),
            (new { accessToken = TestApp.Key }, 401),
            (new { apiKey = "a.b.c" }, 401),
            (new { accessToken = new string('x', BrowserSession.MaxTokenLength) }, 401),
            (new { accessToken = new string('x', BrowserSession.MaxTokenLength + 1) }, 400),
            (new { accessToken = issuer.Token(), apiKey = TestApp.Key }, 400),
            (new { }, 400),
            (new { accessToken = (string?)null }, 400),
            (new { accessToken = 1 }, 400),
        };

        foreach (var (body, status) in cases)
        {
            using var response = await browser.SendAsync(HttpMethod.Post, "app/session", body);
            Assert.True((int)response.StatusCode == status, $"{JsonSerializer.Serialize(body)}: {response.StatusCode}");
            Assert.False(response.Headers.Contains("Set-Cookie"));
        }
    }

    [Fact]
    public async Task Token_that_cannot_be_told_from_an_invalid_one_is_503_and_begins_nothing()
    {
        await using var issuer = await TestIssuer.StartAsync();
        issuer.Instead = http =>
        {
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        await using var app = await TestApp.StartAsync(arguments: issuer.Settings);
        using var browser = new BrowserClient(app) { Cookie = $"jobs_session={issuer.Token()}" };

        foreach (var request in new[] { browser.SendAsync(HttpMethod.Post, "app/session", new { accessToken = issuer.Token() }), browser.SendAsync(HttpMethod.Get, "api/jobs"), browser.SendAsync(HttpMethod.Get, Page) })
        {
            using var response = await request;
            Assert.Equal((503, "issuer_unavailable"), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("code").GetString()));
            Assert.False(response.Headers.Contains("Set-Cookie"));
        }
    }
}
