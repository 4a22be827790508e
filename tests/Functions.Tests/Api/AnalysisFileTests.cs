using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Tests.Work.Analysis;
using Jobs.Functions.Tests.Workspace;
using Jobs.Functions.Workspace;

namespace Jobs.Functions.Tests.Api;

/// <summary>The files of a user's jobs, by the API and as pages.</summary>
public sealed class AnalysisFileTests
{
    [Fact]
    public async Task Files_of_a_report_are_what_its_result_says()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var job = await ReportAsync(app);
        using var ann = await app.NewUserAsync(AnalysisJobs.Ann);
        var id = job.GetProperty("id").GetString();
        var result = job.GetProperty("result");
        var expected = new Dictionary<string, (string Text, string Type)>
        {
            ["report.md"] = (result.GetProperty("markdown").GetString()!, "text/markdown"),
            ["report.html"] = (result.GetProperty("html").GetString()!, "text/html"),
            ["words.svg"] = (result.GetProperty("charts")[0].GetProperty("svg").GetString()!, "image/svg+xml"),
        };

        Assert.Equal(expected.Keys, result.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()));
        foreach (var file in result.GetProperty("files").EnumerateArray())
        {
            var name = file.GetProperty("name").GetString()!;
            var sha256 = file.GetProperty("sha256").GetString();
            using var response = await ann.GetAsync($"api/jobs/{id!.ToUpperInvariant()}/files/{name}");
            var content = await response.Content.ReadAsByteArrayAsync();
            Assert.Equal(expected[name], (Encoding.UTF8.GetString(content), response.Content.Headers.ContentType!.MediaType));
            Assert.Equal((file.GetProperty("bytes").GetInt64(), sha256), (content.LongLength, Convert.ToHexStringLower(SHA256.HashData(content))));
            Assert.Equal(("attachment", name), (response.Content.Headers.ContentDisposition!.DispositionType, response.Content.Headers.ContentDisposition.FileName));
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

            using var again = new HttpRequestMessage(HttpMethod.Get, $"api/jobs/{id}/files/{name}");
            again.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse($"\"{sha256}\""));
            using var known = await ann.SendAsync(again);
            Assert.Equal(304, (int)known.StatusCode);
        }
    }

    [Fact]
    public async Task File_of_another_user_is_404_as_one_that_does_not_exist_by_token_and_by_session()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var id = (await ReportAsync(app)).GetProperty("id").GetString();
        using var ann = await app.NewUserAsync(AnalysisJobs.Ann);
        using var bob = await app.NewUserAsync(AnalysisJobs.Bob);
        using var bobsBrowser = await BrowserClient.SignInAsync(app, await app.TokenAsync(AnalysisJobs.Bob), "app/jobs");
        using var annsBrowser = await BrowserClient.SignInAsync(app, await app.TokenAsync(AnalysisJobs.Ann), "app/jobs");
        var answers = new List<(int, string?)>();

        foreach (var (send, path) in new (Func<string, Task<HttpResponseMessage>> Send, string Path)[]
        {
            (bob.GetAsync, $"api/jobs/{id}/files/report.md"),
            (path => bobsBrowser.SendAsync(HttpMethod.Get, path), $"api/jobs/{id}/files/report.md"),
            (ann.GetAsync, $"api/jobs/{Ids.NewJobUuid(DateTimeOffset.UtcNow)}/files/report.md"),
            (ann.GetAsync, $"api/jobs/{id}/files/report.pdf"),
            (ann.GetAsync, $"api/jobs/{id}/files/..%2Freport.md"),
            (ann.GetAsync, "api/jobs/x/files/report.md"),
            (path => annsBrowser.SendAsync(HttpMethod.Get, path), $"api/jobs/{id}/files/report.md"),
        })
        {
            using var response = await send(path);
            answers.Add(((int)response.StatusCode, response.IsSuccessStatusCode ? null : (await response.ReadJsonAsync()).GetProperty("code").GetString()));
        }

        Assert.Equal(
            [(404, "job_not_found"), (404, "job_not_found"), (404, "job_not_found"), (404, "file_not_found"), (404, "file_not_found"), (400, "invalid_request"), (200, null)], answers);
    }

    [Fact]
    public async Task Job_has_no_files_until_it_has_succeeded_nor_when_its_result_lists_none()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await AnalysisApp.StartAsync(AnalysisApp.Handler(async (_, stop) =>
        {
            await gate.Task.WaitAsync(stop);
            return FakeJobHandler.OneResult;
        }));
        using var ann = await app.NewUserAsync("ann");
        var id = await ann.CreateAnalysisJobAsync();

        Assert.Equal(404, (int)(await ann.GetAsync($"api/jobs/{id}/files/report.md")).StatusCode);
        gate.SetResult();
        await ann.WaitForAnalysisAsync(id);
        Assert.Equal(404, (int)(await ann.GetAsync($"api/jobs/{id}/files/report.md")).StatusCode);
    }

    [Fact]
    public async Task Report_is_a_page_of_its_users_session_alone_and_has_a_policy_under_which_nothing_acts()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var job = await ReportAsync(app);
        var id = job.GetProperty("id").GetString();
        var path = $"app/jobs/{id}/files/report.html";
        using var ann = await BrowserClient.SignInAsync(app, await app.TokenAsync(AnalysisJobs.Ann), "app/jobs");
        using var bob = await BrowserClient.SignInAsync(app, await app.TokenAsync(AnalysisJobs.Bob), "app/jobs");
        using var organisation = await BrowserClient.SignInAsync(app, TestApp.AdminKey, "app/acme/jobs");

        using var page = await ann.SendAsync(HttpMethod.Get, path);

        Assert.Equal((200, "text/html"), ((int)page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        Assert.Equal(job.GetProperty("result").GetProperty("html").GetString(), await page.Content.ReadAsStringAsync());
        Assert.Null(page.Content.Headers.ContentDisposition);
        Assert.Equal(
            ["sandbox", "default-src 'none'", "style-src 'unsafe-inline'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'"],
            page.Headers.GetValues("Content-Security-Policy").Single().Split("; "));
        Assert.Equal(WorkspacePage.ForeignContentSecurityPolicy, page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("no-store", page.Headers.CacheControl?.ToString());
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());

        foreach (var (browser, address) in new[] { (bob, path), (organisation, path), (ann, $"app/jobs/{id}/files/report.md"), (ann, $"app/jobs/{id}/files/words.svg"), (ann, "app/jobs/x/files/report.html") })
        {
            using var none = await browser.SendAsync(HttpMethod.Get, address);
            Assert.Equal(404, (int)none.StatusCode);
            Assert.Contains("data-view=\"not-found\"", await none.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Contains("data-view=\"sign-in\"", await app.Anonymous.GetStringAsync(path), StringComparison.Ordinal);
    }

    private static Task<JsonElement> ReportAsync(TestApp app) =>
        app.DoJobAsync("REPORT_GENERATION", new { title = "Roof", documents = new[] { new { text = "The roof of the library is renewed in May.", name = "Plan" } } });
}
