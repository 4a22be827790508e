using System.IO.Compression;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Jobs.Domain.Repositories;
using Jobs.Functions.Repositories;
using Jobs.Repositories.GitHub;
using Jobs.Repositories.Tests.GitHub;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>Jobs at a server that answers as GitHub's API is documented, with its webhooks over HTTP: in any order, forged, replayed and lost.</summary>
public sealed class GitHubJobTests : IAsyncLifetime
{
    private const string Secret = "a secret of the webhook's";

    private GitHubServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await GitHubServer.StartAsync();
        _server.Instead = AnswerMoreAsync;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Job_goes_from_its_branch_to_the_merge_by_signed_webhooks_and_its_polls_ask_GitHub_nothing()
    {
        await using var app = await StartAsync();
        var id = await CreateAsync(app);
        var branch = $"job/{id}";
        var start = _server.Refs[$"heads/{branch}"];
        Assert.Contains("add a note", _server.FilesOf(start)[$".jobs/{id}/0.json"]);
        var asked = _server.Calls.Count;
        Assert.Equal("pending", (await app.StatusAsync(id)).GetProperty("status").GetString());
        Assert.Equal(asked, _server.Calls.Count);

        var run = _server.AddRun(branch, start, "in_progress");
        Assert.Equal(204, await SendAsync(app, "workflow_run", RunEvent(run)));
        Assert.Equal("running", (await app.StatusAsync(id)).GetProperty("status").GetString());
        var head = Work(branch);
        var pull = _server.AddPullRequest(branch, head);
        Assert.Equal(204, await SendAsync(app, "pull_request", PullRequestEvent(pull)));
        Complete(run, "success");
        Assert.Equal(204, await SendAsync(app, "workflow_run", RunEvent(run)));
        var completed = await app.WaitAsync(id, "completed");
        Assert.Equal((string?)pull["html_url"], completed.GetProperty("pr_url").GetString());
        Assert.Equal((string?)run["html_url"], completed.GetProperty("run_url").GetString());
        Assert.Contains("All is done.", completed.GetProperty("log").GetString());
        Assert.Equal(["reports/daily.md"], completed.GetProperty("changed_files").EnumerateArray().Select(file => file.GetString()));

        Merge(pull);
        Assert.Equal(204, await SendAsync(app, "pull_request", PullRequestEvent(pull)));
        Assert.Equal("merged", (await app.StatusAsync(id)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Webhooks_that_are_forged_are_401_and_ones_that_are_replayed_or_reordered_take_nothing_back()
    {
        await using var app = await StartAsync();
        var id = await CreateAsync(app);
        var run = _server.AddRun($"job/{id}", _server.Refs[$"heads/job/{id}"], "in_progress");
        var running = RunEvent(run);
        var pull = _server.AddPullRequest($"job/{id}", Work($"job/{id}"));
        var opened = PullRequestEvent(pull);

        Assert.Equal(401, await SendAsync(app, "workflow_run", running, secret: "another secret"));
        Assert.Equal(401, await SendAsync(app, "workflow_run", running, secret: null));
        Assert.Equal("pending", (await app.StatusAsync(id)).GetProperty("status").GetString());

        Complete(run, "success");
        Merge(pull);
        // The merge comes first, then what was before it, some of it twice.
        Assert.Equal(204, await SendAsync(app, "pull_request", PullRequestEvent(pull), delivery: "d-1"));
        Assert.Equal("merged", (await app.StatusAsync(id)).GetProperty("status").GetString());
        Assert.Equal(204, await SendAsync(app, "pull_request", opened));
        Assert.Equal(204, await SendAsync(app, "workflow_run", running));
        Assert.Equal(204, await SendAsync(app, "pull_request", opened, delivery: "d-1"));
        Assert.Equal(204, await SendAsync(app, "workflow_run", RunEvent(run)));
        Assert.Equal(204, await SendAsync(app, "workflow_run", running));

        var filled = await app.WaitAsync(id, job => job.GetProperty("log").GetString() is not null);
        Assert.Equal("merged", filled.GetProperty("status").GetString());
        Assert.Equal(400, await SendAsync(app, "workflow_run", new JsonObject { ["action"] = "completed" }));
        Assert.Equal(415, await SendAsync(app, "workflow_run", running, type: "application/x-www-form-urlencoded"));
        Assert.Equal(204, await SendAsync(app, "ping", new JsonObject { ["zen"] = "Design for failure." }));
    }

    [Theory]
    [InlineData("success", "completed")]
    [InlineData("cancelled", "failed")]
    [InlineData("timed_out", "failed")]
    public async Task Job_whose_webhooks_are_all_lost_ends_by_itself(string conclusion, string expected)
    {
        var time = new ManualTimeProvider();
        _server.Now = time.GetUtcNow;
        await using var app = await StartAsync(time);
        var id = await CreateAsync(app);
        var run = _server.AddRun($"job/{id}", _server.Refs[$"heads/job/{id}"], "in_progress");
        Work($"job/{id}");
        Complete(run, conclusion);

        var ended = await PassAsync(app, time, id, expected);

        Assert.Contains("All is done.", ended.GetProperty("log").GetString());
        Assert.Equal((string?)run["html_url"], ended.GetProperty("run_url").GetString());
    }

    [Fact]
    public async Task Branch_that_is_deleted_at_GitHub_fails_its_job()
    {
        var time = new ManualTimeProvider();
        _server.Now = time.GetUtcNow;
        await using var app = await StartAsync(time);
        var id = await CreateAsync(app);
        _server.Refs.Remove($"heads/job/{id}");

        Assert.Contains("The branch was deleted at GitHub", (await PassAsync(app, time, id, "failed")).GetProperty("log").GetString());
    }

    [Fact]
    public async Task Follow_up_adds_an_order_to_the_branch_and_the_run_of_before_is_not_its_own()
    {
        await using var app = await StartAsync();
        var first = await CreateAsync(app);
        var branch = $"job/{first}";
        var run = _server.AddRun(branch, _server.Refs[$"heads/{branch}"], "in_progress");
        var pull = _server.AddPullRequest(branch, Work(branch));
        Complete(run, "success");
        await SendAsync(app, "pull_request", PullRequestEvent(pull));
        await SendAsync(app, "workflow_run", RunEvent(run));
        await app.WaitAsync(first, "completed");

        using var followed = await app.Client.PostAsJsonAsync($"api/jobs/{first}/messages", new { job = "and another one" });
        var second = (await followed.ReadJsonAsync()).GetProperty("job_id").GetString()!;
        await RepositoryApp.UntilAsync(() => JobOf(app, second).StartSha is not null);
        Assert.Contains("and another one", _server.FilesOf(_server.Refs[$"heads/{branch}"])[$".jobs/{first}/1.json"]);
        await SendAsync(app, "workflow_run", RunEvent(run));
        Assert.Equal("pending", (await app.StatusAsync(second)).GetProperty("status").GetString());

        var next = _server.AddRun(branch, _server.Refs[$"heads/{branch}"], "in_progress");
        Work(branch);
        Complete(next, "success");
        await SendAsync(app, "workflow_run", RunEvent(next));
        var completed = await app.WaitAsync(second, "completed");
        Assert.Equal((string?)pull["html_url"], completed.GetProperty("pr_url").GetString());
        Merge(pull);
        await SendAsync(app, "pull_request", PullRequestEvent(pull));
        Assert.Equal("merged", (await app.StatusAsync(second)).GetProperty("status").GetString());
        Assert.Equal("merged", (await app.StatusAsync(first)).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pull_request_that_is_merged_while_a_follow_up_is_at_work_is_the_job_befores_and_the_follow_up_gets_its_own(bool isTold)
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(time);
        var first = await CreateAsync(app);
        var branch = $"job/{first}";
        var run = _server.AddRun(branch, _server.Refs[$"heads/{branch}"], "in_progress");
        var pull = _server.AddPullRequest(branch, Work(branch));
        Complete(run, "success");
        await SendAsync(app, "pull_request", PullRequestEvent(pull));
        await SendAsync(app, "workflow_run", RunEvent(run));
        await app.WaitAsync(first, "completed");
        using var followed = await app.Client.PostAsJsonAsync($"api/jobs/{first}/messages", new { job = "and another one" });
        var second = (await followed.ReadJsonAsync()).GetProperty("job_id").GetString()!;
        await RepositoryApp.UntilAsync(() => JobOf(app, second).StartSha is not null);

        Merge(pull);
        if (isTold)
        {
            await SendAsync(app, "pull_request", PullRequestEvent(pull));
        }

        await PassAsync(app, time, first, "merged");
        Assert.Equal("pending", (await app.StatusAsync(second)).GetProperty("status").GetString());

        var next = _server.AddRun(branch, _server.Refs[$"heads/{branch}"], "in_progress");
        var other = _server.AddPullRequest(branch, Work(branch));
        Complete(next, "success");
        await SendAsync(app, "pull_request", PullRequestEvent(other));
        await SendAsync(app, "workflow_run", RunEvent(next));
        Assert.Equal((string?)other["html_url"], (await app.WaitAsync(second, "completed")).GetProperty("pr_url").GetString());
        Merge(other);
        await SendAsync(app, "pull_request", PullRequestEvent(other));
        Assert.Equal("merged", (await app.StatusAsync(second)).GetProperty("status").GetString());
    }

    private static Domain.Jobs.RepositoryState JobOf(RepositoryApp app, string id) => app.App.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None).Result!.Repository!;

    private async Task<RepositoryApp> StartAsync(TimeProvider? time = null)
    {
        var app = await RepositoryApp.StartAsync(
            isRegistered: false,
            hasRealForges: true,
            time: time,
            configure: services => services.AddSingleton(new LocalGitHub(_server.Address)),
            arguments: ["--GitHub:Token", GitHubServer.PersonalToken, "--GitHub:WebhookSecret", Secret]);
        await app.RegisterAsync(new { name = "octo-org/reports", kind = "github", location = "octo-org/reports" });
        return app;
    }

    /// <summary>Creates a job and waits until its branch is there.</summary>
    private async Task<string> CreateAsync(RepositoryApp app)
    {
        var id = await app.CreateAsync();
        await RepositoryApp.UntilAsync(() => JobOf(app, id).BaseSha is not null);
        return id;
    }

    /// <summary>What the workflow would do: a commit on the branch.</summary>
    private string Work(string branch)
    {
        var parent = _server.Refs[$"heads/{branch}"];
        return _server.Refs[$"heads/{branch}"] = _server.Commit("Work", [parent], new(_server.FilesOf(parent)) { ["reports/daily.md"] = $"# {parent}" });
    }

    private static void Complete(JsonObject run, string conclusion) => (run["status"], run["conclusion"], run["updated_at"]) = ("completed", conclusion, "2030-01-01T00:05:00Z");

    /// <summary>Merges a pull request, which has followed its branch until now.</summary>
    private void Merge(JsonObject pull)
    {
        pull["head"]!["sha"] = _server.Refs[$"heads/{pull["head"]!["ref"]}"];
        (pull["state"], pull["merged_at"], pull["updated_at"]) = ("closed", "2030-01-01T00:06:00Z", "2030-01-01T00:06:00Z");
    }

    private static JsonObject RunEvent(JsonObject run) => new()
    {
        ["action"] = (string?)run["status"] == "completed" ? "completed" : "in_progress",
        ["workflow_run"] = run.DeepClone(),
        ["repository"] = GitHubServer.RepositoryOf(GitHubServer.RepositoryId),
    };

    private static JsonObject PullRequestEvent(JsonObject pull) => new()
    {
        ["action"] = (string?)pull["state"] == "closed" ? "closed" : "opened",
        ["number"] = pull["number"]!.DeepClone(),
        ["pull_request"] = pull.DeepClone(),
        ["repository"] = GitHubServer.RepositoryOf(GitHubServer.RepositoryId),
    };

    private static async Task<int> SendAsync(RepositoryApp app, string name, JsonObject body, string? secret = Secret, string? delivery = null, string type = "application/json")
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/github/webhook") { Content = new ByteArrayContent(bytes) { Headers = { { "Content-Type", type } } } };
        request.Headers.Add(GitHubWebhooks.EventHeader, name);
        request.Headers.Add(GitHubWebhooks.DeliveryHeader, delivery ?? Guid.NewGuid().ToString());
        if (secret is not null)
        {
            request.Headers.Add(GitHubWebhooks.SignatureHeader, $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), bytes))}");
        }

        using var response = await app.App.Anonymous.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static async Task<System.Text.Json.JsonElement> PassAsync(RepositoryApp app, ManualTimeProvider time, string id, string status)
    {
        var jumped = DateTime.MinValue;
        for (var deadline = DateTime.UtcNow.AddSeconds(90); ; await Task.Delay(20))
        {
            var job = await app.StatusAsync(id);
            if (job.GetProperty("status").GetString() == status)
            {
                return job;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The job does not get there: {job}");
            // A request that is under way when the clock jumps has taken too long: it is made again, later.
            if (DateTime.UtcNow - jumped > TimeSpan.FromSeconds(5))
            {
                jumped = DateTime.UtcNow;
                time.JumpTo(time.GetUtcNow() + (2 * RepositoryLimits.FirstSilence));
            }
        }
    }

    /// <summary>The comparison of commits, and the run's log.</summary>
    private Task<Reply?> AnswerMoreAsync(HttpRequest request, string body)
    {
        var path = request.Path.Value!;
        if (path.Contains("/compare/", StringComparison.Ordinal))
        {
            var shas = path.Split("/compare/")[1].Split("...");
            var (before, after) = (_server.FilesOf(shas[0]), _server.FilesOf(shas[1]));
            var files = after.Keys.Where(file => before.GetValueOrDefault(file) != after[file])
                .Select(file => new JsonObject { ["sha"] = shas[1], ["filename"] = file, ["status"] = "added", ["additions"] = 1, ["deletions"] = 0, ["changes"] = 1 });
            return Task.FromResult<Reply?>(Reply.Of(200, new JsonObject { ["status"] = "ahead", ["ahead_by"] = 1, ["behind_by"] = 0, ["total_commits"] = 1, ["commits"] = new JsonArray(), ["files"] = new JsonArray([.. files]) }));
        }

        if (path.EndsWith("/logs", StringComparison.Ordinal))
        {
            return Task.FromResult<Reply?>(new Reply(302, null).With("Location", $"{_server.Address}log.zip"));
        }

        if (path == "/log.zip")
        {
            using var bytes = new MemoryStream();
            using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            {
                using var writer = new StreamWriter(zip.CreateEntry("0_run-job.txt").Open());
                writer.Write("2030-01-01T00:04:00.0000000Z All is done.\n");
            }

            return Task.FromResult<Reply?>(new Reply(200, bytes.ToArray(), "application/zip"));
        }

        return Task.FromResult<Reply?>(null);
    }
}
