using System.Text.Json.Nodes;
using Jobs.Domain.Repositories;
using Jobs.Repositories.GitHub;
using Xunit.Abstractions;
using static Jobs.Repositories.Tests.GitHub.GitHubForgeFixture;

namespace Jobs.Repositories.Tests.GitHub;

public sealed class GitHubForgeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string FilePath = ".jobs/abc12345/0.json";
    private GitHubForgeFixture _github = null!;

    private GitHubServer Server => _github.Server;

    public async Task InitializeAsync() => _github = await GitHubForgeFixture.StartAsync();

    public async Task DisposeAsync() => await _github.DisposeAsync();

    [Fact]
    public async Task Start_makes_the_branch_at_the_base_with_the_jobs_file_and_nothing_of_the_caller_in_the_message()
    {
        var main = Server.Refs["heads/main"];

        var start = await _github.Forge.StartAsync(Order, default);

        Assert.Equal(new BranchStart(Branch, main, Server.Refs[$"heads/{Branch}"]), start);
        Assert.Equal([main], Server.ParentsOf(start.HeadSha));
        Assert.Equal([FilePath, "README.md"], Server.FilesOf(start.HeadSha).Keys.Order(StringComparer.Ordinal));
        var file = JsonNode.Parse(Server.FilesOf(start.HeadSha)[FilePath])!;
        Assert.Equal("abc12345", (string)file["id"]!);
        Assert.Equal(0, (int)file["round"]!);
        Assert.Equal(Order.Instruction, (string)file["instruction"]!);
        Assert.Equal("main", (string)file["base"]!);
        Assert.True((bool)file["autoMerge"]!);
        Assert.True((bool)file["createPullRequest"]!);
        Assert.Equal("reports/**", (string)file["allowedPaths"]![0]!);
        Assert.Equal("npm test", (string)file["check"]!);
        Assert.Equal("Ask for job abc12345", Server.MessageOf(start.HeadSha).Split('\n')[0]);
        Assert.DoesNotContain("skip ci", Server.MessageOf(start.HeadSha), StringComparison.Ordinal);
        Assert.Equal(main, Server.Refs["heads/main"]);
        Assert.All(Server.Calls, call => Assert.Equal($"Bearer {GitHubServer.PersonalToken}", call.Authorization));
    }

    [Fact]
    public async Task Start_repeated_finds_the_branch_also_when_base_and_branch_have_moved_on()
    {
        var start = await _github.Forge.StartAsync(Order, default);
        Server.Refs["heads/main"] = Server.Commit("Meanwhile", [start.BaseSha], new() { ["README.md"] = "# New" });
        var worked = Server.Commit("Do job", [start.HeadSha], new() { ["README.md"] = "# Reports", ["reports/today.md"] = "x" });
        Server.Refs[$"heads/{Branch}"] = worked;

        using var other = _github.NewForge();
        var again = await other.StartAsync(Order, default);

        Assert.Equal(start with { HeadSha = worked }, again);
        Assert.Equal(worked, Server.Refs[$"heads/{Branch}"]);
    }

    [Theory]
    [InlineData("/git/trees")]
    [InlineData("/git/commits")]
    [InlineData("/git/refs")]
    public async Task Start_whose_answer_is_lost_makes_one_branch_with_one_commit_when_repeated(string lost)
    {
        var isLost = false;
        Server.After = (asked, reply) =>
        {
            var loses = !isLost && asked.Method == "POST" && asked.Path.EndsWith(lost, StringComparison.Ordinal);
            isLost |= loses;
            return loses ? Reply.Text(502, "<html>Bad gateway</html>", "text/html") : reply;
        };
        var error = await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order, default));
        Assert.True(error.IsTransient);

        var start = await _github.Forge.StartAsync(Order, default);

        Assert.True(isLost);
        Assert.Equal(start.HeadSha, Server.Refs[$"heads/{Branch}"]);
        Assert.Equal([start.BaseSha], Server.ParentsOf(start.HeadSha));
        Assert.Equal(2, Server.Refs.Count);
    }

    [Fact]
    public async Task Start_after_the_branch_was_merged_and_deleted_finds_what_was_and_begins_nothing()
    {
        var start = await _github.Forge.StartAsync(Order, default);
        Server.AddPullRequest(Branch, start.HeadSha, isMerged: true);
        Server.Refs.Remove($"heads/{Branch}");

        var again = await _github.Forge.StartAsync(Order, default);

        Assert.Equal(start, again);
        Assert.DoesNotContain($"heads/{Branch}", Server.Refs.Keys);
    }

    [Fact]
    public async Task Start_refuses_a_branch_or_pull_request_of_somebody_else()
    {
        Server.Refs[$"heads/{Branch}"] = Server.Refs["heads/main"];
        var branch = await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order, default));

        Server.AddPullRequest(Branch, Server.Refs["heads/main"]);
        var pullRequest = await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order, default));

        Assert.False(branch.IsTransient);
        Assert.Equal($"The branch {Branch} is there already and is not this job's.", branch.Message);
        Assert.Equal(branch.Message, pullRequest.Message);
        Assert.Equal(Server.Refs["heads/main"], Server.Refs[$"heads/{Branch}"]);
    }

    [Fact]
    public async Task Start_refuses_the_branch_of_the_same_job_with_another_instruction()
    {
        await _github.Forge.StartAsync(Order, default);

        await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order with { Instruction = "Something else" }, default));
    }

    [Fact]
    public async Task Start_of_a_base_that_is_not_there_is_refused()
    {
        var error = await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order with { BaseRef = "release/1" }, default));

        Assert.False(error.IsTransient);
        Assert.Equal("The repository has no branch release/1.", error.Message);
    }

    [Theory]
    [InlineData("../../../user")]
    [InlineData("a..b")]
    [InlineData("/main")]
    [InlineData("main/")]
    [InlineData("a b")]
    [InlineData("a?b")]
    [InlineData("-main")]
    [InlineData("a/.b")]
    [InlineData("a.lock")]
    [InlineData("a@{1}")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("")]
    public async Task Name_that_git_does_not_allow_never_becomes_part_of_an_address(string name)
    {
        await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order with { BaseRef = name }, default));
        await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order with { Branch = $"job/{name}" }, default));
        await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order with { Branch = name.Length > 0 ? name : "main" }, default));

        Assert.All(Server.Calls, call => Assert.StartsWith("GET /repos/octo-org/reports/pulls?", $"{call.Method} {call.Path}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Branch_of_a_base_with_unusual_letters_is_asked_for_by_that_name()
    {
        Server.Refs["heads/größe#1&x=+"] = Server.Refs["heads/main"];

        var start = await _github.Forge.StartAsync(Order with { BaseRef = "größe#1&x=+" }, default);

        Assert.Equal(Server.Refs["heads/main"], start.BaseSha);
    }

    [Fact]
    public async Task Follow_up_adds_one_commit_however_often_it_is_asked_for()
    {
        var start = await _github.Forge.StartAsync(Order, default);
        var worked = Server.Commit("Do job", [start.HeadSha], new() { ["README.md"] = "# Reports", ["reports/today.md"] = "x" });
        Server.Refs[$"heads/{Branch}"] = worked;
        var order = Order with { Round = 1, Instruction = "Shorter, please" };

        var next = await _github.Forge.StartAsync(order, default);
        var again = await _github.NewForge().StartAsync(order, default);

        Assert.Equal(next, again);
        Assert.Equal(start.BaseSha, next.BaseSha);
        Assert.Equal([worked], Server.ParentsOf(next.HeadSha));
        Assert.Equal(["reports/today.md"], Server.FilesOf(next.HeadSha).Keys.Where(path => path.StartsWith("reports/", StringComparison.Ordinal)));
        Assert.Equal("Shorter, please", (string)JsonNode.Parse(Server.FilesOf(next.HeadSha)[".jobs/abc12345/1.json"])!["instruction"]!);
    }

    [Fact]
    public async Task Follow_up_on_a_branch_that_was_deleted_begins_anew_at_the_base()
    {
        var start = await _github.Forge.StartAsync(Order, default);
        Server.AddPullRequest(Branch, start.HeadSha, isMerged: true);
        Server.Refs.Remove($"heads/{Branch}");
        Server.Refs["heads/main"] = Server.Commit("Merged", [start.BaseSha], new() { ["README.md"] = "# Merged" });

        var next = await _github.Forge.StartAsync(Order with { Round = 1, Instruction = "More" }, default);

        Assert.Equal(Server.Refs["heads/main"], next.BaseSha);
        Assert.Equal(next.HeadSha, Server.Refs[$"heads/{Branch}"]);
    }

    [Fact]
    public async Task Follow_up_refuses_a_foreign_branch_and_asks_again_where_it_moved_meanwhile()
    {
        Server.Refs[$"heads/{Branch}"] = Server.Refs["heads/main"];
        var foreign = await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order with { Round = 1 }, default));
        Server.Refs.Remove($"heads/{Branch}");
        var start = await _github.Forge.StartAsync(Order, default);
        Server.After = (asked, reply) =>
        {
            if (asked.Method == "POST" && asked.Path.EndsWith("/git/commits", StringComparison.Ordinal))
            {
                Server.Refs[$"heads/{Branch}"] = Server.Commit("Pushed", [start.HeadSha], new() { ["README.md"] = "# Pushed" });
            }

            return reply;
        };

        var moved = await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.StartAsync(Order with { Round = 1 }, default));

        Assert.False(foreign.IsTransient);
        Assert.True(moved.IsTransient);
    }

    [Fact]
    public async Task Look_finds_the_latest_run_and_pull_request_of_the_branch_itself()
    {
        var start = await _github.Forge.StartAsync(Order, default);
        Server.AddRun(Branch, start.HeadSha, "completed", "failure");
        Server.AddRun(Branch, start.HeadSha, "in_progress", attempt: 2);
        Server.AddRun(Branch, start.HeadSha, "completed", "success", @event: "workflow_dispatch");
        Server.AddRun(Branch, start.HeadSha, "completed", "success", headRepository: 99);
        Server.AddPullRequest(Branch, start.HeadSha, isOpen: false);
        Server.AddPullRequest(Branch, start.HeadSha);
        Server.AddPullRequest(Branch, start.HeadSha, isMerged: true, headRepository: 99);

        var report = await _github.LookAsync();

        Assert.True(report.Exists);
        Assert.Equal(start.HeadSha, report.HeadSha);
        Assert.Equal(new ForgeRun(30433643, "https://github.com/octo-org/reports/actions/runs/30433643", ForgeRunStatus.Running, start.HeadSha, 2), report.Run);
        Assert.Equal(new ForgePullRequest(43, "https://github.com/octo-org/reports/pull/43", ForgePullRequestStatus.Open, start.HeadSha), report.PullRequest);
    }

    [Theory]
    [InlineData("requested", null, ForgeRunStatus.Queued)]
    [InlineData("queued", null, ForgeRunStatus.Queued)]
    [InlineData("waiting", null, ForgeRunStatus.Queued)]
    [InlineData("pending", null, ForgeRunStatus.Queued)]
    [InlineData("in_progress", null, ForgeRunStatus.Running)]
    [InlineData("something_new", null, ForgeRunStatus.Running)]
    [InlineData("1", null, ForgeRunStatus.Running)]
    [InlineData("completed", null, ForgeRunStatus.Running)]
    [InlineData("completed", "success", ForgeRunStatus.Succeeded)]
    [InlineData("completed", "neutral", ForgeRunStatus.Succeeded)]
    [InlineData("completed", "cancelled", ForgeRunStatus.Cancelled)]
    [InlineData("completed", "failure", ForgeRunStatus.Failed)]
    [InlineData("completed", "timed_out", ForgeRunStatus.Failed)]
    [InlineData("completed", "startup_failure", ForgeRunStatus.Failed)]
    [InlineData("completed", "action_required", ForgeRunStatus.Failed)]
    [InlineData("completed", "stale", ForgeRunStatus.Failed)]
    [InlineData("completed", "skipped", ForgeRunStatus.Failed)]
    [InlineData("completed", "something_new", ForgeRunStatus.Failed)]
    [InlineData("completed", "success, failure", ForgeRunStatus.Failed)]
    public async Task Every_word_for_a_run_has_a_meaning(string status, string? conclusion, ForgeRunStatus expected)
    {
        Server.AddRun(Branch, Server.Refs["heads/main"], status, conclusion);

        Assert.Equal(expected, (await _github.LookAsync()).Run!.Status);
    }

    [Fact]
    public async Task Look_at_a_branch_without_a_run_or_at_a_merged_and_deleted_one_says_so()
    {
        var start = await _github.Forge.StartAsync(Order, default);
        var began = await _github.LookAsync();
        Server.AddPullRequest(Branch, start.HeadSha, isMerged: true);
        Server.Refs.Remove($"heads/{Branch}");

        var ended = await _github.LookAsync(began.Known);

        Assert.Equal((true, start.HeadSha, null, null), (began.Exists, began.HeadSha, began.Run, began.PullRequest));
        Assert.Equal((false, null), (ended.Exists, ended.HeadSha));
        Assert.Equal(ForgePullRequestStatus.Merged, ended.PullRequest!.Status);
    }

    [Fact]
    public async Task Look_again_is_answered_304_and_one_change_costs_one_answer()
    {
        var start = await _github.Forge.StartAsync(Order, default);
        var run = Server.AddRun(Branch, start.HeadSha, "in_progress");
        Server.AddPullRequest(Branch, start.HeadSha);
        var first = await _github.LookAsync();
        Server.Calls.Clear();

        var second = await _github.NewForge().LookAsync(Registered, Branch, first.Known, default);
        var unchanged = Server.Calls.Select(call => call.Status).ToList();
        run["status"] = "completed";
        run["conclusion"] = "success";
        Server.Calls.Clear();
        var third = await _github.LookAsync(second.Known);

        Assert.Equal(first, second);
        Assert.Equal([304, 304, 304], unchanged);
        Assert.Equal([304, 200, 304], Server.Calls.Select(call => call.Status));
        Assert.Equal(ForgeRunStatus.Succeeded, third.Run!.Status);
        Assert.Equal(first.PullRequest, third.PullRequest);
        Assert.InRange(first.Known!.Length, 1, GitHubLimits.KnownCharacters);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"headTag\":\"no tag\\r\\nX: y\",\"runTag\":\"\",\"pullRequestTag\":\"W/\"}")]
    public async Task Look_with_something_else_as_known_begins_anew(string known)
    {
        await _github.Forge.StartAsync(Order, default);

        var report = await _github.LookAsync(known);

        Assert.True(report.Exists);
        Assert.All(Server.Calls, call => Assert.Equal("", call.Tag));
    }

    [Fact]
    public async Task What_a_look_leaves_is_bounded()
    {
        await _github.Forge.StartAsync(Order, default);
        Server.After = (asked, reply) => reply.With("ETag", $"\"{new string('a', GitHubLimits.KnownCharacters / 2)}\"");

        Assert.Null((await _github.LookAsync()).Known);
        Assert.True((await _github.LookAsync(new string(' ', GitHubLimits.KnownCharacters + 1))).Exists);
    }

    [Fact]
    public async Task Look_at_a_repository_that_is_gone_is_refused_and_not_taken_for_a_deleted_branch()
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(404, """{"message":"Not Found"}"""));

        var error = await Assert.ThrowsAsync<ForgeException>(() => _github.LookAsync());

        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task Address_that_is_none_to_be_shown_is_not_taken()
    {
        Server.AddRun(Branch, Server.Refs["heads/main"], "queued")["html_url"] = "javascript:alert(1)";

        await Assert.ThrowsAsync<ForgeException>(() => _github.LookAsync());
    }

    [Theory]
    [InlineData(0, 0, 10, 0)]
    [InlineData(25, 0, 10, 10)]
    [InlineData(25, 20, 10, 5)]
    [InlineData(25, 30, 10, 0)]
    [InlineData(GitHubLimits.ComparedFiles, 290, 100, 10)]
    public async Task Changed_files_are_paged_in_the_order_of_their_paths_and_as_many_as_github_lists(int count, int offset, int limit, int expected)
    {
        var start = await _github.Forge.StartAsync(Order, default);
        var names = Enumerable.Range(0, count).Select(number => $"reports/{number:D4}.md").ToList();
        Server.Calls.Clear();
        Server.Instead = (request, _) => Task.FromResult<Reply?>(Reply.Of(200, new JsonObject
        {
            ["status"] = "ahead",
            ["ahead_by"] = 2,
            ["behind_by"] = 0,
            ["total_commits"] = 2,
            ["commits"] = new JsonArray(),
            ["files"] = new JsonArray([.. names.Append(FilePath).Reverse().Select(name => new JsonObject { ["sha"] = start.HeadSha, ["filename"] = name, ["status"] = "added", ["additions"] = 1, ["deletions"] = 0, ["changes"] = 1, ["patch"] = "@@ -0,0 +1 @@" })]),
        }));

        var files = await _github.Forge.ListChangedFilesAsync(Registered, start, start.HeadSha, offset, limit, default);

        Assert.Equal(names.Skip(offset).Take(limit), files.Paths);
        Assert.Equal((count, expected), (files.Total, files.Paths.Count));
        Assert.Equal($"/repos/octo-org/reports/compare/{start.BaseSha}...{start.HeadSha}?per_page=1&page=1", Assert.Single(Server.Calls).Path);
    }

    [Fact]
    public async Task Stop_asks_for_it_and_does_nothing_to_a_run_that_has_ended_or_is_none()
    {
        var running = (long)Server.AddRun(Branch, Server.Refs["heads/main"], "in_progress")["id"]!;
        var ended = (long)Server.AddRun(Branch, Server.Refs["heads/main"], "completed", "success")["id"]!;

        await _github.Forge.StopAsync(Registered, running, default);
        await _github.Forge.StopAsync(Registered, ended, default);
        await _github.Forge.StopAsync(Registered, 1, default);

        Assert.Equal([202, 409, 404], Server.Calls.Select(call => call.Status));
    }

    [Fact]
    public async Task Inspect_gives_the_default_branch()
    {
        Assert.Equal(new RepositoryFacts("main"), await _github.Forge.InspectAsync("octo-org/reports", default));
    }

    [Theory]
    [InlineData("""{"message":"Not Found"}""", 404)]
    [InlineData("""{"id":1,"name":"reports","full_name":"octo-org/renamed","default_branch":"main","archived":false}""", 200)]
    [InlineData("""{"id":1,"name":"reports","full_name":"octo-org/reports","default_branch":"main","archived":true}""", 200)]
    [InlineData("""{"id":1,"name":"reports","full_name":"octo-org/reports","default_branch":"main","archived":false,"permissions":{"admin":false,"push":false,"pull":true}}""", 200)]
    public async Task Inspect_refuses_alike_what_is_not_there_and_what_cannot_be_written_to(string body, int status)
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(status, body));

        var error = await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.InspectAsync("octo-org/reports", default));

        Assert.False(error.IsTransient);
        Assert.Equal("No repository of this name can be used: GitHub has none, or this server may not write to it.", error.Message);
    }

    [Theory]
    [InlineData("reports")]
    [InlineData("octo-org/reports/x")]
    [InlineData("octo-org/..")]
    [InlineData("../user")]
    [InlineData("octo org/reports")]
    [InlineData("octo-org/rep%2Forts")]
    [InlineData("https://github.com/octo-org/reports")]
    public async Task Location_that_is_no_name_is_refused_before_anything_is_asked(string location)
    {
        await Assert.ThrowsAsync<ForgeException>(() => _github.Forge.InspectAsync(location, default));
        Assert.Empty(Server.Calls);
    }

    [Fact]
    public async Task Forge_without_a_credential_refuses_every_call()
    {
        using var forge = new GitHubForge(new GitHubOptions(), _github.Time, _github.Download);

        var error = await Assert.ThrowsAsync<ForgeException>(() => forge.InspectAsync("octo-org/reports", default));

        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task One_job_costs_few_calls()
    {
        var start = await _github.Forge.StartAsync(Order, default);
        var begin = Server.Calls.Count;
        var run = Server.AddRun(Branch, start.HeadSha, "queued");
        var report = await _github.LookAsync();
        var look = Server.Calls.Count - begin;
        report = await _github.LookAsync(report.Known);
        var free = Server.Calls.Count(call => call.Status == 304);
        run["status"] = "completed";
        run["conclusion"] = "success";
        Server.AddPullRequest(Branch, start.HeadSha, isMerged: true);
        Server.Calls.Clear();
        await _github.LookAsync(report.Known);
        Server.Instead = (request, _) => Task.FromResult<Reply?>(
            request.Path.Value!.Contains("/compare/", StringComparison.Ordinal) ? Reply.Text(200, """{"status":"ahead","files":[]}""")
            : request.Path.Value!.EndsWith("/logs", StringComparison.Ordinal) ? Reply.Text(404, """{"message":"Not Found"}""")
            : null);
        await _github.Forge.ListChangedFilesAsync(Registered, start, start.HeadSha, 0, 100, default);
        await _github.Forge.ReadLogAsync(Registered, report.Run!.Id, 1_000, default);
        var end = Server.Calls.Count(call => call.Status != 304);

        output.WriteLine($"start {begin}, first look {look}, a look where nothing changed {3 - free}, end (look, files, log) {end}");
        Assert.Equal((6, 3, 3, 4), (begin, look, free, end));
    }
}
