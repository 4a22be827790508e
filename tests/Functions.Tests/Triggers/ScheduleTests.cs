using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Agents;
using Jobs.Domain.Runs;
using Jobs.Functions.Sweeping;
using Jobs.Functions.Tests.Runs;
using Jobs.Functions.Triggers;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Triggers;

/// <summary>Schedules in virtual time, fired by hand: the local host's own timers would race with the test's clock.</summary>
public sealed class ScheduleTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Agent_runs_at_every_tick_of_its_schedule_and_at_no_other_time()
    {
        var (app, time, agentId) = await StartAsync("*/15 * * * *");
        await using var _ = app;
        var start = time.GetUtcNow();

        await RunForAsync(app, time, TimeSpan.FromHours(1));

        var expected = Ticks(start, time.GetUtcNow(), TimeSpan.FromMinutes(15));
        Assert.Equal(4, expected.Length);
        var runs = await EndedRunsAsync(app, agentId);
        Assert.Equal(expected, runs.Select(run => run.ScheduledFor!.Value).Order());
        Assert.All(runs, run => Assert.Equal((RunTrigger.Schedule, RunStatus.Completed), (run.Trigger, run.Status)));
        Assert.Equal(4, (await app.ReadTokensAsync()).Spent);
    }

    [Theory]
    // 2026-03-29, Zurich: clocks go from 02:00 to 03:00.
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", 2, "2026-03-29T01:00:00Z,2026-03-30T00:30:00Z")]
    // 2026-10-25, Zurich: clocks go from 03:00 back to 02:00.
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", 2, "2026-10-25T00:30:00Z,2026-10-26T01:30:00Z")]
    public async Task Agent_runs_once_a_day_also_when_clocks_change(string cron, string start, int days, string ticks)
    {
        var (app, time, agentId) = await StartAsync(cron, "Europe/Zurich", DateTimeOffset.Parse(start, null));
        await using var _ = app;

        await RunForAsync(app, time, TimeSpan.FromDays(days), TimeSpan.FromMinutes(10));

        Assert.Equal(
            ticks.Split(',').Select(tick => DateTimeOffset.Parse(tick, null)),
            (await EndedRunsAsync(app, agentId)).Select(run => run.ScheduledFor!.Value).Order());
    }

    [Fact]
    public async Task Ticks_that_were_missed_are_one_run_and_the_next_one_is_in_the_future()
    {
        var (app, time, agentId) = await StartAsync("* * * * *");
        await using var _ = app;
        var first = (await NextRunAtAsync(app, agentId))!.Value;

        // In one step: the host's own timer would meet the ticks in between.
        time.JumpTo(time.GetUtcNow() + TimeSpan.FromHours(5));
        await FireAsync(app);
        await FireAsync(app);

        var run = Assert.Single(await EndedRunsAsync(app, agentId));
        Assert.Equal(first, run.ScheduledFor);
        Assert.True(await NextRunAtAsync(app, agentId) > time.GetUtcNow());
    }

    [Fact]
    public async Task Hosts_that_meet_the_same_tick_start_one_run()
    {
        var (app, time, agentId) = await StartAsync("0 * * * *");
        await using var _ = app;
        time.Advance(TimeSpan.FromHours(1));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FireAsync(app)));

        Assert.Single(await EndedRunsAsync(app, agentId));
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Host_that_died_after_it_started_the_run_does_not_make_it_run_twice()
    {
        var (app, time, agentId) = await StartAsync("0 * * * *");
        await using var _ = app;
        var schedules = app.Services.GetRequiredService<ScheduleStore>();
        var before = (await schedules.ReadAsync(agentId, CancellationToken.None))!;
        time.Advance(TimeSpan.FromHours(1));
        await FireAsync(app);
        var after = (await schedules.ReadAsync(agentId, CancellationToken.None))!;

        // As if the second write of the scan had never been made.
        Assert.True(await schedules.TryReplaceAsync(after, before.Agent, CancellationToken.None));
        await FireAsync(app);

        Assert.Single(await EndedRunsAsync(app, agentId));
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
        Assert.Equal(after.Agent.Due, (await schedules.ReadAsync(agentId, CancellationToken.None))!.Agent.Due);
    }

    [Fact]
    public async Task Pausing_stops_the_schedule_and_what_was_missed_meanwhile_does_not_run()
    {
        var (app, time, agentId) = await StartAsync("0 * * * *");
        await using var _ = app;

        var paused = await PatchAsync(app, agentId, new { paused = true });
        await RunForAsync(app, time, TimeSpan.FromHours(3), TimeSpan.FromMinutes(10));
        var whilePaused = (await EndedRunsAsync(app, agentId)).Count;
        var resumed = await PatchAsync(app, agentId, new { paused = false });
        await FireAsync(app);
        var atOnce = (await EndedRunsAsync(app, agentId)).Count;
        await RunForAsync(app, time, TimeSpan.FromHours(1), TimeSpan.FromMinutes(10));

        Assert.Equal(JsonValueKind.Null, paused.GetProperty("nextRunAt").ValueKind);
        Assert.Equal(JsonValueKind.String, resumed.GetProperty("nextRunAt").ValueKind);
        Assert.Equal((0, 0, 1), (whilePaused, atOnce, (await EndedRunsAsync(app, agentId)).Count));
    }

    [Fact]
    public async Task Schedule_that_was_removed_or_changed_starts_nothing_at_its_old_time()
    {
        var (app, time, agentId) = await StartAsync("0 * * * *");
        await using var _ = app;

        await PatchAsync(app, agentId, new { schedule = new { cron = "30 * * * *" } });
        var next = (await NextRunAtAsync(app, agentId))!.Value;
        await PatchAsync(app, agentId, new { schedule = (object?)null });
        await RunForAsync(app, time, TimeSpan.FromHours(2), TimeSpan.FromMinutes(10));

        Assert.Equal(30, next.Minute);
        Assert.Null(await NextRunAtAsync(app, agentId));
        Assert.Empty(await EndedRunsAsync(app, agentId));
        Assert.Null(await app.Services.GetRequiredService<ScheduleStore>().ReadAsync(agentId, CancellationToken.None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Change_whose_request_died_between_its_writes_is_put_right(bool byScan)
    {
        var (app, time, agentId) = await StartAsync("0 * * * *");
        await using var _ = app;
        var agents = app.Services.GetRequiredService<AgentStore>();
        var stored = (await agents.ReadAsync("acme", agentId, CancellationToken.None))!;
        await app.Services.GetRequiredService<SweepList>().AddAsync(
            new SweepEntry(SweepKind.Schedule, $"{agentId}|0000000000", "acme", time.GetUtcNow()), CancellationToken.None);
        Assert.True(await agents.TryReplaceAsync(
            stored, (Agent)stored.Resource with { Schedule = new AgentSchedule("30 * * * *", "UTC") }, message: null, CancellationToken.None));

        time.Advance(TimeSpan.FromHours(1));
        await (byScan ? FireAsync(app) : SweepAsync(app));

        Assert.Empty(await EndedRunsAsync(app, agentId));
        Assert.Equal(30, (await app.Services.GetRequiredService<ScheduleStore>().ReadAsync(agentId, CancellationToken.None))!.Agent.Due.Minute);
    }

    [Fact]
    public async Task Tick_without_a_token_is_a_failed_run_that_says_so_and_costs_nothing()
    {
        var (app, time, agentId) = await StartAsync("0 * * * *", arguments: ["--Jobs:TokensPerMonth", "0"]);
        await using var _ = app;

        time.Advance(TimeSpan.FromHours(1));
        await FireAsync(app);

        var run = Assert.Single(await EndedRunsAsync(app, agentId));
        Assert.Equal((RunStatus.Failed, RunErrorCode.InsufficientTokens), (run.Status, run.Error!.Code));
        Assert.Equal(0, (await app.ReadTokensAsync()).Spent);
        Assert.True(await NextRunAtAsync(app, agentId) > time.GetUtcNow());
    }

    [Fact]
    public async Task Tick_of_an_agent_that_takes_no_empty_input_is_a_failed_run_that_says_what_is_missing()
    {
        var (app, time, agentId) = await StartAsync("0 * * * *", input: """{"type":"object","required":["topic"],"properties":{"topic":{"type":"string"}}}""");
        await using var _ = app;

        time.Advance(TimeSpan.FromHours(1));
        await FireAsync(app);

        var run = Assert.Single(await EndedRunsAsync(app, agentId));
        Assert.Equal(RunErrorCode.NotRunnable, run.Error!.Code);
        Assert.Contains("topic", run.Error.Message);
    }

    [Fact]
    public async Task Agent_that_cannot_be_started_does_not_keep_the_others_waiting()
    {
        var (app, time, agentId) = await StartAsync("0 * * * *");
        await using var _ = app;
        // Its program is not there.
        var schedule = new AgentSchedule("0 * * * *", "UTC");
        var broken = await app.LayAgentAsync(change: agent => agent with { ProgramRef = new string('0', 64), Schedule = schedule });
        var schedules = app.Services.GetRequiredService<ScheduleStore>();
        var first = (await schedules.ReadAsync(agentId, CancellationToken.None))!.Agent.Due;
        Assert.True(await schedules.TryReplaceAsync(null, new DueAgent(broken, "acme", schedule, first), CancellationToken.None));

        time.Advance(TimeSpan.FromHours(1));
        await FireAsync(app);

        Assert.Single(await EndedRunsAsync(app, agentId));
        Assert.Equal(first, (await schedules.ReadAsync(broken, CancellationToken.None))!.Agent.Due);
    }

    [Fact]
    public async Task Agent_that_is_deleted_runs_no_more()
    {
        var (app, time, agentId) = await StartAsync("0 * * * *");
        await using var _ = app;

        (await app.Client.DeleteAsync($"v1/agents/{agentId}")).EnsureSuccessStatusCode();
        time.Advance(TimeSpan.FromHours(1));
        await FireAsync(app);

        Assert.Null(await app.Services.GetRequiredService<ScheduleStore>().ReadAsync(agentId, CancellationToken.None));
        Assert.Empty(await app.Services.GetRequiredService<RunStore>().ListAsync(agentId, before: null, 10, CancellationToken.None));
    }

    private static async Task<(TestApp App, ManualTimeProvider Time, string AgentId)> StartAsync(
        string cron, string timeZone = "UTC", DateTimeOffset? start = null, string input = RunApp.AnyInput, string[]? arguments = null)
    {
        var time = start is { } at ? new ManualTimeProvider(at) : new ManualTimeProvider();
        var app = await RunApp.StartAsync(time: time, arguments: arguments ?? []);
        var agentId = await app.LayAgentAsync(input);
        await PatchAsync(app, agentId, new { schedule = new { cron, timeZone } });
        return (app, time, agentId);
    }

    private static async Task RunForAsync(TestApp app, ManualTimeProvider time, TimeSpan duration, TimeSpan? step = null)
    {
        for (var end = time.GetUtcNow() + duration; time.GetUtcNow() < end;)
        {
            time.Advance(step ?? Tick);
            await FireAsync(app);
        }
    }

    private static Task FireAsync(TestApp app) => ActivatorUtilities.CreateInstance<ScheduleTimer>(app.Services)
        .RunDueAsync(new TimerInfo(), app.DurableClient, CancellationToken.None);

    private static Task SweepAsync(TestApp app) => ActivatorUtilities.CreateInstance<Sweeper>(app.Services)
        .SweepAsync(new TimerInfo(), app.DurableClient, CancellationToken.None);

    private static async Task<JsonElement> PatchAsync(TestApp app, string agentId, object settings)
    {
        using var response = await app.Client.PatchAsJsonAsync($"v1/agents/{agentId}/settings", settings);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.ReadJsonAsync();
    }

    private static async Task<DateTimeOffset?> NextRunAtAsync(TestApp app, string agentId)
    {
        var settings = await app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}/settings");
        return settings.GetProperty("nextRunAt") is { ValueKind: JsonValueKind.String } next ? next.GetDateTimeOffset() : null;
    }

    /// <summary>The agent's runs, once all of them have ended.</summary>
    private static async Task<IReadOnlyList<AgentRun>> EndedRunsAsync(TestApp app, string agentId)
    {
        foreach (var run in await app.ListRunsAsync(agentId))
        {
            await app.WaitForRunAsync(agentId, run.GetProperty("runId").GetString()!);
        }

        return await app.Services.GetRequiredService<RunStore>().ListAsync(agentId, before: null, 1_000, CancellationToken.None);
    }

    private static DateTimeOffset[] Ticks(DateTimeOffset after, DateTimeOffset until, TimeSpan step)
    {
        var first = new DateTimeOffset(after.Ticks - (after.Ticks % step.Ticks) + step.Ticks, TimeSpan.Zero);
        return [.. Enumerable.Range(0, 1_000).Select(i => first + (i * step)).TakeWhile(tick => tick <= until)];
    }
}
