using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Identity;
using Jobs.Domain.Ledger;
using Jobs.Domain.Resources;
using Jobs.Functions.Agents;
using Jobs.Functions.Jobs;
using Jobs.Functions.Ledger;
using Jobs.Functions.Resources;
using Jobs.Functions.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>What builds with a model cost, and the limits of it, through the whole app. One token costs a millionth, an answer's two.</summary>
public sealed class AiCostTests
{
    /// <summary>So many tokens of an answer that the length of our instructions hardly counts.</summary>
    private const int LongAnswer = 20_000;

    [Fact]
    public async Task Usage_of_all_turns_is_shown_with_a_job_that_is_asked_for_it_and_not_with_another()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AiBuilds.Reads(1).Taking(1_000, 400, 50), AiBuilds.Whole.Taking(2_000, 0, 100));
        await using var app = await StartAsync(server, "--Ai:CachedInputPrice", "0.1");
        var (_, jobId) = await app.CreateWidgetAsync();

        var plain = await app.WaitUntilSettledAsync(jobId);
        var job = await app.Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}?include=usage");

        Payload.AssertMatches("job-with-usage.json", job);
        Payload.AssertMatches("000-job-succeeded.json", plain);
        Assert.Equal(600 + 40 + 100 + 2_000 + 200, (await SpentAsync(app)).Spent);
        Payload.AssertMatches("usage-with-spending.json", await app.Client.GetFromJsonAsync<JsonElement>("v1/usage?include=spending&limit=1"));
    }

    [Theory]
    [InlineData("v1/jobs/{0}?include=usage", 200)]
    [InlineData("v1/jobs/{0}?include=", 400)]
    [InlineData("v1/jobs/{0}?include=cost", 400)]
    [InlineData("v1/jobs/{0}?include=usage&include=usage", 400)]
    [InlineData("v1/usage?include=spending", 200)]
    [InlineData("v1/usage?include=usage", 400)]
    public async Task Include_takes_what_there_is_to_ask_for(string path, int expected)
    {
        await using var app = await TestApp.StartAsync();
        var (_, jobId) = await app.CreateWidgetAsync();

        using var response = await app.Client.GetAsync(string.Format(CultureInfo.InvariantCulture, path, jobId));

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Fact]
    public async Task Offline_build_has_taken_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var (_, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);

        var usage = (await app.Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}?include=usage")).GetProperty("usage");

        Assert.Equal("""{"inputTokens":0,"cachedInputTokens":0,"outputTokens":0,"cost":0}""", usage.GetRawText());
    }

    [Fact]
    public async Task Build_that_meets_the_months_limit_says_so_and_new_builds_are_refused_until_the_next_month()
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2030, 1, 31, 12, 0, 0, TimeSpan.Zero));
        await using var server = await ScriptedServer.StartOpenAiAsync([.. Enumerable.Range(1, 5).Select(i => AiBuilds.Reads(i).Taking(1_000, 0, LongAnswer))]);
        await using var app = await StartAsync(server, time, "--Ai:SpendingLimit", "0.1", "--Ai:MaxOutputTokens", $"{LongAnswer}");
        var (_, jobId) = await app.CreateAgentAsync();

        var job = await app.WaitUntilSettledAsync(jobId);
        var month = await SpentAsync(app);
        using var widget = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "W", prompt = "p" });
        using var agent = await app.Client.PostAsJsonAsync("v1/agents", new { name = "A", prompt = "p" });
        using var draft = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "W" });
        using var other = await app.OtherTenant.PostAsJsonAsync("v1/widgets", new { name = "W", prompt = "p" });
        time.Advance(TimeSpan.FromHours(12));
        using var next = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "W", prompt = "p" });

        Assert.Equal(SpendingLedger.MonthLimitReached, job.GetProperty("error").GetString());
        // A third call could have cost more than is left.
        Assert.Equal((2 * 41_000, 0), (month.Spent, month.Reserved));
        Payload.AssertMatches("402-spending-limit-reached.json", await widget.ReadJsonAsync());
        Assert.Equal((402, 402, 201, 202, 202), ((int)widget.StatusCode, (int)agent.StatusCode, (int)draft.StatusCode, (int)other.StatusCode, (int)next.StatusCode));
        var tokens = (await app.Client.GetFromJsonAsync<JsonElement>("v1/usage")).GetProperty("tokens");
        Assert.Equal((0, 0), (tokens.GetProperty("spent").GetInt64(), tokens.GetProperty("reserved").GetInt64()));
    }

    [Fact]
    public async Task Build_that_is_refused_leaves_nothing_of_a_request_that_died_when_there_was_money()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        await using var app = await StartAsync(server, "--Ai:SpendingLimit", "0");
        var ids = new CreationIds(Ids.NewResourceId(), Ids.NewJobId(DateTimeOffset.UtcNow), Ids.NewBuildId());
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        await ledger.ReserveAsync("acme", ids.JobId, ResourceTokens.CreateAgent, CancellationToken.None);

        var start = await app.Services.GetRequiredService<AgentService>().CreateAndBuildAsync(
            new Caller("acme", "ann", IsAdmin: false), ids, "A", null, "p", app.DurableClient, CancellationToken.None);

        Assert.Equal(BuildStart.SpendingLimit, start);
        Assert.Equal(0, (await ledger.ReadAsync("acme", null, 1, CancellationToken.None)).Balance.Reserved);
        await app.AssertNothingToSweepAsync();
    }

    [Fact]
    public async Task Build_that_meets_its_own_limit_says_so_and_others_go_on()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync([.. Enumerable.Range(1, 5).Select(i => AiBuilds.Reads(i).Taking(1_000, 0, LongAnswer))]);
        await using var app = await StartAsync(server, "--Ai:BuildSpendingLimit", "0.1", "--Ai:MaxOutputTokens", $"{LongAnswer}");
        var (_, jobId) = await app.CreateWidgetAsync();

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal(SpendingLedger.BuildLimitReached, job.GetProperty("error").GetString());
        Assert.Equal(2 * 41_000, (await SpentAsync(app)).Spent);
        server.Clear();
        server.Otherwise = AiBuilds.Whole;
        Assert.Equal("completed", (await app.WaitUntilSettledAsync((await app.CreateWidgetAsync()).JobId)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Many_builds_at_once_do_not_pass_the_limit_and_those_that_fit_wait_for_what_others_hold()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new ManualTimeProvider();
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = AiBuilds.Whole.Taking(1_000, 0, 5_000) with { Gate = gate.Task };
        await using var app = await StartAsync(server, time, "--Ai:SpendingLimit", "0.16", "--Ai:MaxConcurrent", "8", "--Ai:MaxOutputTokens", $"{LongAnswer}");
        var jobs = new List<string>();
        for (var i = 0; i < 14; i++)
        {
            jobs.Add((await app.CreateWidgetAsync()).JobId);
        }

        foreach (var jobId in jobs)
        {
            await app.WaitForJobAsync(jobId, job => job.GetProperty("status").GetString() == "building");
        }

        await server.WaitForRequestsAsync(3);
        // That no further one comes can only be waited for.
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        var (underWay, held) = (server.Requests.Count, await SpentAsync(app));
        gate.SetResult();
        // One poll a step: with one of each job, on a busy machine, the clock would hardly move.
        var open = new Queue<string>(jobs);
        await time.AdvanceUntilAsync(async () =>
        {
            if ((await app.GetJobAsync(open.Peek())).GetProperty("status").GetString() is "completed" or "failed")
            {
                open.Dequeue();
            }

            return open.Count == 0;
        });
        var ended = await Task.WhenAll(jobs.Select(app.WaitUntilSettledAsync));
        var spent = await SpentAsync(app);

        // The most of a call is something above 40,000, and what it costs 11,000.
        Assert.Equal(3, underWay);
        Assert.InRange(held.Reserved, 3 * 40_000, 160_000);
        Assert.Equal((11 * 11_000, 0), (spent.Spent, spent.Reserved));
        Assert.Equal(11, ended.Count(job => job.GetProperty("status").GetString() == "completed"));
        Assert.All(ended.Where(job => job.GetProperty("status").GetString() == "failed"), job => Assert.Equal(SpendingLedger.MonthLimitReached, job.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Answer_that_breaks_off_is_paid_with_the_most_that_it_could_cost_and_a_refusal_with_nothing()
    {
        var time = new ManualTimeProvider();
        await using var server = await ScriptedServer.StartOpenAiAsync(
            AiBuilds.Whole.After(2, ScriptedEnd.Cut),
            OpenAiAnswers.Error(429, "Too many.").With("Retry-After", "60"),
            AiBuilds.Whole.Taking(1_000, 0, 100));
        await using var app = await StartAsync(server, time);
        var (_, jobId) = await app.CreateWidgetAsync();

        await time.AdvanceUntilAsync(() => server.Left == 0);
        await app.WaitUntilSettledAsync(jobId);

        var spent = await SpentAsync(app);
        // An upper bound: our instructions and tools in bytes, and the whole answer.
        Assert.InRange(spent.Spent, 1_200 + 5_000, 1_200 + 30_000);
        Assert.Equal(0, spent.Reserved);
        await AssertUsageAsync(app, jobId, 1_000, 100, spent.Spent);
    }

    [Fact]
    public async Task Answer_that_a_build_is_given_up_for_is_paid_and_counted()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync([.. Enumerable.Range(1, 20).Select(_ => AiBuilds.Reads(1).Taking(1_000, 0, 100))]);
        await using var app = await StartAsync(server);
        var (_, jobId) = await app.CreateWidgetAsync();

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("The AI model repeated itself without getting anywhere.", job.GetProperty("error").GetString());
        var calls = server.Requests.Count;
        Assert.Equal(1_200 * calls, (await SpentAsync(app)).Spent);
        await AssertUsageAsync(app, jobId, 1_000 * calls, 100 * calls, 1_200 * calls);
    }

    [Fact]
    public async Task Answer_that_does_not_say_what_it_took_is_paid_with_the_most_that_it_could_cost()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AiBuilds.Whole.WithoutUsage());
        await using var app = await StartAsync(server);
        var (_, jobId) = await app.CreateWidgetAsync();

        await app.WaitUntilSettledAsync(jobId);

        var spent = (await SpentAsync(app)).Spent;
        Assert.InRange(spent, 5_000, 30_000);
        await AssertUsageAsync(app, jobId, 0, 0, spent);
    }

    [Fact]
    public async Task Build_that_is_deleted_in_mid_call_pays_for_the_call()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(ScriptedAnswer.Silence);
        await using var app = await StartAsync(server);
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitForJobAsync(jobId, _ => server.Requests.Count == 1);
        var held = await SpentAsync(app);

        (await app.Client.DeleteAsync($"v1/widgets/{widgetId}")).EnsureSuccessStatusCode();
        await app.WaitUntilSettledAsync(jobId);

        for (var deadline = DateTime.UtcNow.AddSeconds(90); (await SpentAsync(app)).Reserved > 0; await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "The hold does not end.");
        }

        Assert.True(held.Reserved > 0);
        Assert.Equal(held with { Spent = held.Reserved, Reserved = 0 }, await SpentAsync(app));
    }

    [Fact]
    public async Task Turn_that_a_process_died_in_is_paid_once()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AiBuilds.Reads(1).Taking(1_000, 0, 100), ScriptedAnswer.Silence);
        server.Otherwise = AiBuilds.Whole.Taking(2_000, 0, 100);
        var data = Directory.CreateTempSubdirectory("jobs-cost-").FullName;
        string jobId;
        await using (var first = await AiBuilds.StartAsync(server, null, data, Prices))
        {
            (_, jobId) = await first.CreateWidgetAsync();
            await first.WaitForJobAsync(jobId, _ => server.Requests.Count == 2);
            Assert.True((await SpentAsync(first)).Reserved > 0);
        }

        await using var second = await AiBuilds.StartAsync(server, null, data, Prices);
        await second.WaitUntilSettledAsync(jobId);

        var spent = await SpentAsync(second);
        Assert.Equal((1_200 + 2_200, 0), (spent.Spent, spent.Reserved));
    }

    private static string[] Prices => ["--Ai:InputPrice", "1", "--Ai:OutputPrice", "2"];

    private static Task<TestApp> StartAsync(ScriptedServer server, params string[] arguments) => AiBuilds.StartAsync(server, [.. Prices, .. arguments]);

    private static Task<TestApp> StartAsync(ScriptedServer server, TimeProvider time, params string[] arguments) => AiBuilds.StartAsync(server, time, null, [.. Prices, .. arguments]);

    private static async Task AssertUsageAsync(TestApp app, string jobId, long input, long output, long cost)
    {
        var usage = (await app.Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}?include=usage")).GetProperty("usage");
        Assert.Equal(
            (input, output, Money.ToAmount(cost)),
            (usage.GetProperty("inputTokens").GetInt64(), usage.GetProperty("outputTokens").GetInt64(), usage.GetProperty("cost").GetDecimal()));
    }

    private static Task<MonthSpending> SpentAsync(TestApp app) => app.Services.GetRequiredService<SpendingLedger>().ReadAsync("acme", CancellationToken.None);
}
