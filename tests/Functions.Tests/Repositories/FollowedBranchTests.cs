using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Repositories;
using Jobs.Functions.Sweeping;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>Jobs whose work is done at GitHub: what webhooks tell, in any order, and what is asked when they do not come.</summary>
public sealed class FollowedBranchTests
{
    private static readonly BranchFacts Queued = new() { Run = FakeGitHub.Run(ForgeRunStatus.Queued) };
    private static readonly BranchFacts Running = new() { Run = FakeGitHub.Run(ForgeRunStatus.Running) };
    private static readonly BranchFacts Completed = new() { Run = FakeGitHub.Run(ForgeRunStatus.Succeeded) };
    private static readonly BranchFacts Opened = new() { PullRequest = FakeGitHub.PullRequest(ForgePullRequestStatus.Open) };
    private static readonly BranchFacts Merged = new() { PullRequest = FakeGitHub.PullRequest(ForgePullRequestStatus.Merged) };

    [Fact]
    public async Task Webhooks_alone_take_a_job_from_pending_over_running_and_completed_to_merged_and_a_poll_asks_nobody()
    {
        await using var app = await StartAsync();
        app.GitHub.Logs[123456] = "Job completed successfully...";
        var id = await CreateAsync(app);

        Assert.Equal("pending", (await app.StatusAsync(id)).GetProperty("status").GetString());
        await TellAsync(app, id, Queued);
        Assert.Equal("pending", (await app.StatusAsync(id)).GetProperty("status").GetString());
        await TellAsync(app, id, Running);
        Assert.Equal("running", (await app.StatusAsync(id)).GetProperty("status").GetString());
        await TellAsync(app, id, Opened);
        await TellAsync(app, id, new BranchFacts { HeadSha = FakeGitHub.HeadSha });
        await TellAsync(app, id, Completed);
        Payload.AssertMatches("002-completed-at-github.json", With(await app.WaitAsync(id, "completed"), id));
        Assert.Equal(0, app.GitHub.Looks);

        await TellAsync(app, id, Merged);
        Assert.Equal("merged", (await app.StatusAsync(id)).GetProperty("status").GetString());
        Assert.Equal(0, app.GitHub.Looks);
        var order = Assert.Single(app.GitHub.Orders);
        Assert.Equal(("add a note", $"job/{id}", "main", false), (order.Instruction, order.Branch, order.BaseRef, order.AutoMerge));
    }

    [Fact]
    public async Task Merge_that_is_told_before_the_run_has_ended_is_final_and_the_log_and_the_files_come_later()
    {
        await using var app = await StartAsync();
        app.GitHub.Logs[123456] = "Job completed successfully...";
        var id = await CreateAsync(app);

        await TellAsync(app, id, Merged);
        Assert.Equal("merged", (await app.StatusAsync(id)).GetProperty("status").GetString());
        await TellAsync(app, id, Running);
        await TellAsync(app, id, Opened);
        await TellAsync(app, id, Completed);
        var filled = await app.WaitAsync(id, job => job.GetProperty("log").GetString() is not null);

        Assert.Equal("merged", filled.GetProperty("status").GetString());
        Assert.Equal("Job completed successfully...", filled.GetProperty("log").GetString());
        Assert.Equal(1, filled.GetProperty("changed_files").GetArrayLength());
    }

    [Fact]
    public async Task Older_attempt_of_a_run_and_a_run_of_before_change_nothing()
    {
        await using var app = await StartAsync();
        var id = await CreateAsync(app);
        await TellAsync(app, id, new BranchFacts { Run = FakeGitHub.Run(ForgeRunStatus.Running, attempt: 2) });

        await TellAsync(app, id, new BranchFacts { Run = FakeGitHub.Run(ForgeRunStatus.Failed, attempt: 1) });
        await TellAsync(app, id, new BranchFacts { Run = FakeGitHub.Run(ForgeRunStatus.Failed, id: 5) });

        Assert.Equal("running", (await app.StatusAsync(id)).GetProperty("status").GetString());
        await TellAsync(app, id, new BranchFacts { Run = FakeGitHub.Run(ForgeRunStatus.Failed, attempt: 2) });
        Assert.EndsWith("The run of the workflow has failed.", (await app.WaitAsync(id, "failed")).GetProperty("log").GetString());
    }

    [Fact]
    public async Task Delivery_that_comes_again_is_known_and_one_for_a_branch_of_nobody_is_nothing_to_us()
    {
        await using var app = await StartAsync();
        var id = await CreateAsync(app);

        await TellAsync(app, id, Running, delivery: "first");
        await TellAsync(app, id, Completed, delivery: "first");
        await TellAsync(app, "zzzzzzzz", Completed, delivery: "stranger");

        Assert.Equal("running", (await app.StatusAsync(id)).GetProperty("status").GetString());
        Assert.True(await app.App.Services.GetRequiredService<WebhookDeliveryStore>().IsKnownAsync("stranger", CancellationToken.None));
    }

    [Fact]
    public async Task Deliveries_are_forgotten_once_nobody_sends_them_again()
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(time: time);
        var deliveries = app.App.Services.GetRequiredService<WebhookDeliveryStore>();
        await deliveries.AddAsync("old", time.GetUtcNow() - WebhookDeliveryStore.Retention - TimeSpan.FromSeconds(1), CancellationToken.None);
        await deliveries.AddAsync("kept", time.GetUtcNow() - WebhookDeliveryStore.Retention, CancellationToken.None);

        await ActivatorUtilities.CreateInstance<Sweeper>(app.App.Services).RemoveExpiredAsync(new TimerInfo(), CancellationToken.None);

        Assert.False(await deliveries.IsKnownAsync("old", CancellationToken.None));
        Assert.True(await deliveries.IsKnownAsync("kept", CancellationToken.None));
    }

    [Theory]
    [InlineData(ForgeRunStatus.Succeeded, "completed", null)]
    [InlineData(ForgeRunStatus.Failed, "failed", "The run of the workflow has failed.")]
    [InlineData(ForgeRunStatus.Cancelled, "failed", "The run of the workflow was cancelled at GitHub.")]
    public async Task Job_whose_webhooks_are_lost_ends_by_itself(ForgeRunStatus status, string expected, string? error)
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(time: time);
        app.GitHub.Logs[123456] = "What the run wrote.";
        var id = await CreateAsync(app);
        app.GitHub.Reports[$"job/{id}"] = new BranchReport(Exists: true, FakeGitHub.HeadSha, FakeGitHub.Run(status), FakeGitHub.PullRequest(ForgePullRequestStatus.Open), Known: null);

        var ended = await PassAsync(app, time, id, RepositoryLimits.FirstSilence, job => job.GetProperty("status").GetString() == expected);

        Assert.Equal(error is null ? "What the run wrote." : $"What the run wrote.\n{error}", ended.GetProperty("log").GetString());
        Assert.Equal("https://github.com/owner/repo/pull/42", ended.GetProperty("pr_url").GetString());
        Assert.Equal(1, app.GitHub.Looks);
    }

    [Fact]
    public async Task Branch_that_was_deleted_fails_its_job_unless_it_was_merged()
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(time: time);
        var (lost, merged) = (await CreateAsync(app), await CreateAsync(app));
        app.GitHub.Reports[$"job/{lost}"] = new BranchReport(Exists: false, HeadSha: null, Run: null, PullRequest: null, Known: null);
        app.GitHub.Reports[$"job/{merged}"] = new BranchReport(Exists: false, HeadSha: null, FakeGitHub.Run(ForgeRunStatus.Succeeded), FakeGitHub.PullRequest(ForgePullRequestStatus.Merged), Known: null);

        // A webhook says it of the one, and of the other nobody.
        await TellAsync(app, lost, new BranchFacts { IsGone = true });
        Assert.EndsWith("The branch was deleted at GitHub before the work on it had ended.", (await app.WaitAsync(lost, "failed")).GetProperty("log").GetString());
        await PassAsync(app, time, merged, RepositoryLimits.FirstSilence, job => job.GetProperty("status").GetString() == "merged" && job.GetProperty("log").GetString() is not null);
    }

    [Fact]
    public async Task Job_without_a_run_fails_after_a_while_and_says_what_to_look_for()
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(time: time);
        var id = await CreateAsync(app);

        var failed = await PassAsync(app, time, id, RepositoryLimits.RunMustAppear + RepositoryLimits.LongestSilence, job => job.GetProperty("status").GetString() == "failed");

        Assert.EndsWith("Is run-job.yml on the default branch, and are Actions allowed?", failed.GetProperty("log").GetString());
        // 2, 4, 8 and 16 minutes apart at least.
        Assert.InRange(app.GitHub.Looks, 1, 5);
    }

    [Fact]
    public async Task GitHub_that_asks_for_patience_is_asked_no_earlier_and_the_job_does_not_suffer()
    {
        var time = new ManualTimeProvider();
        var isBusy = true;
        var gitHub = new FakeGitHub();
        gitHub.Before = call => call == "Look" && isBusy
            ? throw new ForgeException("GitHub is busy.", isTransient: true) { RetryAfter = TimeSpan.FromMinutes(10) }
            : Task.CompletedTask;
        await using var app = await StartAsync(gitHub, time);
        gitHub.Logs[123456] = "Done";
        var id = await CreateAsync(app);
        gitHub.Reports[$"job/{id}"] = new BranchReport(Exists: true, FakeGitHub.HeadSha, FakeGitHub.Run(ForgeRunStatus.Succeeded), FakeGitHub.PullRequest(ForgePullRequestStatus.Open), Known: null);
        await RepositoryApp.UntilAsync(() => time.HasTimerAt(time.GetUtcNow() + RepositoryLimits.FirstSilence));

        time.Advance(RepositoryLimits.FirstSilence);
        await RepositoryApp.UntilAsync(() => time.HasTimerAt(time.GetUtcNow() + TimeSpan.FromMinutes(10)));
        isBusy = false;
        time.Advance(TimeSpan.FromMinutes(10));

        await app.WaitAsync(id, "completed");
    }

    [Fact]
    public async Task Run_that_does_not_end_within_a_day_is_stopped_and_the_job_fails()
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(time: time);
        var id = await CreateAsync(app);
        app.GitHub.Reports[$"job/{id}"] = new BranchReport(Exists: true, FakeGitHub.StartSha, FakeGitHub.Run(ForgeRunStatus.Running), PullRequest: null, Known: null);

        var failed = await PassAsync(app, time, id, RepositoryLimits.FollowLimit + RepositoryLimits.LongestSilence, job => job.GetProperty("status").GetString() == "failed");

        Assert.EndsWith("The job was not done after 24 hours.", failed.GetProperty("log").GetString());
        await RepositoryApp.UntilAsync(() => app.GitHub.Stopped.Contains(123456));
    }

    [Fact]
    public async Task Cancel_is_told_at_once_and_stops_the_run_also_one_that_nobody_knew_of()
    {
        await using var app = await StartAsync();
        var (known, unknown) = (await CreateAsync(app), await CreateAsync(app));
        await TellAsync(app, known, Running);
        app.GitHub.Reports[$"job/{unknown}"] = new BranchReport(Exists: true, FakeGitHub.StartSha, FakeGitHub.Run(ForgeRunStatus.Queued, id: 77), PullRequest: null, Known: null);
        await RepositoryApp.UntilAsync(() => app.GitHub.Orders.Count == 2);

        foreach (var id in new[] { known, unknown })
        {
            using var cancel = await app.Client.PostAsync($"api/jobs/{id}/cancel", null);
            Assert.Equal(202, (int)cancel.StatusCode);
            Assert.EndsWith("The job was cancelled.", (await app.WaitAsync(id, "failed")).GetProperty("log").GetString());
        }

        await RepositoryApp.UntilAsync(() => app.GitHub.Stopped.Count == 2);
        Assert.Equal([77L, 123456L], app.GitHub.Stopped.Order());
        await TellAsync(app, known, Merged);
        Assert.Equal("failed", (await app.StatusAsync(known)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Run_that_changes_nothing_completes_the_job_without_a_pull_request()
    {
        await using var app = await StartAsync(new FakeGitHub { Changed = [] });
        app.GitHub.Logs[123456] = "There was nothing to do.";
        var id = await CreateAsync(app);

        await TellAsync(app, id, Completed);
        var completed = await app.WaitAsync(id, "completed");

        Assert.Equal(0, completed.GetProperty("changed_files").GetArrayLength());
        Assert.Null(completed.GetProperty("pr_url").GetString());
        using var merge = await app.Client.PostAsync($"api/jobs/{id}/merge", null);
        Assert.Equal((409, "Its pull request is merged at GitHub."), ((int)merge.StatusCode, (await merge.ReadJsonAsync()).GetProperty("error").GetString()));
    }

    private static async Task<RepositoryApp> StartAsync(FakeGitHub? gitHub = null, TimeProvider? time = null)
    {
        var app = await RepositoryApp.StartAsync(gitHub: gitHub, time: time, isRegistered: false);
        await app.RegisterAsync(new { name = "owner/repo", kind = "github", location = "owner/repo" });
        return app;
    }

    /// <summary>Creates a job and waits until its branch is there.</summary>
    private static async Task<string> CreateAsync(RepositoryApp app)
    {
        var id = await app.CreateAsync();
        var jobs = app.App.Services.GetRequiredService<JobStore>();
        await RepositoryApp.UntilAsync(() => jobs.FindAsync(id, CancellationToken.None).Result!.Repository!.BaseSha is not null);
        return id;
    }

    private static Task TellAsync(RepositoryApp app, string jobId, BranchFacts facts, string? delivery = null) => app.App.Services.GetRequiredService<BranchNews>().TakeAsync(
        delivery ?? Guid.NewGuid().ToString(), RepositoryKind.GitHub, "Owner/Repo", $"job/{jobId}", facts, app.App.DurableClient, CancellationToken.None);

    /// <summary>Lets time pass, step by step, until the job is there.</summary>
    private static async Task<System.Text.Json.JsonElement> PassAsync(RepositoryApp app, ManualTimeProvider time, string id, TimeSpan atMost, Func<System.Text.Json.JsonElement, bool> isThere)
    {
        var step = TimeSpan.FromMinutes(Math.Max(1, atMost.TotalMinutes / 24));
        var end = time.GetUtcNow() + atMost + step;
        for (var deadline = DateTime.UtcNow.AddSeconds(90); ;)
        {
            var job = await app.StatusAsync(id);
            if (isThere(job))
            {
                return job;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The job does not get there: {job}");
            await Task.Delay(10);
            if (time.GetUtcNow() < end)
            {
                time.JumpTo(time.GetUtcNow() + step);
            }
        }
    }

    /// <summary>The answer, whose branch is this very job's.</summary>
    private static System.Text.Json.JsonElement With(System.Text.Json.JsonElement answer, string id)
    {
        Assert.Equal($"job/{id}", answer.GetProperty("branch").GetString());
        return answer;
    }
}
