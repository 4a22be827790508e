using System.Net;
using Jobs.Domain.Repositories;
using Jobs.Functions.Tests.Repositories;
using Jobs.Generation.Offline.Repositories;
using Jobs.Repositories.Local;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Workspace;

/// <summary>The page of our own pull request, and what its session may do.</summary>
public sealed class PullRequestPageTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("jobs-pull-request-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Page_is_the_sessions_organisations_alone()
    {
        await using var app = await StartAsync();
        var id = await app.CreateAsync(new { job = "create a file a.md with the content \"a\"" });
        await app.WaitAsync(id, "completed");
        using var own = await BrowserClient.SignInAsync(app.App, TestApp.Key, $"app/acme/pull-requests/{id}");
        using var other = await BrowserClient.SignInAsync(app.App, TestApp.OtherKey, "app/other/jobs");

        using var page = await own.SendAsync(HttpMethod.Get, $"app/acme/pull-requests/{id}");
        using var theirs = await other.SendAsync(HttpMethod.Get, $"app/acme/pull-requests/{id}");
        using var none = await own.SendAsync(HttpMethod.Get, "app/acme/pull-requests/zzzzzzzz");
        using var signIn = await app.App.Anonymous.GetAsync($"app/acme/pull-requests/{id}");

        Assert.Contains($"data-view=\"pull-request\"", await page.Content.ReadAsStringAsync());
        Assert.Contains($"data-id=\"{id}\"", await page.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (theirs.StatusCode, none.StatusCode));
        Assert.DoesNotContain(id, await signIn.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Session_reads_the_pull_request_and_merges_it_only_with_the_token_of_its_page()
    {
        await using var app = await StartAsync();
        var id = await app.CreateAsync(new { job = "create a file a.md with the content \"a\"" });
        await app.WaitAsync(id, "completed");
        using var browser = await BrowserClient.SignInAsync(app.App, TestApp.Key, $"app/acme/pull-requests/{id}");

        using var shown = await browser.SendAsync(HttpMethod.Get, $"api/jobs/{id}/pull-request");
        using var listed = await browser.SendAsync(HttpMethod.Get, "api/jobs");
        using var foreign = await browser.SendAsync(HttpMethod.Post, $"api/jobs/{id}/merge", null, ("Origin", "https://evil.example"));
        var token = browser.Token;
        browser.Token = null;
        using var without = await browser.SendAsync(HttpMethod.Post, $"api/jobs/{id}/merge");
        browser.Token = token;
        using var merged = await browser.SendAsync(HttpMethod.Post, $"api/jobs/{id}/merge");

        Payload.AssertMatches("002-pull-request.json", await shown.ReadJsonAsync());
        Assert.Single((await listed.ReadJsonAsync()).GetProperty("jobs").EnumerateArray());
        Assert.Equal((403, 403, 200), ((int)foreign.StatusCode, (int)without.StatusCode, (int)merged.StatusCode));
        Assert.StartsWith("This request does not come from the page of its session.", (await without.ReadJsonAsync()).GetProperty("error").GetString());
        Assert.Equal("merged", (await merged.ReadJsonAsync()).GetProperty("status").GetString());
    }

    private async Task<RepositoryApp> StartAsync()
    {
        var folder = Path.Combine(_data, "repositories", "site.git");
        NewRepository.Create(folder, new Dictionary<string, string> { ["README.md"] = "# Site\n" }, DateTimeOffset.UnixEpoch);
        var app = await RepositoryApp.StartAsync(data: _data, isRegistered: false, hasRealForges: true, configure: services =>
            services.AddSingleton<IRepositoryAgent>(new OfflineRepositoryAgent(TimeProvider.System)));
        await app.RegisterAsync(new { name = "site", kind = "local", location = folder });
        return app;
    }
}
