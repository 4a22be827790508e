using System.Net;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Agents;
using Jobs.Domain.Runs;
using Jobs.Domain.Sandbox;
using Jobs.Functions.Activities;
using Jobs.Functions.Ledger;
using Jobs.Functions.Orchestrations;
using Jobs.Functions.Sweeping;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Runs;

/// <summary>How runs bear faults, crashes, cancels and each other; and what becomes of their tokens.</summary>
public sealed class RunExecutionTests
{
    [Fact]
    public async Task Sandbox_that_is_not_available_is_tried_again_and_the_run_completes()
    {
        var sandbox = new FakeSandbox((_, call, _) => call < RunAgent.MaxAttempts ? throw new SandboxUnavailableException("Deno is missing.") : Ok());
        await using var app = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync(change: agent => agent with { AllowedHosts = ["api.example.com"] });

        var run = await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId));

        Assert.Equal(("completed", RunAgent.MaxAttempts), (run.GetProperty("status").GetString()!, sandbox.Calls));
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Sandbox_that_stays_away_fails_the_run_and_gives_the_token_back()
    {
        var sandbox = new FakeSandbox((_, _, _) => throw new SandboxUnavailableException("Deno is missing at /secret/path."));
        await using var app = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync();

        var run = await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId));

        Assert.Equal(("failed", "unavailable"), (run.GetProperty("status").GetString()!, CodeOf(run)));
        Assert.DoesNotContain("/secret/path", run.ToString());
        Assert.Equal(RunAgent.MaxAttempts, sandbox.Calls);
        Assert.Equal(0, (await app.ReadTokensAsync()).Spent);
        await app.AssertNothingToSweepAsync();
    }

    [Fact]
    public async Task Run_that_was_started_before_a_crash_is_executed_again_when_it_has_no_network()
    {
        var sandbox = new FakeSandbox();
        await using var app = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync();
        var run = await LayRunAsync(app, agentId, new RunEvent.Started(DateTimeOffset.UtcNow, HasNetwork: false));

        await ScheduleAsync(app, run);
        var ended = await app.WaitForRunAsync(agentId, run.Id);

        Assert.Equal(("completed", 1), (ended.GetProperty("status").GetString()!, sandbox.Calls));
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Run_that_was_started_before_a_crash_is_not_executed_again_when_it_may_have_made_requests()
    {
        var sandbox = new FakeSandbox();
        await using var app = await RunApp.StartAsync(sandbox);
        // The grant was taken away since: what counts is what the code could do when it was started.
        var agentId = await app.LayAgentAsync();
        var run = await LayRunAsync(app, agentId, new RunEvent.Started(DateTimeOffset.UtcNow, HasNetwork: true));

        await ScheduleAsync(app, run);
        var ended = await app.WaitForRunAsync(agentId, run.Id);

        Assert.Equal(("failed", "interrupted", 0), (ended.GetProperty("status").GetString()!, CodeOf(ended), sandbox.Calls));
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Result_that_cannot_be_stored_interrupts_a_run_with_network()
    {
        IDisposable? broken = null;
        TestApp? running = null;
        var sandbox = new FakeSandbox((_, _, _) =>
        {
            broken ??= running!.BreakArtifacts();
            return Ok();
        });
        await using var app = running = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync(change: agent => agent with { AllowedHosts = ["api.example.com"] });

        var run = await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId));
        broken!.Dispose();

        Assert.Equal(("failed", "interrupted", 1), (run.GetProperty("status").GetString()!, CodeOf(run), sandbox.Calls));
    }

    [Fact]
    public async Task Two_executions_of_one_run_write_one_result()
    {
        var gate = new TaskCompletionSource();
        var sandbox = new FakeSandbox(async (_, call, _) =>
        {
            if (call == 1)
            {
                await gate.Task;
            }

            return FakeSandbox.Result($"{call}");
        });
        await using var app = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync();
        var run = await LayRunAsync(app, agentId);

        var slow = ExecuteAsync(app, run);
        await WaitUntilAsync(() => sandbox.Calls == 1);
        Assert.Equal(StepOutcome.Done, (await ExecuteAsync(app, run)).Outcome);
        gate.SetResult();

        Assert.Equal(StepOutcome.Done, (await slow).Outcome);
        Assert.Equal("2", (await app.GetRunAsync(agentId, run.Id)).GetProperty("output").GetRawText());
        Assert.Equal(StepOutcome.Stopped, (await ExecuteAsync(app, run)).Outcome);
        Assert.Equal(2, sandbox.Calls);
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Cancel_in_another_host_stops_the_sandbox_at_the_next_look()
    {
        var time = new ManualTimeProvider();
        var stopped = new TaskCompletionSource();
        await using var app = await RunApp.StartAsync(Endless(stopped), time);
        var agentId = await app.LayAgentAsync();
        var runId = await app.StartRunAsync(agentId);
        await WaitUntilAsync(async () => (await FindAsync(app, agentId, runId)).Status is RunStatus.Running);

        var store = app.Services.GetRequiredService<RunStore>();
        var stored = (await store.ReadAsync(agentId, runId, CancellationToken.None))!;
        Assert.IsType<RunTransition.Applied>(await store.ApplyAsync(stored, new RunEvent.CancelAsked(time.GetUtcNow()), CancellationToken.None));
        Assert.False(stopped.Task.IsCompleted);
        await time.AdvanceUntilAsync(() => stopped.Task.IsCompleted);
        var run = await app.WaitForRunAsync(agentId, runId);

        Assert.Equal(("cancelled", "cancelled"), (run.GetProperty("status").GetString()!, CodeOf(run)));
    }

    [Fact]
    public async Task Cancel_that_was_accepted_is_not_lost_when_the_code_ends_first()
    {
        var mayEnd = new TaskCompletionSource();
        var sandbox = new FakeSandbox(async (_, _, _) =>
        {
            await mayEnd.Task;
            return FakeSandbox.Result("1");
        });
        await using var app = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync();
        var runId = await app.StartRunAsync(agentId);
        await WaitUntilAsync(() => sandbox.Calls == 1);

        using var cancel = await app.Client.PostAsync($"v1/agents/{agentId}/runs/{runId}/cancel", null);
        mayEnd.SetResult();
        var run = await app.WaitForRunAsync(agentId, runId);

        Assert.Equal(HttpStatusCode.Accepted, cancel.StatusCode);
        Assert.Equal(("cancelled", "cancelled", JsonValueKind.Null), (run.GetProperty("status").GetString()!, CodeOf(run), run.GetProperty("output").ValueKind));
        await app.AssertNothingToSweepAsync();
    }

    /// <summary>Without its clock going on: nobody waits for a look.</summary>
    [Fact]
    public async Task Cancel_in_the_same_host_stops_the_sandbox_at_once()
    {
        var time = new ManualTimeProvider();
        var stopped = new TaskCompletionSource();
        await using var app = await RunApp.StartAsync(Endless(stopped), time);
        var agentId = await app.LayAgentAsync();
        var runId = await app.StartRunAsync(agentId);
        await WaitUntilAsync(async () => (await FindAsync(app, agentId, runId)).Status is RunStatus.Running);

        using var cancel = await app.Client.PostAsync($"v1/agents/{agentId}/runs/{runId}/cancel", null);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(100));
        var run = await app.WaitForRunAsync(agentId, runId);
        using var late = await app.Client.PostAsync($"v1/agents/{agentId}/runs/{runId}/cancel", null);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Conflict), (cancel.StatusCode, late.StatusCode));
        Assert.Equal("run_ended", (await late.ReadJsonAsync()).GetProperty("code").GetString());
        Assert.Equal(("cancelled", "cancelled"), (run.GetProperty("status").GetString()!, CodeOf(run)));
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Cancel_of_a_run_that_waits_for_its_turn_ends_it_at_once_and_gives_the_token_back()
    {
        var sandbox = new FakeSandbox();
        await using var app = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync();
        var run = await LayRunAsync(app, agentId);

        using var cancel = await app.Client.PostAsync($"v1/agents/{agentId}/runs/{run.Id}/cancel", null);
        var cancelled = await app.GetRunAsync(agentId, run.Id);
        await ScheduleAsync(app, run);
        await app.DurableClient.WaitForInstanceCompletionAsync(run.Id);

        Assert.Equal(HttpStatusCode.Accepted, cancel.StatusCode);
        Assert.Equal("cancelled", cancelled.GetProperty("status").GetString());
        Assert.Equal(0, sandbox.Calls);
        Assert.Equal((0, 0), ((await app.ReadTokensAsync()).Spent, sandbox.Calls));
    }

    [Fact]
    public async Task Run_of_an_agent_that_was_deleted_meanwhile_is_cancelled()
    {
        var sandbox = new FakeSandbox();
        await using var app = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync();
        var run = await LayRunAsync(app, agentId);
        var agents = app.Services.GetRequiredService<AgentStore>();
        var stored = (await agents.ReadAsync("acme", agentId, CancellationToken.None))!;
        await agents.TryReplaceAsync(stored, stored.Resource with { IsDeleted = true }, message: null, CancellationToken.None);

        Assert.Equal(StepOutcome.Stopped, (await ExecuteAsync(app, run)).Outcome);

        Assert.Equal((RunStatus.Cancelled, 0), ((await FindAsync(app, agentId, run.Id)).Status, sandbox.Calls));
        Assert.Equal(0, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Run_uses_the_program_that_its_input_was_checked_against()
    {
        string? code = null;
        await using var app = await RunApp.StartAsync(new FakeSandbox((request, _, _) =>
        {
            code = request.Code;
            return Ok();
        }));
        var agentId = await app.LayAgentAsync(code: "export default () => 1;");
        var run = await LayRunAsync(app, agentId);
        var agents = app.Services.GetRequiredService<AgentStore>();
        var stored = (await agents.ReadAsync("acme", agentId, CancellationToken.None))!;
        await agents.TryReplaceAsync(stored, (Agent)stored.Resource with { ProgramRef = "0000" }, message: null, CancellationToken.None);

        await ExecuteAsync(app, run);

        Assert.Equal("export default () => 1;", code);
    }

    [Fact]
    public async Task Run_without_a_token_is_402_and_leaves_nothing()
    {
        var sandbox = new FakeSandbox();
        await using var app = await RunApp.StartAsync(sandbox, arguments: ["--Jobs:TokensPerMonth", "1"]);
        var agentId = await app.LayAgentAsync();
        await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId));

        using var refused = await app.Client.RunAsync(agentId);

        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        Assert.Equal("insufficient_tokens", (await refused.ReadJsonAsync()).GetProperty("code").GetString());
        Assert.Single(await app.ListRunsAsync(agentId));
        Assert.Equal((0, 1), ((await app.ReadTokensAsync()).Balance, sandbox.Calls));
        await app.AssertNothingToSweepAsync();
    }

    [Fact]
    public async Task Thirty_requests_at_once_with_ten_tokens_are_ten_runs()
    {
        var sandbox = new FakeSandbox();
        await using var app = await RunApp.StartAsync(sandbox, arguments: ["--Jobs:TokensPerMonth", "10"]);
        var agentId = await app.LayAgentAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => app.Client.RunAsync(agentId)));
        foreach (var run in await app.ListRunsAsync(agentId))
        {
            await app.WaitForRunAsync(agentId, run.GetProperty("runId").GetString()!);
        }

        Assert.Equal((10, 20), (responses.Count(r => r.StatusCode is HttpStatusCode.Accepted), responses.Count(r => r.StatusCode is HttpStatusCode.PaymentRequired)));
        Assert.Equal(10, sandbox.Calls);
        var tokens = await app.ReadTokensAsync();
        Assert.Equal((0, 10, 10), (tokens.Balance, tokens.Spent, tokens.Granted));
    }

    [Fact]
    public async Task Sweeper_gives_back_the_token_of_an_announced_run_that_never_came_to_be()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var runId = Ids.RunIdOf(Ids.NewJobId(DateTimeOffset.UtcNow));
        await AnnounceAsync(app, agentId, runId, DateTimeOffset.UtcNow - SweepEntry.AnnouncementLifetime);

        Assert.Equal(1, (await app.ReadTokensAsync(reserved: 1)).Reserved);
        await SweepAsync(app);

        Assert.Equal(0, (await app.ReadTokensAsync()).Spent);
        await app.AssertNothingToSweepAsync();
    }

    [Fact]
    public async Task Sweeper_leaves_a_run_alone_that_was_announced_only_just_now()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        await AnnounceAsync(app, agentId, Ids.RunIdOf(Ids.NewJobId(DateTimeOffset.UtcNow)), DateTimeOffset.UtcNow - SweepEntry.AnnouncementLifetime + TimeSpan.FromSeconds(30));

        await SweepAsync(app);

        Assert.Equal(1, (await app.ReadTokensAsync(reserved: 1)).Reserved);
        Assert.Single(await app.SweepEntriesAsync());
    }

    [Fact]
    public async Task Sweeper_starts_a_run_that_nobody_runs()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var run = await LayRunAsync(app, agentId);

        await SweepAsync(app);

        Assert.Equal("completed", (await app.WaitForRunAsync(agentId, run.Id)).GetProperty("status").GetString());
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Theory]
    [InlineData(false, false, "failed", "unavailable", 0)]
    [InlineData(true, false, "failed", "interrupted", 1)]
    [InlineData(true, true, "cancelled", "cancelled", 1)]
    public async Task Sweeper_ends_a_run_whose_orchestration_is_gone(bool isStarted, bool isCancelling, string status, string code, int spent)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var now = DateTimeOffset.UtcNow;
        RunEvent[] events = [.. isStarted ? [new RunEvent.Started(now, false)] : Array.Empty<RunEvent>(), .. isCancelling ? [new RunEvent.CancelAsked(now)] : Array.Empty<RunEvent>()];
        var run = await LayRunAsync(app, agentId, events);
        // An orchestration of that id that ended without touching the run: its key names nothing.
        await app.DurableClient.ScheduleNewOrchestrationInstanceAsync(nameof(RunAgent), new RunKey("0000000000", run.Id), new StartOrchestrationOptions(run.Id));
        await app.DurableClient.WaitForInstanceCompletionAsync(run.Id);

        await SweepAsync(app);

        var ended = await app.GetRunAsync(agentId, run.Id);
        Assert.Equal((status, code), (ended.GetProperty("status").GetString()!, CodeOf(ended)));
        Assert.Equal(spent, (await app.ReadTokensAsync()).Spent);
        await app.AssertNothingToSweepAsync();
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Sweeper_closes_a_run_that_ended_and_whose_process_died(bool wasExecuted, int spent)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var run = await LayRunAsync(app, agentId);
        var store = app.Services.GetRequiredService<RunStore>();
        var stored = (await store.ReadAsync(agentId, run.Id, CancellationToken.None))!;
        var now = DateTimeOffset.UtcNow;
        if (wasExecuted)
        {
            await store.ApplyAsync(stored, new RunEvent.Started(now, false), CancellationToken.None);
            await store.ApplyAsync(stored, new RunEvent.Ended(now, 1, "0000", null, TimeSpan.Zero, TimeSpan.Zero), CancellationToken.None);
        }
        else
        {
            await store.ApplyAsync(stored, new RunEvent.CancelAsked(now), CancellationToken.None);
        }

        Assert.Equal(1, (await app.ReadTokensAsync(reserved: 1)).Reserved);
        await SweepAsync(app);

        Assert.Equal(spent, (await app.ReadTokensAsync()).Spent);
        await app.AssertNothingToSweepAsync();
    }

    [Fact]
    public async Task Deletion_stops_a_run_and_is_completed_by_the_sweeper_once_it_has_stopped()
    {
        var time = new ManualTimeProvider();
        var stopped = new TaskCompletionSource();
        await using var app = await RunApp.StartAsync(Endless(stopped), time);
        var agentId = await app.LayAgentAsync(change: agent => agent with { WebhookHash = new string('a', 64) });
        var runId = await app.StartRunAsync(agentId);
        await WaitUntilAsync(async () => (await FindAsync(app, agentId, runId)).Status is RunStatus.Running);

        using var deleted = await app.Client.DeleteAsync($"v1/agents/{agentId}");
        using var gone = await app.Client.GetAsync($"v1/agents/{agentId}/runs/{runId}");
        using var twice = await app.Client.DeleteAsync($"v1/agents/{agentId}");
        Assert.NotNull(await app.Services.GetRequiredService<RunStore>().ReadAsync(agentId, runId, CancellationToken.None));
        await time.AdvanceUntilAsync(() => stopped.Task.IsCompleted);
        await WaitUntilAsync(async () => (await FindAsync(app, agentId, runId)).HasEnded);
        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await SweepAsync(app);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound), (deleted.StatusCode, gone.StatusCode, twice.StatusCode));
        Assert.Null(await app.Services.GetRequiredService<RunStore>().ReadAsync(agentId, runId, CancellationToken.None));
        Assert.Null(await app.Services.GetRequiredService<AgentStore>().ReadAsync("acme", agentId, CancellationToken.None));
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Deletion_removes_every_run_and_every_artifact()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        for (var i = 0; i < 3; i++)
        {
            await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId, new { i }));
        }

        (await app.Client.DeleteAsync($"v1/agents/{agentId}")).EnsureSuccessStatusCode();

        Assert.Empty(await app.Services.GetRequiredService<RunStore>().ListAsync(agentId, before: null, 10, CancellationToken.None));
        Assert.Empty(Directory.GetDirectories(Path.Combine(app.DataFolder, "blobs"), agentId, SearchOption.AllDirectories));
        Assert.Equal(3, (await app.ReadTokensAsync()).Spent);
    }

    private static string CodeOf(JsonElement run) => run.GetProperty("error").GetProperty("code").GetString()!;

    private static Task<SandboxResult> Ok() => Task.FromResult(FakeSandbox.Result("1"));

    /// <summary>Code that never ends by itself.</summary>
    private static FakeSandbox Endless(TaskCompletionSource stopped) => new(async (_, _, stop) =>
    {
        try
        {
            await Task.Delay(Timeout.Infinite, stop);
        }
        finally
        {
            stopped.TrySetResult();
        }

        return FakeSandbox.Result("1");
    });

    /// <summary>A run of two minutes ago whose request died before it started the orchestration, its token reserved.</summary>
    private static async Task<AgentRun> LayRunAsync(TestApp app, string agentId, params RunEvent[] events)
    {
        var longAgo = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(2);
        var run = new AgentRun
        {
            Id = Ids.RunIdOf(Ids.NewJobId(longAgo)),
            AgentId = agentId,
            Tenant = "acme",
            Owner = "ann",
            Trigger = RunTrigger.Manual,
            ProgramRef = (await app.ReadAgentAsync(agentId)).ProgramRef,
            InputRef = await app.Services.GetRequiredService<ArtifactStore>().WriteAsync("acme", agentId, "{}"u8.ToArray(), CancellationToken.None),
            CreatedAt = longAgo,
            UpdatedAt = longAgo,
        };
        await AnnounceAsync(app, agentId, run.Id, longAgo);
        var store = app.Services.GetRequiredService<RunStore>();
        Assert.True(await store.TryCreateAsync(run, CancellationToken.None));
        var stored = (await store.ReadAsync(agentId, run.Id, CancellationToken.None))!;
        foreach (var change in events)
        {
            Assert.IsType<RunTransition.Applied>(await store.ApplyAsync(stored, change, CancellationToken.None));
        }

        return stored.Run;
    }

    private static async Task AnnounceAsync(TestApp app, string agentId, string runId, DateTimeOffset since)
    {
        await app.Services.GetRequiredService<SweepList>().AddAsync(new SweepEntry(SweepKind.Run, $"{agentId}|{runId}", "acme", since), CancellationToken.None);
        Assert.Equal(Reservation.Held, await app.Services.GetRequiredService<TokenLedger>().ReserveAsync("acme", runId, "Run an agent", CancellationToken.None));
    }

    private static Task ScheduleAsync(TestApp app, AgentRun run) =>
        app.DurableClient.ScheduleNewOrchestrationInstanceAsync(nameof(RunAgent), RunKey.Of(run), new StartOrchestrationOptions(run.Id));

    private static Task<StepResult> ExecuteAsync(TestApp app, AgentRun run) =>
        ActivatorUtilities.CreateInstance<RunActivities>(app.Services).ExecuteRun(RunKey.Of(run), app.DurableClient, CancellationToken.None);

    private static async Task<AgentRun> FindAsync(TestApp app, string agentId, string runId) =>
        (await app.Services.GetRequiredService<RunStore>().ReadAsync(agentId, runId, CancellationToken.None))!.Run;

    private static Task SweepAsync(TestApp app) =>
        ActivatorUtilities.CreateInstance<Sweeper>(app.Services).SweepAsync(new TimerInfo(), app.DurableClient, CancellationToken.None);

    private static Task WaitUntilAsync(Func<bool> isThere) => WaitUntilAsync(() => Task.FromResult(isThere()));

    private static async Task WaitUntilAsync(Func<Task<bool>> isThere)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !await isThere(); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not get there.");
        }
    }
}
