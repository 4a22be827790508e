using System.Text;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Functions.Capacity;
using Jobs.Functions.JobTypes.Import;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>What bounds work: each limit at it, and one past it.</summary>
public sealed class WorkLimitsTests
{
    private const string Fault = "The job failed because of a fault on our side.";
    private const string EmptyResult = """{"text":""}""";

    [Fact]
    public async Task Batch_that_never_answers_is_given_up_after_its_time_and_tried_three_times()
    {
        var time = new ManualTimeProvider();
        var never = new TaskCompletionSource();
        var handler = new FakeJobHandler { Batches = 1, Before = _ => never.Task };
        await using var app = await WorkApp.StartAsync(handler, time);
        var started = time.GetUtcNow();

        // The clock stands still until the plan is there, which has its own three minutes, and then goes so slowly that no pause of the machine brings the job to its deadline.
        var job = await EndAsync(app, time, () => handler.Runs > 0 ? TimeSpan.FromSeconds(2) : TimeSpan.Zero);

        Assert.Equal(("failed", "A part of the work took too long."), (job.Status(), job.GetProperty("error").GetString()));
        Assert.Equal(WorkLimits.MaxAttempts, handler.Runs);
        Assert.True(time.GetUtcNow() - started >= WorkLimits.MaxAttempts * WorkLimits.StepTimeLimit);
    }

    [Theory]
    [InlineData(true, -1, 1)]
    [InlineData(true, 1, 2)]
    [InlineData(false, -1, 2)]
    public async Task Batch_that_has_asked_a_model_has_the_models_time_beside_its_own(bool asks, int seconds, int attempts)
    {
        var time = new ManualTimeProvider();
        var never = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = OpenAiAnswers.Stream(["Yes"]);
        var runs = 0;
        var isWaiting = false;
        var handler = new FakeJobHandler(async (_, _) =>
        {
            if (Interlocked.Increment(ref runs) == 1)
            {
                Volatile.Write(ref isWaiting, true);
                await never.Task;
            }

            return FakeJobHandler.OneResult;
        })
        {
            Type = AnalysisApp.TestType,
            Contract = JobContract.Analysis,
            Batches = 1,
            Before = work => asks ? work.Model!.AskAsync(new ModelQuestion("Ready?"), CancellationToken.None) : Task.CompletedTask,
        };
        await using var app = await AnalysisApp.StartAsync(handler, time, arguments: AnalysisApp.Ai(server, "--Ai:TurnTimeLimit", "00:04:00"));
        using var user = await app.NewUserAsync("ann");
        var id = await user.CreateAnalysisJobAsync();
        await UntilAsync(() => Volatile.Read(ref isWaiting));
        time.Advance(WorkLimits.StepTimeLimit);
        await UntilAsync(() => !asks || time.HasTimerAt(time.GetUtcNow() + TimeSpan.FromMinutes(4)));
        time.Advance(TimeSpan.FromMinutes(4) + TimeSpan.FromSeconds(seconds));

        never.SetResult();
        await time.AdvanceUntilAsync(async () => (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!.IsTerminal);

        var job = (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!;
        Assert.Equal((JobStatus.Succeeded, attempts), (job.Status, job.Attempts));
    }

    [Fact]
    public async Task Ends_of_one_organisation_leave_places_for_others()
    {
        var gate = new TaskCompletionSource();
        var ends = 0;
        var handler = new FakeJobHandler
        {
            Batches = 1,
            BeforeEnd = work =>
            {
                if (work.Tenant != "acme")
                {
                    return Task.CompletedTask;
                }

                Interlocked.Increment(ref ends);
                return gate.Task;
            },
        };
        await using var app = await WorkApp.StartAsync(handler);
        var jobs = new List<string>();
        for (var i = 0; i <= WorkTurns.MaxBatchesOfOne; i++)
        {
            jobs.Add(await app.Client.CreateJobAsync("test_work", new { }));
        }

        await UntilAsync(() => Volatile.Read(ref ends) == WorkTurns.MaxBatchesOfOne);
        var other = await app.OtherTenant.WaitForWorkAsync(await app.OtherTenant.CreateJobAsync("test_work", new { }));
        var underWay = Volatile.Read(ref ends);
        gate.SetResult();

        Assert.Equal(("completed", WorkTurns.MaxBatchesOfOne), (other.Status(), underWay));
        foreach (var id in jobs)
        {
            Assert.Equal("completed", (await app.Client.WaitForWorkAsync(id)).Status());
        }
    }

    [Fact]
    public async Task Job_that_is_not_done_at_its_deadline_fails()
    {
        var time = new ManualTimeProvider();
        var handler = new FakeJobHandler { Batches = WorkLimits.MaxBatches, Before = _ => Task.Delay(TimeSpan.FromMinutes(2), time) };
        await using var app = await WorkApp.StartAsync(handler, time);
        var started = time.GetUtcNow();

        // The clock stands still while anything but the batches takes time: a step has three minutes.
        var job = await EndAsync(app, time, () => handler.Waiting == WorkLimits.MaxInFlight ? TimeSpan.FromSeconds(30) : TimeSpan.Zero);

        Assert.Equal(("failed", "The job was not done after 60 minutes."), (job.Status(), job.GetProperty("error").GetString()));
        Assert.True(time.GetUtcNow() - started >= WorkLimits.Deadline);
        Assert.InRange(handler.Runs, WorkLimits.MaxInFlight, 40 * WorkLimits.MaxInFlight);
    }

    [Fact]
    public async Task Plan_of_as_many_batches_as_may_be_is_begun_and_one_of_more_is_not()
    {
        var most = new FakeJobHandler { Batches = WorkLimits.MaxBatches };
        await using (var app = await WorkApp.StartAsync(most))
        {
            var id = await app.Client.CreateJobAsync("test_work", new { });
            await app.Client.WaitForWorkAsync(id, _ => most.Runs > 0);
            using var cancel = await app.Client.PostAsync($"v1/api/jobs/{id}/cancel", null);
            Assert.Equal("cancelled", (await app.Client.WaitForWorkAsync(id)).Status());
        }

        var more = new FakeJobHandler { Batches = WorkLimits.MaxBatches + 1 };
        await using var other = await WorkApp.StartAsync(more);
        Assert.Equal(Fault, ErrorOf(await other.Client.WaitForWorkAsync(await other.Client.CreateJobAsync("test_work", new { }))));
        Assert.Equal(0, more.Runs);
    }

    [Theory]
    [InlineData(WorkState.MaxResultLength, true)]
    [InlineData(WorkState.MaxResultLength + 1, false)]
    public async Task Result_of_so_many_characters_stands_in_lists_too_and_a_larger_one_is_read_with_its_job(int length, bool isListed)
    {
        var text = new string('\u00e9', length - EmptyResult.Length);
        await using var app = await WorkApp.StartAsync(new FakeJobHandler { Result = new { text } });

        var job = await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("test_work", new { }));

        Assert.Equal(text, job.GetProperty("result").GetProperty("text").GetString());
        var listed = Assert.Single(await app.Client.ReadAllAsync("v1/api/jobs", limit: 100)).GetProperty("result");
        Assert.Equal(isListed ? JsonValueKind.Object : JsonValueKind.Null, listed.ValueKind);
    }

    [Theory]
    [InlineData(WorkLimits.MaxResultBytes, null)]
    [InlineData(WorkLimits.MaxResultBytes + 1, "The result has more than 16 MiB.")]
    public async Task Result_may_have_so_many_bytes(int bytes, string? error)
    {
        await using var app = await WorkApp.StartAsync(new FakeJobHandler { Result = new { text = new string('x', bytes - EmptyResult.Length) } });

        Assert.Equal(error, ErrorOf(await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("test_work", new { }))));
    }

    [Theory]
    [InlineData(WorkService.MaxLookedAt, 1)]
    [InlineData(WorkService.MaxLookedAt + 1, 2)]
    public async Task Page_of_jobs_in_a_state_looks_at_so_many(int jobs, int pages)
    {
        await using var app = await WorkApp.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, jobs), async (number, cancellation) =>
        {
            var job = new Job
            {
                Id = Ids.NewJobId(DateTimeOffset.UnixEpoch.AddDays(20_000).AddSeconds(number)),
                Tenant = "acme",
                Owner = "ann",
                Kind = JobKind.Work,
                ResourceId = "x",
                InputRef = "x",
                Work = new WorkState("test_work"),
                Message = "Waiting to start",
                CreatedAt = DateTimeOffset.UnixEpoch,
                UpdatedAt = DateTimeOffset.UnixEpoch,
            };
            await app.Services.GetRequiredService<JobListStore>().AddAsync(job, cancellation);
            await app.Services.GetRequiredService<JobStore>().CreateAsync(job, cancellation);
        });

        var read = 0;
        for (string? cursor = null; read == 0 || cursor is not null; read++)
        {
            var page = await app.Client.GetDataAsync($"v1/api/jobs?status=failed{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.Empty(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }

        // One that has looked at as many as it may cannot know whether there are more.
        Assert.Equal(pages + (jobs == WorkService.MaxLookedAt ? 1 : 0), read);
    }

    [Theory]
    [InlineData(ImportHandler.MaxBatchRows, 1, 1)]
    [InlineData(ImportHandler.MaxBatchRows + 1, 1, 2)]
    [InlineData(2, ImportHandler.MaxBatchCharacters / 2, 1)]
    [InlineData(2, (ImportHandler.MaxBatchCharacters / 2) + 1, 2)]
    public async Task Batch_of_an_import_has_so_many_rows_or_characters(int rows, int characters, int batches)
    {
        await using var app = await WorkApp.StartAsync();
        var text = new string('x', characters);
        using var upload = await app.Client.PostAsync(
            "v1/api/uploads",
            new ByteArrayContent(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, rows).Select(number => $$"""{"title":"{{number}}","text":"{{text}}"}""" + "\n")))));
        var uploadId = (await upload.ReadJsonAsync()).GetProperty("data").GetProperty("uploadId").GetString()!;

        var id = await app.Client.CreateJobAsync("import", new { format = "jsonl", uploadId });
        var job = await app.Client.WaitForWorkAsync(id);

        Assert.Equal(rows, job.GetProperty("result").GetProperty("documentsCreated").GetInt32());
        Assert.Equal(batches, await app.Services.GetRequiredService<WorkBatchStore>().ListAsync(id, from: 0, CancellationToken.None).CountAsync());
    }

    private static string? ErrorOf(JsonElement job) => job.TryGetProperty("error", out var error) ? error.GetString() : null;

    /// <summary>Creates a job, and moves the clock on until it has ended, each time by what <paramref name="step"/> says.</summary>
    private static async Task<JsonElement> EndAsync(TestApp app, ManualTimeProvider time, Func<TimeSpan> step)
    {
        var jobId = await app.Client.CreateJobAsync("test_work", new { });
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (true)
        {
            var job = await app.Client.GetDataAsync($"v1/api/jobs/{jobId}");
            if (job.Status() is "completed" or "failed" or "cancelled")
            {
                return job;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The job does not end: {job}");
            time.Advance(step());
            await Task.Delay(10);
        }
    }

    private static async Task UntilAsync(Func<bool> isThere)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !isThere(); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not get there.");
        }
    }
}
