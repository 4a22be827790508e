using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;

namespace Jobs.Domain.Tests;

public sealed class JobTransitionsTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset T1 = T0.AddSeconds(1);
    private static readonly BundleRef Bundle = new("script", "style");

    /// <summary>What each event makes of each state; an event that is not listed for a state is refused there.</summary>
    private static readonly Dictionary<(string State, Type Event), JobStatus> Legal = new()
    {
        [("Queued", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Queued", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Queued", typeof(JobEvent.CancelAsked))] = JobStatus.Queued,
        [("Queued, cancelling", typeof(JobEvent.Failed))] = JobStatus.Cancelled,
        [("Queued, cancelling", typeof(JobEvent.Cancelled))] = JobStatus.Cancelled,
        [("Running", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Running", typeof(JobEvent.Progressed))] = JobStatus.Running,
        [("Running", typeof(JobEvent.TurnTaken))] = JobStatus.Running,
        [("Running", typeof(JobEvent.UsageCounted))] = JobStatus.Running,
        [("Running", typeof(JobEvent.QuestionAsked))] = JobStatus.WaitingForInput,
        [("Running", typeof(JobEvent.Succeeded))] = JobStatus.Succeeded,
        [("Running", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Running", typeof(JobEvent.CancelAsked))] = JobStatus.Running,
        [("Running, cancelling", typeof(JobEvent.Failed))] = JobStatus.Cancelled,
        [("Running, cancelling", typeof(JobEvent.Cancelled))] = JobStatus.Cancelled,
        [("WaitingForInput", typeof(JobEvent.QuestionAnswered))] = JobStatus.Running,
        [("WaitingForInput", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("WaitingForInput", typeof(JobEvent.CancelAsked))] = JobStatus.Cancelled,
        [("WaitingForInput, expired", typeof(JobEvent.QuestionExpired))] = JobStatus.Failed,
        [("WaitingForInput, expired", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("WaitingForInput, expired", typeof(JobEvent.CancelAsked))] = JobStatus.Cancelled,
        [("Agent Queued", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Agent Queued", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Agent Queued", typeof(JobEvent.CancelAsked))] = JobStatus.Queued,
        [("Agent Running", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Agent Running", typeof(JobEvent.Progressed))] = JobStatus.Running,
        [("Agent Running", typeof(JobEvent.TurnTaken))] = JobStatus.Running,
        [("Agent Running", typeof(JobEvent.UsageCounted))] = JobStatus.Running,
        [("Agent Running", typeof(JobEvent.QuestionAsked))] = JobStatus.WaitingForInput,
        [("Agent Running", typeof(JobEvent.FilesGenerated))] = JobStatus.Running,
        [("Agent Running", typeof(JobEvent.Succeeded))] = JobStatus.Succeeded,
        [("Agent Running", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Agent Running", typeof(JobEvent.CancelAsked))] = JobStatus.Running,
        [("Agent Running, checking", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Agent Running, checking", typeof(JobEvent.Progressed))] = JobStatus.Running,
        [("Agent Running, checking", typeof(JobEvent.UsageCounted))] = JobStatus.Running,
        [("Agent Running, checking", typeof(JobEvent.FilesGenerated))] = JobStatus.Running,
        [("Agent Running, checking", typeof(JobEvent.Succeeded))] = JobStatus.Succeeded,
        [("Agent Running, checking", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Agent Running, checking", typeof(JobEvent.CancelAsked))] = JobStatus.Running,
        [("Work Queued", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Work Queued", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Work Queued", typeof(JobEvent.CancelAsked))] = JobStatus.Queued,
        [("Work Running", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Work Running", typeof(JobEvent.Progressed))] = JobStatus.Running,
        [("Work Running", typeof(JobEvent.UsageCounted))] = JobStatus.Running,
        [("Work Running", typeof(JobEvent.WorkPlanned))] = JobStatus.Running,
        [("Work Running", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Work Running", typeof(JobEvent.CancelAsked))] = JobStatus.Running,
        [("Work Running, planned", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Work Running, planned", typeof(JobEvent.Progressed))] = JobStatus.Running,
        [("Work Running, planned", typeof(JobEvent.UsageCounted))] = JobStatus.Running,
        [("Work Running, planned", typeof(JobEvent.WorkAdvanced))] = JobStatus.Running,
        [("Work Running, planned", typeof(JobEvent.WorkSucceeded))] = JobStatus.Succeeded,
        [("Work Running, planned", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Work Running, planned", typeof(JobEvent.CancelAsked))] = JobStatus.Running,
        [("Work Running, cancelling", typeof(JobEvent.Failed))] = JobStatus.Cancelled,
        [("Work Running, cancelling", typeof(JobEvent.Cancelled))] = JobStatus.Cancelled,
        [("Repository Queued", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Repository Queued", typeof(JobEvent.BranchSucceeded))] = JobStatus.Succeeded,
        [("Repository Queued", typeof(JobEvent.ForgeReported))] = JobStatus.Running,
        [("Repository Queued", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Repository Queued", typeof(JobEvent.CancelAsked))] = JobStatus.Queued,
        [("Repository Running", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Repository Running", typeof(JobEvent.Progressed))] = JobStatus.Running,
        [("Repository Running", typeof(JobEvent.TurnTaken))] = JobStatus.Running,
        [("Repository Running", typeof(JobEvent.UsageCounted))] = JobStatus.Running,
        [("Repository Running", typeof(JobEvent.FilesGenerated))] = JobStatus.Running,
        [("Repository Running", typeof(JobEvent.BranchAdvanced))] = JobStatus.Running,
        [("Repository Running", typeof(JobEvent.MergeStarted))] = JobStatus.Running,
        [("Repository Running", typeof(JobEvent.BranchSucceeded))] = JobStatus.Succeeded,
        [("Repository Running", typeof(JobEvent.ForgeReported))] = JobStatus.Running,
        [("Repository Running", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Repository Running", typeof(JobEvent.CancelAsked))] = JobStatus.Running,
        [("Repository Running, cancelling", typeof(JobEvent.Failed))] = JobStatus.Cancelled,
        [("Repository Running, cancelling", typeof(JobEvent.Cancelled))] = JobStatus.Cancelled,
        [("Repository Running, merging", typeof(JobEvent.AttemptStarted))] = JobStatus.Running,
        [("Repository Running, merging", typeof(JobEvent.Progressed))] = JobStatus.Running,
        [("Repository Running, merging", typeof(JobEvent.UsageCounted))] = JobStatus.Running,
        [("Repository Running, merging", typeof(JobEvent.BranchAdvanced))] = JobStatus.Running,
        [("Repository Running, merging", typeof(JobEvent.MergeStarted))] = JobStatus.Running,
        [("Repository Running, merging", typeof(JobEvent.BranchSucceeded))] = JobStatus.Succeeded,
        [("Repository Running, merging", typeof(JobEvent.ForgeReported))] = JobStatus.Running,
        [("Repository Running, merging", typeof(JobEvent.Merged))] = JobStatus.Merged,
        [("Repository Running, merging", typeof(JobEvent.Failed))] = JobStatus.Failed,
        [("Repository Succeeded", typeof(JobEvent.ForgeReported))] = JobStatus.Succeeded,
        [("Repository Succeeded", typeof(JobEvent.Merged))] = JobStatus.Merged,
        [("Repository Failed", typeof(JobEvent.ForgeReported))] = JobStatus.Failed,
        [("Repository Merged", typeof(JobEvent.ForgeReported))] = JobStatus.Merged,
        [("Succeeded, compile InProgress", typeof(JobEvent.CancelAsked))] = JobStatus.Succeeded,
        [("Succeeded, compile InProgress", typeof(JobEvent.CompileStarted))] = JobStatus.Succeeded,
        [("Succeeded, compile InProgress", typeof(JobEvent.CompilePhaseEntered))] = JobStatus.Succeeded,
        [("Succeeded, compile InProgress", typeof(JobEvent.CompileSucceeded))] = JobStatus.Succeeded,
        [("Succeeded, compile InProgress", typeof(JobEvent.CompileFailed))] = JobStatus.Succeeded,
        [("Succeeded, compile InProgress, cancelling", typeof(JobEvent.CompilePhaseEntered))] = JobStatus.Succeeded,
        [("Succeeded, compile InProgress, cancelling", typeof(JobEvent.CompileSucceeded))] = JobStatus.Succeeded,
        [("Succeeded, compile InProgress, cancelling", typeof(JobEvent.CompileFailed))] = JobStatus.Succeeded,
        [("Succeeded, compile InProgress, cancelling", typeof(JobEvent.Cancelled))] = JobStatus.Succeeded,
    };

    private static readonly Dictionary<string, Job> States = new()
    {
        ["Queued"] = New(JobStatus.Queued),
        ["Queued, cancelling"] = New(JobStatus.Queued) with { CancelRequested = true },
        ["Running"] = New(JobStatus.Running),
        ["Running, cancelling"] = New(JobStatus.Running) with { CancelRequested = true },
        ["WaitingForInput"] = New(JobStatus.WaitingForInput) with { Questions = 1, QuestionExpiresAt = T1.AddTicks(1) },
        ["WaitingForInput, expired"] = New(JobStatus.WaitingForInput) with { Questions = 1, QuestionExpiresAt = T1 },
        ["Succeeded, compile InProgress"] = Compiling(CompileStatus.InProgress),
        ["Succeeded, compile InProgress, cancelling"] = Compiling(CompileStatus.InProgress) with { CancelRequested = true },
        ["Succeeded, compile Succeeded"] = Compiling(CompileStatus.Succeeded),
        ["Succeeded, compile Failed"] = Compiling(CompileStatus.Failed),
        ["Failed"] = New(JobStatus.Failed),
        ["Cancelled"] = New(JobStatus.Cancelled),
        ["Merged"] = New(JobStatus.Merged),
        ["Agent Queued"] = Agent(JobStatus.Queued),
        ["Agent Running"] = Agent(JobStatus.Running),
        ["Agent Running, checking"] = Agent(JobStatus.Running) with { SourcesRef = "sources" },
        ["Work Queued"] = Work(JobStatus.Queued),
        ["Work Running"] = Work(JobStatus.Running),
        ["Work Running, planned"] = Work(JobStatus.Running, "plan"),
        ["Work Running, cancelling"] = Work(JobStatus.Running, "plan") with { CancelRequested = true },
        ["Work Succeeded"] = Work(JobStatus.Succeeded, "plan"),
        ["Repository Queued"] = Branch(JobStatus.Queued),
        ["Repository Running"] = Branch(JobStatus.Running),
        ["Repository Running, cancelling"] = Branch(JobStatus.Running) with { CancelRequested = true },
        ["Repository Running, merging"] = Branch(JobStatus.Running) with { SourcesRef = "edits", Step = JobStep.Merging },
        ["Repository Succeeded"] = Branch(JobStatus.Succeeded),
        ["Repository Failed"] = Branch(JobStatus.Failed),
        ["Repository Cancelled"] = Branch(JobStatus.Cancelled),
        ["Repository Merged"] = Branch(JobStatus.Merged),
        ["Agent Succeeded"] = Agent(JobStatus.Succeeded) with { SourcesRef = "sources" },
    };

    private static readonly JobEvent[] Events =
    [
        new JobEvent.AttemptStarted(T1, "Generating"),
        new JobEvent.Progressed(T1, 1, "Still generating"),
        new JobEvent.TurnTaken(T1, 1, "turn", "Wrote a file", new(10, 4, 5)),
        new JobEvent.UsageCounted(T1, 1, new(10, 4, 5)),
        new JobEvent.QuestionAsked(T1, 1, T1.AddDays(7)),
        new JobEvent.QuestionAnswered(T1, 1),
        new JobEvent.QuestionExpired(T1, 1),
        new JobEvent.FilesGenerated(T1, 1, "sources"),
        new JobEvent.Succeeded(T1, 1, "sources", "Built it"),
        new JobEvent.WorkPlanned(T1, 1, "plan", 10),
        new JobEvent.WorkAdvanced(T1, 1, 4, 1),
        new JobEvent.WorkSucceeded(T1, 1, "{}", 10, 1),
        new JobEvent.Failed(T1, "It broke"),
        new JobEvent.CancelAsked(T1),
        new JobEvent.Cancelled(T1),
        new JobEvent.Merged(T1),
        new JobEvent.BranchAdvanced(T1, 1, new BranchFacts { HeadSha = "head" }, "Committed"),
        new JobEvent.MergeStarted(T1, 1),
        new JobEvent.BranchSucceeded(T1, null, new BranchFacts { NotMerged = "Nobody asked for it." }, "Done"),
        new JobEvent.ForgeReported(T1, new BranchFacts { Run = Run(ForgeRunStatus.Running) }),
        new JobEvent.CompileStarted(T1),
        new JobEvent.CompilePhaseEntered(T1, 1, CompilePhase.Build),
        new JobEvent.CompileSucceeded(T1, 1, Bundle),
        new JobEvent.CompileFailed(T1, "src/App.tsx:1:1: error"),
    ];

    public static TheoryData<string, string> AllPairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var state in States.Keys)
        {
            foreach (var change in Events)
            {
                pairs.Add(state, change.GetType().Name);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void Apply_every_event_in_every_state_moves_as_documented_or_is_refused(string state, string eventName)
    {
        var job = States[state];
        var change = Events.Single(e => e.GetType().Name == eventName);

        var transition = JobTransitions.Apply(job, change);

        if (Legal.TryGetValue((state, change.GetType()), out var expected))
        {
            var next = Assert.IsType<Transition.Applied>(transition).Job;
            Assert.Equal(expected, next.Status);
            Assert.Equal(job.Sequence + 1, next.Sequence);
            Assert.Equal(T1, next.UpdatedAt);
            Assert.Equal(next.IsTerminal, next.CompletedAt is not null);
            Assert.Equal(next.Status is JobStatus.WaitingForInput, next.QuestionExpiresAt is not null);
        }
        else
        {
            Assert.NotEmpty(Assert.IsType<Transition.Refused>(transition).Reason);
        }
    }

    [Fact]
    public void Tables_of_this_test_name_every_status_and_every_event()
    {
        Assert.Equal(Enum.GetValues<JobStatus>(), States.Values.Select(job => job.Status).Distinct().Order());
        Assert.Equal(
            typeof(JobEvent).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(JobEvent))).Select(type => type.Name).Order(),
            Events.Select(e => e.GetType().Name).Order());
        Assert.All(Legal.Keys, pair => Assert.Contains(pair.State, States.Keys));
    }

    /// <summary>Every sequence of events behind an accepted cancel, up to four long.</summary>
    [Fact]
    public void Apply_whatever_follows_an_accepted_cancel_ends_as_cancelled()
    {
        foreach (var (name, state) in States.Where(state => state.Value is { IsSettled: false, Step: not JobStep.Merging }))
        {
            var asked = state.CancelRequested ? state : Applied(state, new JobEvent.CancelAsked(T1));
            var reached = new HashSet<Job> { asked };
            for (var step = 0; step < 4; step++)
            {
                foreach (var next in reached.SelectMany(job => Events.Select(change => JobTransitions.Apply(job, change))).OfType<Transition.Applied>().ToList())
                {
                    reached.Add(next.Job with { Sequence = 0 });
                }
            }

            Assert.All(reached.Where(job => job.IsSettled), job => Assert.True(
                job is { Kind: not (JobKind.Work or JobKind.Repository), Status: JobStatus.Cancelled, Error: "The build was cancelled." }
                    or { Kind: JobKind.Work or JobKind.Repository, Status: JobStatus.Cancelled, Error: "The job was cancelled." }
                    or { Compile: { Status: CompileStatus.Failed, FailureDetails: "The build was cancelled.", Bundle: null }, Message: "Build cancelled" },
                $"{name}: {job}"));
            Assert.Contains(reached, job => job.IsSettled);
        }
    }

    public static TheoryData<string> FencedEvents() => ["Progressed", "QuestionAsked", "FilesGenerated", "Succeeded"];

    [Fact]
    public void Apply_of_an_overtaken_attempt_changes_no_branch()
    {
        var overtaken = Applied(Branch(JobStatus.Running), new JobEvent.AttemptStarted(T1, "Again"));

        Assert.IsType<Transition.Refused>(JobTransitions.Apply(overtaken, new JobEvent.BranchAdvanced(T1, 1, new BranchFacts { HeadSha = "late" }, "Late")));
        Assert.IsType<Transition.Refused>(JobTransitions.Apply(overtaken, new JobEvent.MergeStarted(T1, 1)));
        Assert.IsType<Transition.Refused>(JobTransitions.Apply(overtaken, new JobEvent.BranchSucceeded(T1, 1, new BranchFacts(), "Late")));
    }

    [Fact]
    public void Apply_job_that_is_being_merged_is_not_cancelled_any_more()
    {
        var merging = Applied(Branch(JobStatus.Running), new JobEvent.MergeStarted(T1, 1));

        Assert.Contains("being merged", Assert.IsType<Transition.Refused>(JobTransitions.Apply(merging, new JobEvent.CancelAsked(T1))).Reason);
        Assert.Equal(JobStep.Merging, Applied(merging, new JobEvent.AttemptStarted(T1, "Again")).Step);
    }

    [Theory]
    [MemberData(nameof(FencedEvents))]
    public void Apply_write_of_an_overtaken_attempt_is_refused(string eventName)
    {
        var job = States["Agent Running"];
        var overtaken = Assert.IsType<Transition.Applied>(JobTransitions.Apply(job, new JobEvent.AttemptStarted(T1, "Again"))).Job;

        var late = JobTransitions.Apply(overtaken, Events.Single(e => e.GetType().Name == eventName));

        Assert.Equal(2, overtaken.Attempts);
        Assert.Contains("no longer current", Assert.IsType<Transition.Refused>(late).Reason);
    }

    [Theory]
    [InlineData("CompilePhaseEntered")]
    [InlineData("CompileSucceeded")]
    public void Apply_write_of_an_overtaken_compile_is_refused(string eventName)
    {
        var overtaken = Applied(States["Succeeded, compile InProgress"], new JobEvent.CompileStarted(T1));

        var late = JobTransitions.Apply(overtaken, Events.Single(e => e.GetType().Name == eventName));

        Assert.Contains("no longer current", Assert.IsType<Transition.Refused>(late).Reason);
    }

    [Theory]
    [InlineData(CompilePhase.Submitted, false)]
    [InlineData(CompilePhase.PreBuild, false)]
    [InlineData(CompilePhase.Build, false)]
    [InlineData(CompilePhase.UploadArtifacts, true)]
    [InlineData(CompilePhase.Completed, false)]
    public void Apply_phase_after_Build_never_goes_back_and_never_skips_to_the_end(CompilePhase phase, bool legal)
    {
        var building = Applied(States["Succeeded, compile InProgress"], new JobEvent.CompilePhaseEntered(T1, 1, CompilePhase.Build));

        var transition = JobTransitions.Apply(building, new JobEvent.CompilePhaseEntered(T1, 1, phase));

        Assert.Equal(legal, transition is Transition.Applied);
    }

    [Fact]
    public void Apply_whole_life_of_a_build_keeps_its_times_and_its_result()
    {
        var job = States["Queued"] with { Attempts = 0 };
        job = Applied(job, new JobEvent.AttemptStarted(T0.AddSeconds(1), "Generating"));
        job = Applied(job, new JobEvent.AttemptStarted(T0.AddSeconds(2), "Generating again"));
        job = Applied(job, new JobEvent.Succeeded(T0.AddSeconds(3), 2, "sources", "Built it"));
        Assert.False(job.IsSettled);
        job = Applied(job, new JobEvent.CompileStarted(T0.AddSeconds(4)));
        job = Applied(job, new JobEvent.CompilePhaseEntered(T0.AddSeconds(5), 1, CompilePhase.Build));
        job = Applied(job, new JobEvent.CompilePhaseEntered(T0.AddSeconds(6), 1, CompilePhase.UploadArtifacts));
        job = Applied(job, new JobEvent.CompileSucceeded(T0.AddSeconds(7), 1, Bundle));

        Assert.True(job.IsSettled);
        Assert.Equal(JobStep.Complete, job.Step);
        Assert.Equal(T0.AddSeconds(1), job.StartedAt);
        Assert.Equal(T0.AddSeconds(3), job.CompletedAt);
        Assert.Equal(T0.AddSeconds(7), job.UpdatedAt);
        Assert.Equal(7, job.Sequence);
        Assert.Equal("sources", job.SourcesRef);
        Assert.Equal(
            new CompileState(CompileStatus.Succeeded, CompilePhase.Completed, 1, T0.AddSeconds(3), T0.AddSeconds(7), Bundle),
            job.Compile);
    }

    [Fact]
    public void Apply_answer_fences_off_whoever_asked_and_is_taken_once()
    {
        var waiting = Applied(States["Agent Running"], new JobEvent.QuestionAsked(T1, 1, T1.AddDays(7)));
        var answered = Applied(waiting, new JobEvent.QuestionAnswered(T1, 1));

        Assert.Equal((1, JobStep.WaitingForInput), (waiting.Questions, waiting.Step));
        Assert.Equal((JobStep.Generating, (DateTimeOffset?)T1), (answered.Step, answered.AnsweredAt));
        Assert.IsType<Transition.Refused>(JobTransitions.Apply(answered, new JobEvent.QuestionAnswered(T1, 1)));
        Assert.Contains(
            "no longer current",
            Assert.IsType<Transition.Refused>(JobTransitions.Apply(answered, new JobEvent.FilesGenerated(T1, 1, "late"))).Reason);
        Assert.Null(Applied(answered, new JobEvent.AttemptStarted(T1, "On")).AnsweredAt);
    }

    [Fact]
    public void Apply_answer_to_another_question_than_the_open_one_is_refused()
    {
        var second = States["WaitingForInput"] with { Questions = 2 };

        Assert.Contains("question 1 is not open", Assert.IsType<Transition.Refused>(JobTransitions.Apply(second, new JobEvent.QuestionAnswered(T1, 1))).Reason);
        Assert.Contains("question 1 is not open", Assert.IsType<Transition.Refused>(JobTransitions.Apply(second, new JobEvent.QuestionExpired(T1, 1))).Reason);
    }

    [Theory]
    [InlineData(Job.MaxQuestions - 1, true)]
    [InlineData(Job.MaxQuestions, false)]
    public void Apply_question_beyond_the_limit_is_refused(int asked, bool legal)
    {
        var transition = JobTransitions.Apply(States["Running"] with { Questions = asked }, new JobEvent.QuestionAsked(T1, 1, T1.AddDays(7)));

        Assert.Equal(legal, transition is Transition.Applied);
    }

    [Theory]
    [InlineData(Job.MaxTurns - 1, true)]
    [InlineData(Job.MaxTurns, false)]
    public void Apply_turn_beyond_the_limit_is_refused(int taken, bool legal)
    {
        var transition = JobTransitions.Apply(States["Running"] with { Turns = taken }, new JobEvent.TurnTaken(T1, 1, null, "On it", default));

        Assert.Equal(legal, transition is Transition.Applied);
    }

    [Fact]
    public void Apply_turn_keeps_what_the_last_one_left_and_adds_what_it_took()
    {
        var first = Applied(States["Running"], new JobEvent.TurnTaken(T1, 1, "first", "On it", new(10, 4, 5)));
        var second = Applied(first, new JobEvent.TurnTaken(T1, 1, null, "Still on it", new(1, 0, 2)));

        Assert.Equal((2, "first", "Still on it", new ModelUsage(11, 4, 7)), (second.Turns, second.TurnRef, second.Message, second.Usage));
    }

    [Fact]
    public void Apply_attempt_at_an_agent_that_has_files_goes_on_with_checking_them()
    {
        var checking = Applied(States["Agent Running"], new JobEvent.FilesGenerated(T1, 1, "sources"));

        Assert.Equal(JobStep.Compiling, Applied(checking, new JobEvent.AttemptStarted(T1, "Checking types")).Step);
    }

    [Fact]
    public void Apply_event_from_a_slow_clock_does_not_move_UpdatedAt_back()
    {
        var job = Applied(States["Running"], new JobEvent.Progressed(T0.AddSeconds(9), 1, "Later"));

        Assert.Equal(T0.AddSeconds(9), Applied(job, new JobEvent.Progressed(T0, 1, "From a slow clock")).UpdatedAt);
    }

    [Fact]
    public void Apply_compile_failure_is_refused_from_an_overtaken_attempt_and_taken_from_outside()
    {
        var overtaken = Applied(Applied(States["Succeeded, compile InProgress"], new JobEvent.CompileStarted(T1)), new JobEvent.CompileStarted(T1));

        var late = JobTransitions.Apply(overtaken, new JobEvent.CompileFailed(T1, "Out of memory", overtaken.Compile!.Attempts - 1));
        var current = Applied(overtaken, new JobEvent.CompileFailed(T1, "error", overtaken.Compile.Attempts));
        var givenUp = Applied(overtaken, new JobEvent.CompileFailed(T1, "given up"));

        Assert.Contains("no longer current", Assert.IsType<Transition.Refused>(late).Reason);
        Assert.Equal(CompileStatus.Failed, current.Compile!.Status);
        Assert.Equal(CompileStatus.Failed, givenUp.Compile!.Status);
    }

    [Theory]
    [InlineData(Job.MaxErrorLength, false)]
    [InlineData(Job.MaxErrorLength + 1, true)]
    public void Apply_error_longer_than_the_limit_is_cut(int length, bool cut)
    {
        var error = Applied(States["Running"], new JobEvent.Failed(T1, new string('x', length))).Error!;

        Assert.Equal(Job.MaxErrorLength, error.Length);
        Assert.Equal(cut, error.EndsWith('…'));
    }

    [Theory]
    [InlineData(Job.MaxMessageLength, false)]
    [InlineData(Job.MaxMessageLength + 1, true)]
    public void Apply_message_longer_than_the_limit_is_cut(int length, bool cut)
    {
        var message = Applied(States["Running"], new JobEvent.Progressed(T1, 1, new string('x', length))).Message;

        Assert.Equal(Job.MaxMessageLength, message.Length);
        Assert.Equal(cut, message.EndsWith('…'));
    }

    [Fact]
    public void Apply_progress_of_work_never_goes_back_and_is_100_only_at_the_end()
    {
        var job = Applied(States["Work Running, planned"], new JobEvent.WorkAdvanced(T1, 1, 4, 1));
        Assert.Equal((4, 1, 40, "4 of 10 done"), (job.Work!.Done, job.Work.Errors, job.Work.Progress, job.Message));

        job = Applied(job, new JobEvent.WorkAdvanced(T1, 1, 6, 0));
        Assert.Equal(WorkState.MaxProgress, job.Work!.Progress);

        var grown = Applied(job with { Work = job.Work with { Known = 100 } }, new JobEvent.WorkAdvanced(T1, 1, 1, 0));
        Assert.Equal(WorkState.MaxProgress, grown.Work!.Progress);

        var end = Applied(job, new JobEvent.WorkSucceeded(T1, 1, "{}", 10, 1));
        Assert.Equal((100, "{}", JobStep.Complete), (end.Work!.Progress, end.Work.Result, end.Step));
    }

    [Fact]
    public void Apply_progress_of_work_that_finds_more_on_its_way_stays_where_it_was()
    {
        var job = Applied(States["Work Running, planned"], new JobEvent.WorkAdvanced(T1, 1, 4, 1, Left: 4));
        Assert.Equal((8, 50, "4 of 8 done"), (job.Work!.Known, job.Work.Progress, job.Message));

        job = Applied(job, new JobEvent.WorkAdvanced(T1, 1, 1, 0, Left: 95));
        Assert.Equal((100, 50, "5 of 100 done"), (job.Work!.Known, job.Work.Progress, job.Message));

        job = Applied(job, new JobEvent.WorkAdvanced(T1, 1, 55, 0, Left: 40));
        Assert.Equal((100, 60), (job.Work!.Known, job.Work.Progress));

        job = Applied(job, new JobEvent.WorkAdvanced(T1, 1, 0, 0, Left: 0));
        Assert.Equal((60, WorkState.MaxProgress), (job.Work!.Known, job.Work.Progress));
    }

    [Fact]
    public void Apply_of_an_overtaken_attempt_changes_no_work()
    {
        var overtaken = Applied(States["Work Running, planned"], new JobEvent.AttemptStarted(T1, "Again"));

        Assert.IsType<Transition.Refused>(JobTransitions.Apply(overtaken, new JobEvent.WorkAdvanced(T1, 1, 1, 0)));
        Assert.IsType<Transition.Refused>(JobTransitions.Apply(overtaken, new JobEvent.WorkSucceeded(T1, 1, "{}", 10, 0)));
    }

    [Fact]
    public void Apply_merge_that_is_told_before_the_run_has_ended_is_final_and_what_comes_later_completes_it()
    {
        var merged = Applied(Branch(JobStatus.Running), new JobEvent.ForgeReported(T1, new BranchFacts { PullRequest = PullRequest(ForgePullRequestStatus.Merged) }));
        var completed = Applied(merged, new JobEvent.ForgeReported(T1, new BranchFacts { Run = Run(ForgeRunStatus.Succeeded) }));
        var filled = Applied(completed, new JobEvent.ForgeReported(T1, new BranchFacts { Log = new BranchLog("Done"), Files = new BranchFiles(["a.md"], 1) }));

        Assert.Equal((JobStatus.Merged, JobStatus.Merged, JobStatus.Merged), (merged.Status, completed.Status, filled.Status));
        Assert.Equal((ForgeRunStatus.Succeeded, "Done", "a.md"), (filled.Repository!.Run!.Status, filled.Repository.Log!.Tail, filled.Repository.Files!.First.Single()));
        Assert.IsType<Transition.Refused>(JobTransitions.Apply(filled, new JobEvent.BranchSucceeded(T1, null, new BranchFacts(), "Done")));
        Assert.IsType<Transition.Refused>(JobTransitions.Apply(filled, new JobEvent.Failed(T1, "Late")));
        Assert.IsType<Transition.Refused>(
            JobTransitions.Apply(filled, new JobEvent.ForgeReported(T1, new BranchFacts { PullRequest = PullRequest(ForgePullRequestStatus.Closed) })));
    }

    [Fact]
    public void Apply_job_that_failed_is_merged_when_the_forge_says_so_and_keeps_its_error()
    {
        var job = Applied(Applied(Branch(JobStatus.Running), new JobEvent.Failed(T1, "The run failed.")), new JobEvent.ForgeReported(T1, new BranchFacts { PullRequest = PullRequest(ForgePullRequestStatus.Merged) }));

        Assert.Equal((JobStatus.Merged, "The run failed."), (job.Status, job.Error));
    }

    [Fact]
    public void Apply_branch_that_was_merged_before_its_work_is_known_to_be_done_is_merged_once_it_is()
    {
        var known = Branch(JobStatus.Running);
        known = known with { Repository = known.Repository! with { PullRequest = PullRequest(ForgePullRequestStatus.Merged) } };

        Assert.Equal(JobStatus.Merged, Applied(known, new JobEvent.BranchSucceeded(T1, null, new BranchFacts(), "Done")).Status);
    }

    [Theory]
    [InlineData(7, 1, ForgeRunStatus.Queued, 7, 1, ForgeRunStatus.Running, true)]
    [InlineData(7, 1, ForgeRunStatus.Running, 7, 1, ForgeRunStatus.Queued, false)]
    [InlineData(7, 1, ForgeRunStatus.Succeeded, 7, 1, ForgeRunStatus.Running, false)]
    [InlineData(7, 1, ForgeRunStatus.Succeeded, 7, 1, ForgeRunStatus.Failed, false)]
    [InlineData(7, 2, ForgeRunStatus.Running, 7, 1, ForgeRunStatus.Failed, false)]
    [InlineData(7, 1, ForgeRunStatus.Failed, 7, 2, ForgeRunStatus.Running, true)]
    [InlineData(7, 1, ForgeRunStatus.Running, 6, 9, ForgeRunStatus.Failed, false)]
    [InlineData(7, 1, ForgeRunStatus.Failed, 8, 1, ForgeRunStatus.Queued, true)]
    public void Apply_fact_of_an_older_run_attempt_or_state_changes_nothing(
        long knownId, int knownAttempt, ForgeRunStatus known, long toldId, int toldAttempt, ForgeRunStatus told, bool isNew)
    {
        var job = Branch(JobStatus.Running);
        job = job with { Repository = job.Repository! with { Run = Run(known, knownId, knownAttempt) } };

        var transition = JobTransitions.Apply(job, new JobEvent.ForgeReported(T1, new BranchFacts { Run = Run(told, toldId, toldAttempt) }));

        Assert.Equal(isNew, transition is Transition.Applied { Job.Repository.Run: var run } && run == Run(told, toldId, toldAttempt));
    }

    [Theory]
    [InlineData(42, ForgePullRequestStatus.Open, 42, ForgePullRequestStatus.Closed, true)]
    [InlineData(42, ForgePullRequestStatus.Closed, 42, ForgePullRequestStatus.Open, false)]
    [InlineData(42, ForgePullRequestStatus.Closed, 42, ForgePullRequestStatus.Merged, true)]
    [InlineData(42, ForgePullRequestStatus.Merged, 43, ForgePullRequestStatus.Open, false)]
    [InlineData(42, ForgePullRequestStatus.Closed, 43, ForgePullRequestStatus.Open, true)]
    [InlineData(42, ForgePullRequestStatus.Open, 41, ForgePullRequestStatus.Closed, false)]
    public void Apply_fact_of_an_older_pull_request_or_state_changes_nothing(int known, ForgePullRequestStatus status, int told, ForgePullRequestStatus toldStatus, bool isNew)
    {
        var job = Branch(JobStatus.Succeeded);
        job = job with { Repository = job.Repository! with { PullRequest = PullRequest(status, known) } };

        var transition = JobTransitions.Apply(job, new JobEvent.ForgeReported(T1, new BranchFacts { PullRequest = PullRequest(toldStatus, told) }));

        Assert.Equal(isNew, transition is Transition.Applied { Job.Repository.PullRequest: var now } && now == PullRequest(toldStatus, told));
    }

    [Fact]
    public void Apply_fact_of_the_job_that_was_on_the_branch_before_changes_nothing()
    {
        var job = Branch(JobStatus.Queued);
        job = job with { Repository = job.Repository! with { Round = 1, EarlierRunId = 7, EarlierPullRequest = 42 } };

        Assert.IsType<Transition.Refused>(JobTransitions.Apply(job, new JobEvent.ForgeReported(T1, new BranchFacts { Run = Run(ForgeRunStatus.Failed) })));
        Assert.IsType<Transition.Refused>(JobTransitions.Apply(job, new JobEvent.ForgeReported(T1, new BranchFacts { PullRequest = PullRequest(ForgePullRequestStatus.Merged) })));
        Assert.Equal(JobStatus.Running, Applied(job, new JobEvent.ForgeReported(T1, new BranchFacts { Run = Run(ForgeRunStatus.Running, id: 8) })).Status);
    }

    [Theory]
    [InlineData("start", JobStatus.Running)]
    [InlineData("before", JobStatus.Running)]
    [InlineData("work", JobStatus.Merged)]
    [InlineData(null, JobStatus.Merged)]
    public void Apply_merge_of_the_pull_request_of_before_is_the_jobs_own_only_with_its_work_in_it(string? mergedSha, JobStatus expected)
    {
        var merged = PullRequest(ForgePullRequestStatus.Merged) with { HeadSha = mergedSha };

        var told = Applied(FollowUp() with { Repository = FollowUp().Repository! with { StartSha = "start" } }, new JobEvent.ForgeReported(T1, new BranchFacts { PullRequest = merged }));

        Assert.Equal(expected, told.Status);
        Assert.Equal(expected is JobStatus.Merged ? merged : null, told.Repository!.PullRequest);
        if (expected is not JobStatus.Merged)
        {
            Assert.IsType<Transition.Refused>(JobTransitions.Apply(told, new JobEvent.ForgeReported(T1, new BranchFacts { PullRequest = merged })));
            var own = Applied(told, new JobEvent.ForgeReported(T1, new BranchFacts { PullRequest = PullRequest(ForgePullRequestStatus.Open, 43) }));
            Assert.Equal(43, own.Repository!.PullRequest!.Number);
            Assert.Equal(JobStatus.Succeeded, Applied(own, new JobEvent.BranchSucceeded(T1, null, new BranchFacts(), "Done")).Status);
        }
    }

    [Theory]
    [InlineData("before", JobStatus.Succeeded)]
    [InlineData("work", JobStatus.Merged)]
    public void Apply_merge_that_is_told_before_it_is_known_where_the_job_began_waits_for_that(string mergedSha, JobStatus expected)
    {
        var told = Applied(FollowUp(), new JobEvent.ForgeReported(T1, new BranchFacts { PullRequest = PullRequest(ForgePullRequestStatus.Merged) with { HeadSha = mergedSha } }));
        var begun = Applied(told, new JobEvent.ForgeReported(T1, new BranchFacts { StartSha = "start" }));

        Assert.Equal(JobStatus.Running, told.Status);
        Assert.Equal(expected, begun.Status is JobStatus.Merged ? begun.Status : Applied(begun, new JobEvent.BranchSucceeded(T1, null, new BranchFacts(), "Done")).Status);
    }

    [Fact]
    public void Apply_reason_for_not_merging_longer_than_the_limit_is_cut_and_goes_with_the_merge()
    {
        var job = Applied(Branch(JobStatus.Running), new JobEvent.BranchSucceeded(T1, 1, new BranchFacts { NotMerged = new string('x', RepositoryState.MaxReasonLength + 1) }, "Done"));

        Assert.Equal(RepositoryState.MaxReasonLength, job.Repository!.NotMerged!.Length);
        Assert.Null(Applied(job, new JobEvent.Merged(T1)).Repository!.NotMerged);
    }

    [Fact]
    public void Key_of_a_repository_at_GitHub_is_the_same_in_either_case_and_that_of_a_folder_is_not()
    {
        Assert.Equal(RepositoryState.KeyOf(RepositoryKind.GitHub, "Acme/Site"), RepositoryState.KeyOf(RepositoryKind.GitHub, "acme/site"));
        Assert.NotEqual(RepositoryState.KeyOf(RepositoryKind.Local, "/srv/Site"), RepositoryState.KeyOf(RepositoryKind.Local, "/srv/site"));
        Assert.NotEqual(RepositoryState.KeyOf(RepositoryKind.Local, "acme/site"), RepositoryState.KeyOf(RepositoryKind.GitHub, "acme/site"));
    }

    [Fact]
    public void Apply_cut_does_not_split_a_surrogate_pair()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("😀", Job.MaxMessageLength));

        var message = Applied(States["Running"], new JobEvent.Progressed(T1, 1, text)).Message;

        Assert.Equal("x" + string.Concat(Enumerable.Repeat("😀", (Job.MaxMessageLength / 2) - 1)) + "…", message);
    }

    [Theory]
    [InlineData(CompileResult.MaxDetailsLength, false)]
    [InlineData(CompileResult.MaxDetailsLength + 1, true)]
    public void Apply_failure_details_longer_than_the_limit_are_cut(int length, bool cut)
    {
        var details = Applied(States["Succeeded, compile InProgress"], new JobEvent.CompileFailed(T1, new string('x', length))).Compile!.FailureDetails!;

        Assert.Equal(CompileResult.MaxDetailsLength, details.Length);
        Assert.Equal(cut, details.EndsWith('…'));
    }

    private static Job Applied(Job job, JobEvent change) => Assert.IsType<Transition.Applied>(JobTransitions.Apply(job, change)).Job;

    private static Job Compiling(CompileStatus status) => New(JobStatus.Succeeded) with
    {
        SourcesRef = "sources",
        Compile = new CompileState(status, CompilePhase.PreBuild, Attempts: 1, T0, status is CompileStatus.InProgress ? null : T0),
    };

    private static Job Work(JobStatus status, string? plan = null) => New(status) with
    {
        Kind = JobKind.Work,
        BuildId = null,
        Work = new WorkState("import", PlanRef: plan, Known: plan is null ? 0 : 10),
    };

    private static Job Branch(JobStatus status) => New(status) with
    {
        Kind = JobKind.Repository,
        BuildId = null,
        Repository = new RepositoryState("acme/site", RepositoryKind.GitHub, "key", "job/abc12345", "main", AutoMerge: false, CreatePullRequest: true),
    };

    /// <summary>A job that goes on where another has ended, whose pull request is open.</summary>
    private static Job FollowUp()
    {
        var job = Branch(JobStatus.Running);
        var pullRequest = PullRequest(ForgePullRequestStatus.Open) with { HeadSha = "before" };
        return job with { Repository = job.Repository! with { Round = 1, InheritedPullRequest = 42, InheritedSha = "before", PullRequest = pullRequest } };
    }

    private static ForgeRun Run(ForgeRunStatus status, long id = 7, int attempt = 1) => new(id, "https://github.example/runs/7", status, "head", attempt);

    private static ForgePullRequest PullRequest(ForgePullRequestStatus status, int number = 42) => new(number, "https://github.example/pull/42", status);

    private static Job Agent(JobStatus status) => New(status) with { Kind = JobKind.AgentBuild, BuildId = null };

    private static Job New(JobStatus status) => new()
    {
        Id = "job_1776081418601_b5049f7fd47c",
        Tenant = "tenant",
        Owner = "user",
        Kind = JobKind.WidgetBuild,
        ResourceId = "Wbk5MPTfzx",
        BuildId = "EmbeddableAppBuilder:557c1aeb-0000-0000-0000-000000000000",
        InputRef = "input",
        Status = status,
        Message = "A message",
        Attempts = 1,
        CreatedAt = T0,
        UpdatedAt = T0,
        CompletedAt = status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled or JobStatus.Merged ? T0 : null,
    };
}
