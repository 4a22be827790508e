using Jobs.Domain.Runs;

namespace Jobs.Domain.Tests;

public sealed class RunTransitionsTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset T1 = T0.AddSeconds(1);
    private static readonly RunError Threw = new(RunErrorCode.Threw, "Error: no");

    /// <summary>What each event makes of each state, and whether the code counts as executed; an event that is not listed for a state is refused there.</summary>
    private static readonly Dictionary<(string State, string Event), (RunStatus Status, bool WasExecuted)> Legal = new()
    {
        [("Queued", "Started")] = (RunStatus.Running, false),
        [("Queued", "Started, with network")] = (RunStatus.Running, false),
        [("Queued", "Failed")] = (RunStatus.Failed, false),
        [("Queued", "CancelAsked")] = (RunStatus.Cancelled, false),
        [("Running", "Started")] = (RunStatus.Running, true),
        [("Running", "Started, with network")] = (RunStatus.Running, true),
        [("Running", "NotStarted")] = (RunStatus.Queued, false),
        [("Running", "Ended")] = (RunStatus.Completed, true),
        [("Running", "Ended with an error")] = (RunStatus.Failed, true),
        [("Running", "Failed")] = (RunStatus.Failed, true),
        [("Running", "CancelAsked")] = (RunStatus.Running, false),
        [("Running, with network", "NotStarted")] = (RunStatus.Queued, false),
        [("Running, with network", "Ended")] = (RunStatus.Completed, true),
        [("Running, with network", "Ended with an error")] = (RunStatus.Failed, true),
        [("Running, with network", "Failed")] = (RunStatus.Failed, true),
        [("Running, with network", "CancelAsked")] = (RunStatus.Running, false),
        [("Running, cancelling", "NotStarted")] = (RunStatus.Cancelled, false),
        [("Running, cancelling", "Ended")] = (RunStatus.Cancelled, true),
        [("Running, cancelling", "Ended with an error")] = (RunStatus.Cancelled, true),
        [("Running, cancelling", "Failed")] = (RunStatus.Cancelled, true),
        [("Running, cancelling", "Cancelled")] = (RunStatus.Cancelled, true),
    };

    private static readonly Dictionary<string, AgentRun> States = new()
    {
        ["Queued"] = New(RunStatus.Queued) with { Attempts = 0 },
        ["Running"] = New(RunStatus.Running),
        ["Running, with network"] = New(RunStatus.Running) with { HadNetwork = true },
        ["Running, cancelling"] = New(RunStatus.Running) with { CancelRequested = true },
        ["Completed"] = New(RunStatus.Completed),
        ["Failed"] = New(RunStatus.Failed),
        ["Cancelled"] = New(RunStatus.Cancelled),
    };

    private static readonly Dictionary<string, RunEvent> Events = new()
    {
        ["Started"] = new RunEvent.Started(T1, HasNetwork: false),
        ["Started, with network"] = new RunEvent.Started(T1, HasNetwork: true),
        ["NotStarted"] = new RunEvent.NotStarted(T1, 1),
        ["Ended"] = new RunEvent.Ended(T1, 1, "result", null, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(2)),
        ["Ended with an error"] = new RunEvent.Ended(T1, 1, "result", Threw, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(2)),
        ["Failed"] = new RunEvent.Failed(T1, new RunError(RunErrorCode.Unavailable, "No sandbox")),
        ["CancelAsked"] = new RunEvent.CancelAsked(T1),
        ["Cancelled"] = new RunEvent.Cancelled(T1),
    };

    public static TheoryData<string, string> AllPairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var state in States.Keys)
        {
            foreach (var change in Events.Keys)
            {
                pairs.Add(state, change);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void Apply_every_event_in_every_state_moves_as_documented_or_is_refused(string state, string change)
    {
        var run = States[state];

        var transition = RunTransitions.Apply(run, Events[change]);

        if (Legal.TryGetValue((state, change), out var expected))
        {
            var next = Assert.IsType<RunTransition.Applied>(transition).Run;
            Assert.Equal(expected, (next.Status, next.WasExecuted));
            Assert.Equal(run.Sequence + 1, next.Sequence);
            Assert.Equal(T1, next.UpdatedAt);
            Assert.Equal(next.HasEnded, next.CompletedAt is not null);
            Assert.Equal(next.Status is RunStatus.Failed or RunStatus.Cancelled, next.Error is not null);
        }
        else
        {
            Assert.NotEmpty(Assert.IsType<RunTransition.Refused>(transition).Reason);
        }
    }

    /// <summary>Every sequence of events behind an accepted cancel, up to four long.</summary>
    [Fact]
    public void Apply_whatever_follows_an_accepted_cancel_ends_as_cancelled()
    {
        foreach (var (name, state) in States.Where(state => !state.Value.HasEnded))
        {
            var asked = state.CancelRequested ? state : Applied(state, Events["CancelAsked"]);
            var reached = new HashSet<AgentRun> { asked };
            for (var step = 0; step < 4; step++)
            {
                foreach (var next in reached.SelectMany(run => Events.Values.Select(change => RunTransitions.Apply(run, change))).OfType<RunTransition.Applied>().ToList())
                {
                    reached.Add(next.Run with { Sequence = 0 });
                }
            }

            Assert.All(reached.Where(run => run.HasEnded), run => Assert.True(run is { Status: RunStatus.Cancelled, ResultRef: null }, $"{name}: {run}"));
            Assert.Contains(reached, run => run.HasEnded);
        }
    }

    [Fact]
    public void Tables_of_this_test_name_every_status_and_every_event()
    {
        Assert.Equal(Enum.GetValues<RunStatus>(), States.Values.Select(run => run.Status).Distinct().Order());
        Assert.Equal(
            typeof(RunEvent).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(RunEvent))).Select(type => type.Name).Order(),
            Events.Values.Select(e => e.GetType().Name).Distinct().Order());
        Assert.All(Legal.Keys, pair => Assert.True(States.ContainsKey(pair.State) && Events.ContainsKey(pair.Event), $"{pair} is not tested"));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void MayExecuteAgain_only_when_no_request_can_have_been_made(bool hadNetwork, bool expected) =>
        Assert.Equal(expected, RunTransitions.MayExecuteAgain(States["Running"] with { HadNetwork = hadNetwork }));

    [Fact]
    public void Apply_start_behind_an_execution_with_network_is_refused_although_the_grant_was_taken_away()
    {
        var started = Applied(States["Queued"], Events["Started, with network"]);

        var again = RunTransitions.Apply(started, Events["Started"]);

        Assert.Contains("requests of an earlier execution", Assert.IsType<RunTransition.Refused>(again).Reason);
    }

    [Fact]
    public void Apply_start_after_a_network_execution_that_did_not_start_is_taken()
    {
        var back = Applied(Applied(States["Queued"], Events["Started, with network"]), Events["NotStarted"]);

        var again = Applied(back, Events["Started, with network"]);

        Assert.Equal((RunStatus.Queued, false), (back.Status, back.HadNetwork));
        Assert.Equal((RunStatus.Running, 2, false), (again.Status, again.Attempts, again.WasExecuted));
    }

    [Theory]
    [InlineData("NotStarted")]
    [InlineData("Ended")]
    [InlineData("Ended with an error")]
    public void Apply_write_of_an_overtaken_execution_is_refused(string change)
    {
        var overtaken = Applied(States["Running"], Events["Started"]);

        var late = RunTransitions.Apply(overtaken, Events[change]);

        Assert.Contains("no longer current", Assert.IsType<RunTransition.Refused>(late).Reason);
    }

    [Fact]
    public void Apply_execution_that_died_counts_although_the_next_one_could_not_start()
    {
        var again = Applied(States["Running"], Events["Started"]);

        var back = Applied(again, new RunEvent.NotStarted(T1, again.Attempts));
        var failed = Applied(back, Events["Failed"]);

        Assert.True(failed.WasExecuted);
    }

    [Fact]
    public void Apply_clock_that_goes_back_does_not_move_the_run_back()
    {
        var run = States["Queued"] with { UpdatedAt = T1.AddSeconds(5) };

        Assert.Equal(T1.AddSeconds(5), Applied(run, Events["Started"]).UpdatedAt);
    }

    [Fact]
    public void Apply_keeps_the_first_start_and_what_the_execution_gave()
    {
        var run = Applied(Applied(States["Queued"], new RunEvent.Started(T0, false)), new RunEvent.Started(T1, false));
        var ended = Applied(run, new RunEvent.Ended(T1.AddSeconds(1), 2, "result", Threw, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(2)));

        Assert.Equal((T0, T1.AddSeconds(1)), (ended.StartedAt, ended.CompletedAt));
        Assert.Equal(("result", Threw, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(2)), (ended.ResultRef, ended.Error, ended.StartUp, ended.Duration));
    }

    [Theory]
    [InlineData(RunError.MaxMessageLength, false)]
    [InlineData(RunError.MaxMessageLength + 1, true)]
    public void Apply_error_is_cut_beyond_its_limit(int length, bool isCut)
    {
        var failed = Applied(States["Running"], new RunEvent.Failed(T1, new RunError(RunErrorCode.Unavailable, new string('x', length))));

        Assert.Equal(RunError.MaxMessageLength, failed.Error!.Message.Length);
        Assert.Equal(isCut, failed.Error.Message.EndsWith('…'));
    }

    private static AgentRun Applied(AgentRun run, RunEvent change) => Assert.IsType<RunTransition.Applied>(RunTransitions.Apply(run, change)).Run;

    private static AgentRun New(RunStatus status) => new()
    {
        Id = "run_1772625600000_0123456789ab",
        AgentId = "j81csCCat6",
        Tenant = "acme",
        Owner = "ann",
        Trigger = RunTrigger.Manual,
        ProgramRef = "program",
        InputRef = "input",
        Status = status,
        Attempts = 1,
        CreatedAt = T0,
        UpdatedAt = T0,
    };
}
