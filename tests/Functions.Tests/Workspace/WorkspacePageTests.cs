using System.Net;
using System.Text.RegularExpressions;
using Jobs.Functions.Tests.Identity;
using Jobs.Functions.Workspace;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Workspace;

public sealed partial class WorkspacePageTests
{
    [Theory]
    [InlineData("widgets")]
    [InlineData("agents")]
    public async Task Editor_address_of_a_resource_is_its_page(string kind)
    {
        await using var app = await TestApp.StartAsync();
        using var created = await app.Client.PostAsync($"v1/{kind}", System.Net.Http.Json.JsonContent.Create(new { name = "Mine" }));
        var editorUrl = (await created.ReadJsonAsync()).GetProperty("editorUrl").GetString()!;
        using var browser = await BrowserClient.SignInAsync(app, TestApp.Key, editorUrl);

        using var page = await browser.SendAsync(HttpMethod.Get, editorUrl);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("data-view=\"workspace\"", html);
        Assert.Contains($"data-kind=\"{kind}\"", html);
        Assert.Contains("data-tenant=\"acme\"", html);
        Assert.Contains("data-admin=\"false\"", html);
        Assert.DoesNotContain(TestApp.Key, html);
        Assert.DoesNotContain("{{", html);
    }

    [Fact]
    public async Task Page_has_a_policy_under_which_nothing_runs_but_its_own_files()
    {
        await using var app = await TestApp.StartAsync();

        using var page = await app.Anonymous.GetAsync("app/acme/widgets/Wbk5MPTfzx");

        var policy = page.Headers.GetValues("Content-Security-Policy").Single().Split("; ");
        Assert.Equal(
            [
                "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:", "frame-src 'self'", "form-action 'self'",
                "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
            ],
            policy);
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-store", page.Headers.CacheControl?.ToString());
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", html);
    }

    [Fact]
    public async Task Page_of_another_tenant_or_of_nothing_is_the_same_404()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync(name: "Theirs");
        await app.WaitUntilSettledAsync(jobId);
        using var owner = await BrowserClient.SignInAsync(app, TestApp.Key, $"app/acme/widgets/{widgetId}");
        using var other = await BrowserClient.SignInAsync(app, TestApp.OtherKey, $"app/acme/widgets/{widgetId}");

        var answers = new List<(HttpStatusCode, string)>();
        foreach (var path in new[]
        {
            $"app/acme/widgets/{widgetId}", $"app/other/widgets/{widgetId}", "app/acme/widgets/Wbk5MPTfzx", "app/other/widgets/Wbk5MPTfzx", $"app/acme/agents/{widgetId}",
            "app/nobody/agents/x",
        })
        {
            using var page = await other.SendAsync(HttpMethod.Get, path);
            answers.Add((page.StatusCode, await page.Content.ReadAsStringAsync()));
        }

        Assert.Equal(HttpStatusCode.NotFound, Assert.Single(answers.Distinct()).Item1);
        Assert.Contains("data-view=\"not-found\"", answers[0].Item2);
        Assert.Equal(HttpStatusCode.OK, (await owner.SendAsync(HttpMethod.Get, $"app/acme/widgets/{widgetId}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.SendAsync(HttpMethod.Get, $"app/other/widgets/{widgetId}")).StatusCode);
        using var call = await other.SendAsync(HttpMethod.Get, $"v1/widgets/{widgetId}");
        Assert.Equal(HttpStatusCode.NotFound, call.StatusCode);
    }

    [Fact]
    public async Task Page_of_jobs_is_the_sessions_own_and_that_of_another_tenant_404()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await BrowserClient.SignInAsync(app, TestApp.Key, "app/acme/jobs");

        using var own = await browser.SendAsync(HttpMethod.Get, "app/acme/jobs");
        using var foreign = await browser.SendAsync(HttpMethod.Get, "app/other/jobs");

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Contains("data-view=\"jobs\"", await own.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Equal(await app.Anonymous.GetStringAsync("app/acme/widgets/Wbk5MPTfzx"), await app.Anonymous.GetStringAsync("app/acme/jobs"));
    }

    [Fact]
    public async Task Page_of_a_user_is_theirs_and_says_who_they_are()
    {
        const string Hostile = "\"><script>alert(1)</script>";
        await using var app = await TestApp.StartAsync();
        using var browser = await BrowserClient.SignInAsync(app, await app.TokenAsync(Hostile, "admin"), "app/jobs");

        using var page = await browser.SendAsync(HttpMethod.Get, "app/jobs");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("data-view=\"user-jobs\"", html);
        Assert.Contains("data-user=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"", html);
        Assert.Contains("data-admin=\"true\"", html);
        Assert.Equal(await app.Anonymous.GetStringAsync("app/acme/jobs"), await app.Anonymous.GetStringAsync("app/jobs"));
    }

    [Fact]
    public async Task Organisation_is_led_from_the_users_page_to_its_own()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = await BrowserClient.SignInAsync(app, TestApp.Key, "app/jobs");

        using var page = await browser.SendAsync(HttpMethod.Get, "app/jobs");

        Assert.Equal("/app/acme/jobs", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Contains("data-view=\"jobs\"", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Development_users_are_offered_where_the_development_issuer_is_served_and_nowhere_else()
    {
        const string Script = "development-sign-in.js";
        await using var issuer = await TestIssuer.StartAsync();
        await using var local = await TestApp.StartAsync();
        await using var other = await TestApp.StartAsync(arguments: issuer.Settings);
        var deployed = new WorkspaceAssets([]);

        Assert.Contains(Script, await local.Anonymous.GetStringAsync("app/jobs"));
        var version = local.Services.GetRequiredService<WorkspaceAssets>().Version;
        Assert.Equal(HttpStatusCode.OK, (await local.Anonymous.GetAsync($"app/assets/{version}/{Script}")).StatusCode);
        Assert.DoesNotContain("development", await other.Anonymous.GetStringAsync("app/jobs"));
        Assert.Equal(deployed.Version, other.Services.GetRequiredService<WorkspaceAssets>().Version);
        Assert.Null(deployed.Find(deployed.Version, Script));
        Assert.Single(Regex.Matches(deployed.Shell, "<script "));
    }

    [Fact]
    public async Task Page_without_a_session_does_not_say_what_exists()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, _) = await app.CreateWidgetAsync();

        var existing = await app.Anonymous.GetStringAsync($"app/acme/widgets/{widgetId}");
        var missing = await app.Anonymous.GetStringAsync("app/nobody/agents/Wbk5MPTfzx");

        Assert.Equal(existing, missing);
        Assert.Contains("data-view=\"sign-in\"", existing);
        Assert.Contains("data-csrf=\"\"", existing);
    }

    [Fact]
    public async Task Page_of_an_admin_says_so()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, _) = await app.CreateWidgetAsync();
        using var browser = await BrowserClient.SignInAsync(app, TestApp.AdminKey, $"app/acme/widgets/{widgetId}");

        using var page = await browser.SendAsync(HttpMethod.Get, $"app/acme/widgets/{widgetId}");

        Assert.Contains("data-admin=\"true\"", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Files_of_the_page_are_all_served_for_good_and_import_nothing_from_elsewhere()
    {
        await using var app = await TestApp.StartAsync();
        var version = app.Services.GetRequiredService<WorkspaceAssets>().Version;
        var wanted = new Queue<string>(
            Addresses().Matches(await app.Anonymous.GetStringAsync("app/acme/widgets/Wbk5MPTfzx")).Select(match => match.Groups[1].Value));
        var seen = new HashSet<string>();
        while (wanted.TryDequeue(out var address))
        {
            if (!seen.Add(address))
            {
                continue;
            }

            Assert.StartsWith($"/app/assets/{version}/", address);
            using var file = await app.Anonymous.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", file.Headers.CacheControl?.ToString());
            Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", file.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
            var expected = Path.GetExtension(address) switch { ".js" => "text/javascript", ".css" => "text/css", _ => "image/svg+xml" };
            Assert.Equal(expected, file.Content.Headers.ContentType?.MediaType);
            var text = await file.Content.ReadAsStringAsync();
            Assert.DoesNotMatch(@"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|localStorage)\b", text);
            if (expected == "text/javascript")
            {
                foreach (Match import in Imports().Matches(text))
                {
                    wanted.Enqueue(new Uri(new Uri(new Uri("http://x"), address), import.Groups[1].Value).AbsolutePath);
                }
            }
        }

        Assert.True(seen.Count >= 12, string.Join(" ", seen));
    }

    [Theory]
    [InlineData("0123456789abcdef", "main.js")]
    [InlineData("current", "workspace.html")]
    [InlineData("current", "nothing.js")]
    [InlineData("current", "..%2Fhost.json")]
    public async Task File_of_another_version_or_none_is_404(string version, string file)
    {
        await using var app = await TestApp.StartAsync();
        var current = app.Services.GetRequiredService<WorkspaceAssets>().Version;

        using var response = await app.Anonymous.GetAsync($"app/assets/{(version == "current" ? current : version)}/{file}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Tenant_called_assets_has_pages_of_its_own()
    {
        await using var app = await TestApp.StartAsync();

        Assert.Contains("data-view=\"sign-in\"", await app.Anonymous.GetStringAsync("app/assets/agents/Wbk5MPTfzx"));
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Addresses();

    [GeneratedRegex("""from "([^"]+)";""")]
    private static partial Regex Imports();
}
