using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>The app with one type of work more, which does what a test says, and short ways to what contract 004 gives.</summary>
internal static class WorkApp
{
    public static Task<TestApp> StartAsync(FakeJobHandler? handler = null, params string[] arguments) =>
        TestApp.StartAsync(services => services.AddSingleton<IJobHandler>(handler ?? new FakeJobHandler()), arguments: arguments);

    public static Task<TestApp> StartAsync(FakeJobHandler handler, TimeProvider time) =>
        TestApp.StartAsync(services => services.AddSingleton<IJobHandler>(handler).AddSingleton(time));

    public static Task<HttpResponseMessage> PostJobAsync(this HttpClient client, string type, object input) =>
        client.PostAsJsonAsync("v1/api/jobs", new { type, input });

    /// <summary>Creates a job and gives its id.</summary>
    public static async Task<string> CreateJobAsync(this HttpClient client, string type, object input)
    {
        using var response = await client.PostJobAsync(type, input);
        var body = await response.ReadJsonAsync();
        Assert.True((int)response.StatusCode == 202, body.ToString());
        return body.GetProperty("data").GetProperty("id").GetString()!;
    }

    public static Task<string> ImportAsync(this HttpClient client, params string[] rows) =>
        client.CreateJobAsync("import", new { format = "jsonl", content = string.Join('\n', rows) });

    public static async Task<JsonElement> GetDataAsync(this HttpClient client, string path) => (await client.GetFromJsonAsync<JsonElement>(path)).GetProperty("data");

    public static string Status(this JsonElement job) => job.GetProperty("status").GetString()!;

    /// <summary>Polls until <paramref name="isThere"/> holds, at the end by default; fails after 90 seconds. Its progress must not go back meanwhile.</summary>
    public static async Task<JsonElement> WaitForWorkAsync(this HttpClient client, string jobId, Func<JsonElement, bool>? isThere = null)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        for (var progress = 0; ; await Task.Delay(10))
        {
            var job = await client.GetDataAsync($"v1/api/jobs/{jobId}");
            Assert.InRange(job.GetProperty("progress").GetInt32(), progress, job.Status() == "completed" ? 100 : 99);
            progress = job.GetProperty("progress").GetInt32();
            if (isThere?.Invoke(job) ?? job.Status() is "completed" or "failed" or "cancelled")
            {
                return job;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The job does not get there: {job}");
        }
    }

    /// <summary>All items of a list from a place on, page by page.</summary>
    public static async Task<List<JsonElement>> ReadAllAsync(this HttpClient client, string path, int limit = 1_000, string? cursor = null)
    {
        var items = new List<JsonElement>();
        while (true)
        {
            var page = await client.GetDataAsync($"{path}{(path.Contains('?') ? '&' : '?')}limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
            if (cursor is null)
            {
                return items;
            }
        }
    }
}

/// <summary>Work of batches of one item each, whose input is <c>{}</c>. What a batch does is for the test.</summary>
internal sealed class FakeJobHandler(Func<int, CancellationToken, Task<BatchOutcome>>? run = null) : IJobHandler
{
    public static BatchOutcome OneResult { get; } = new(new Dictionary<string, int> { ["good"] = 1 }, [new { word = "good" }], []);

    public static BatchOutcome OneError { get; } = new(new Dictionary<string, int>(), [], [new { word = "bad" }]);

    /// <summary>What a batch waits for.</summary>
    public Func<WorkContext, Task> Before { get; init; } = _ => Task.CompletedTask;

    /// <summary>What the end waits for.</summary>
    public Func<WorkContext, Task> BeforeEnd { get; init; } = _ => Task.CompletedTask;

    public int Batches { get; init; } = 2;

    /// <summary>The result; how many items were good by default.</summary>
    public object? Result { get; init; }

    /// <summary>What makes the result with the job's artifacts at hand; null to leave it to <see cref="Result"/>.</summary>
    public Func<WorkContext, Task<object>>? Finish { get; init; }

    public string Type { get; init; } = "test_work";

    public JobContract Contract { get; init; } = JobContract.Platform;

    public int Runs => _runs;

    /// <summary>How many batches are at what they wait for.</summary>
    public int Waiting => _waiting;

    private int _runs;
    private int _waiting;

    public IReadOnlyList<InputError> Check(JsonElement input) => [];

    public async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, CancellationToken cancellationToken) =>
        await Task.WhenAll(Enumerable.Range(0, Batches).Select(async number => new PlannedBatch(await work.WriteAsync([number], cancellationToken), 1)));

    public async Task<BatchOutcome> RunAsync(WorkContext work, PlannedBatch batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        Interlocked.Increment(ref _waiting);
        try
        {
            await Before(work);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        var number = (await work.ReadAsync<int>(batch.Ref, cancellationToken))[0];
        return run is null ? OneResult : await run(number, cancellationToken);
    }

    public async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken)
    {
        await BeforeEnd(work);
        return new WorkEnd(Finish is not null ? await Finish(work) : Result ?? new { good = batches.Sum(batch => batch.Counts.GetValueOrDefault("good")) });
    }
}
