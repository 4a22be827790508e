using System.Text.Json;
using Jobs.Functions.Capacity;
using Jobs.Functions.Orchestrations;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>Work that finds out on its way what there is to do: batches that each name the next.</summary>
public sealed class FollowingBatchTests
{
    private const string Fault = "The job failed because of a fault on our side.";

    [Fact]
    public async Task Batches_are_done_one_after_the_other_and_their_results_stand_in_that_order()
    {
        var handler = new RowHandler(20);
        await using var app = await StartAsync(handler);

        var id = await app.Client.CreateJobAsync("test_row", new { });
        var job = await app.Client.WaitForWorkAsync(id);

        Assert.Equal(("completed", 20), (job.Status(), job.GetProperty("result").GetProperty("batches").GetInt32()));
        Assert.Equal(Enumerable.Range(0, 20), (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results", limit: 3)).Select(item => item.GetProperty("number").GetInt32()));
        Assert.Equal(1, handler.MostAtOnce);
        // What a batch needed is gone with it, but for what was planned.
        var artifacts = app.Services.GetRequiredService<ArtifactStore>();
        foreach (var (number, reference) in handler.Refs.Index())
        {
            Assert.Equal(number == 0, await artifacts.FindAsync("acme", id, reference, CancellationToken.None) is not null);
        }
    }

    [Fact]
    public async Task Failed_batch_is_tried_again_and_none_before_it_is()
    {
        var failures = 0;
        var handler = new RowHandler(5) { Before = number => number == 3 && ++failures == 1 ? throw new WorkException("Not yet.", isTransient: true) : Task.CompletedTask };
        await using var app = await StartAsync(handler);

        var job = await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("test_row", new { }));

        Assert.Equal("completed", job.Status());
        Assert.Equal([0, 1, 2, 3, 3, 4], handler.Runs);
    }

    [Fact]
    public async Task Batch_that_is_due_later_waits_without_a_place_and_comes_no_sooner_when_it_is_called()
    {
        var time = new ManualTimeProvider();
        var handler = new RowHandler(2) { Delay = TimeSpan.FromMinutes(10), Time = time };
        await using var app = await StartAsync(handler, time);
        var due = time.GetUtcNow() + handler.Delay;
        var id = await app.Client.CreateJobAsync("test_row", new { });
        await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);
        await WaitUntilAsync(() => time.HasTimerAt(due));

        await app.DurableClient.RaiseEventAsync(id, Turns.CalledEvent, true);
        time.Advance(handler.Delay - WorkLimits.LongestWait - TimeSpan.FromSeconds(1));
        await app.DurableClient.RaiseEventAsync(id, Turns.CalledEvent, true);
        Assert.Equal([0], handler.Runs);
        // All places that one organisation may have are free.
        var slots = app.Services.GetRequiredService<WorkTurns>().Batches;
        var places = Enumerable.Range(0, WorkTurns.MaxBatchesOfOne).Select(number => slots.TryEnter("acme", new($"other {number}")).Place).ToList();
        Assert.All(places, Assert.NotNull);
        places.ForEach(place => place!.Leave());

        await time.AdvanceUntilAsync(() => handler.Runs.Count == 2);
        Assert.True(handler.Times[1] >= due - WorkLimits.LongestWait);
        Assert.Equal("completed", (await app.Client.WaitForWorkAsync(id)).Status());
    }

    [Fact]
    public async Task Job_that_waits_for_a_batch_that_is_due_later_is_cancelled_at_once()
    {
        // Its clock stands still.
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(new RowHandler(2) { Delay = TimeSpan.FromMinutes(10), Time = time }, time);
        var id = await app.Client.CreateJobAsync("test_row", new { });
        await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);

        using var cancel = await app.Client.PostAsync($"v1/api/jobs/{id}/cancel", null);

        Assert.Equal("cancelled", (await app.Client.WaitForWorkAsync(id)).Status());
        Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results"));
    }

    [Theory]
    [InlineData(WorkLimits.MaxBatches, 2, null)]
    [InlineData(WorkLimits.MaxBatches + 1, 4, Fault)]
    public async Task Row_has_so_many_batches_at_most(int batches, int runs, string? error)
    {
        // The last of those that are planned, and one more; that one is tried three times when it names a further one.
        var handler = new RowHandler(batches) { First = WorkLimits.MaxBatches - 2 };
        await using var app = await StartAsync(handler);

        var job = await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("test_row", new { }));

        Assert.Equal(error, job.TryGetProperty("error", out var found) ? found.GetString() : null);
        Assert.Equal(runs, handler.Runs.Count);
    }

    [Fact]
    public async Task Only_the_last_batch_of_a_plan_may_name_another()
    {
        var handler = new RowHandler(3) { Planned = 2 };
        await using var app = await StartAsync(handler);

        var job = await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("test_row", new { }));

        Assert.Equal(("failed", Fault), (job.Status(), job.GetProperty("error").GetString()));
    }

    private static Task<TestApp> StartAsync(RowHandler handler, TimeProvider? time = null) => TestApp.StartAsync(services =>
    {
        services.AddSingleton<IJobHandler>(handler);
        if (time is not null)
        {
            services.AddSingleton(time);
        }
    });

    private static async Task WaitUntilAsync(Func<bool> isThere)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !isThere(); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not come to that.");
        }
    }

    /// <summary>Work of so many batches in a row, of which only the first is planned.</summary>
    private sealed class RowHandler(int batches) : IJobHandler
    {
        private readonly Lock _lock = new();
        private int _atOnce;

        /// <summary>What a batch waits for.</summary>
        public Func<int, Task> Before { get; init; } = _ => Task.CompletedTask;

        /// <summary>The clock by which batches are due.</summary>
        public TimeProvider Time { get; init; } = TimeProvider.System;

        /// <summary>How much later than its predecessor a batch is due.</summary>
        public TimeSpan Delay { get; init; }

        /// <summary>How many batches are planned; more than one is a mistake.</summary>
        public int Planned { get; init; } = 1;

        /// <summary>The first batch's number; those before it are planned and do nothing.</summary>
        public int First { get; init; }

        /// <summary>The batches that were begun, in that order.</summary>
        public List<int> Runs { get; } = [];

        /// <summary>When each was begun.</summary>
        public List<DateTimeOffset> Times { get; } = [];

        /// <summary>What each batch was given.</summary>
        public List<string> Refs { get; } = [];

        public int MostAtOnce { get; private set; }

        public string Type => "test_row";

        public JobContract Contract => JobContract.Platform;

        public IReadOnlyList<InputError> Check(JsonElement input) => [];

        public async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, CancellationToken cancellationToken)
        {
            var planned = new List<PlannedBatch>();
            for (var number = 0; number < First + Planned; number++)
            {
                planned.Add(new PlannedBatch(await work.WriteAsync([number], cancellationToken), 1));
            }

            return planned;
        }

        public async Task<BatchOutcome> RunAsync(WorkContext work, PlannedBatch batch, CancellationToken cancellationToken)
        {
            var number = (await work.ReadAsync<int>(batch.Ref, cancellationToken))[0];
            if (number < First)
            {
                return new BatchOutcome(new Dictionary<string, int>(), [], []);
            }

            lock (_lock)
            {
                Runs.Add(number);
                Times.Add(Time.GetUtcNow());
                Refs.Add(batch.Ref);
                MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
            }

            try
            {
                await Before(number);
                return new BatchOutcome(new Dictionary<string, int>(), [new { number }], [])
                {
                    Done = 1,
                    Next = number + 1 < batches
                        ? new NextBatch(await work.WriteAsync([number + 1], cancellationToken), batches - number - 1, Time.GetUtcNow() + Delay)
                        : null,
                };
            }
            finally
            {
                lock (_lock)
                {
                    _atOnce--;
                }
            }
        }

        public Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken) =>
            Task.FromResult(new WorkEnd(new { batches = batches.Count }));
    }
}
