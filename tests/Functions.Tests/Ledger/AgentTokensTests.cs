using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Agents;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Ledger;
using Jobs.Functions.Sweeping;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Ledger;

/// <summary>What creating and building agents costs, as a caller sees it.</summary>
public sealed class AgentTokensTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly FakeGenerator Greets = new((_, _) => Task.FromResult(FakeGenerator.Agent));

    [Fact]
    public async Task Draft_costs_a_token()
    {
        await using var app = await StartAsync();

        var (status, body) = await PostAsync(app, "v1/agents", new { name = "Draft" });

        Assert.Equal(201, status);
        var usage = await AssertTokensAsync(app, balance: 9, reserved: 0, spent: 1);
        Assert.Equal([$"settle 0 {body.GetProperty("agentId")}", $"reserve -1 {body.GetProperty("agentId")}", "grant 10"], usage);
        Assert.Empty(await EntriesAsync(app));
    }

    [Fact]
    public async Task Build_that_succeeds_spends_its_token()
    {
        await using var app = await StartAsync();

        var (_, jobId) = await app.CreateAgentAsync();
        await app.WaitUntilSettledAsync(jobId);

        var usage = await WaitForTokensAsync(app, balance: 9, reserved: 0, spent: 1);
        Assert.Equal([$"settle 0 {jobId}", $"reserve -1 {jobId}", "grant 10"], usage);
    }

    [Fact]
    public async Task Build_that_fails_gives_its_token_back()
    {
        var compiler = new FakeAgentCompiler { OnCompile = _ => Task.FromResult<AgentCompileResult>(new AgentCompileResult.Failed("no")) };
        await using var app = await StartAsync(compiler: compiler);

        var (_, jobId) = await app.CreateAgentAsync();
        await app.WaitUntilSettledAsync(jobId);

        var usage = await WaitForTokensAsync(app, balance: 10, reserved: 0, spent: 0);
        Assert.Equal([$"release 1 {jobId}", $"reserve -1 {jobId}", "grant 10"], usage);
    }

    [Fact]
    public async Task Token_is_held_while_a_build_waits_for_an_answer_and_given_back_when_the_agent_is_deleted()
    {
        await using var app = await StartAsync(new FakeGenerator((_, _) => Task.FromResult<GenerationResult>(new GenerationResult.Question("Which?", []))));
        var (agentId, jobId) = await app.CreateAgentAsync();
        await app.WaitForJobAsync(jobId, job => job.GetProperty("progress").GetProperty("step").GetString() == "waiting_for_input");
        await AssertTokensAsync(app, balance: 9, reserved: 1, spent: 0);

        (await app.Client.DeleteAsync($"v1/agents/{agentId}")).EnsureSuccessStatusCode();

        await AssertTokensAsync(app, balance: 10, reserved: 0, spent: 0);
    }

    [Fact]
    public async Task Refinements_cost_a_token_each_and_an_answer_costs_none()
    {
        var asks = new FakeGenerator((_, call) => Task.FromResult(call == 2 ? new GenerationResult.Question("Which?", []) : FakeGenerator.Agent));
        await using var app = await StartAsync(asks);
        var (agentId, created) = await app.CreateAgentAsync();
        await app.WaitUntilSettledAsync(created);

        var (built, build) = await PostAsync(app, $"v1/agents/{agentId}/builds", new { prompt = "ask me" });
        await app.WaitForJobAsync(JobOf(build), job => job.GetProperty("progress").GetProperty("step").GetString() == "waiting_for_input");
        var (answered, _) = await PostAsync(app, $"v1/agents/{agentId}/messages", new { content = "this one" });
        await app.WaitUntilSettledAsync(JobOf(build));
        var (said, message) = await PostAsync(app, $"v1/agents/{agentId}/messages", new { content = "and louder" });
        await app.WaitUntilSettledAsync(JobOf(message));

        Assert.Equal((202, 202, 202), (built, answered, said));
        var usage = await WaitForTokensAsync(app, balance: 7, reserved: 0, spent: 3);
        Assert.Equal([JobOf(message), JobOf(build), created], usage.Where(entry => entry.StartsWith("reserve", StringComparison.Ordinal)).Select(entry => entry.Split(' ')[2]));
    }

    [Fact]
    public async Task Everything_else_is_free_and_so_are_widgets()
    {
        await using var app = await StartAsync(tokens: 1);
        var (_, draft) = await PostAsync(app, "v1/agents", new { name = "Draft" });
        var agentId = draft.GetProperty("agentId").GetString();

        await app.WaitUntilSettledAsync((await app.CreateWidgetAsync()).JobId);
        Assert.Equal(201, (await PostAsync(app, "v1/widgets", new { name = "Draft" })).Status);
        foreach (var address in new[] { "v1/agents", $"v1/agents/{agentId}", $"v1/agents/{agentId}/messages", $"v1/agents/{agentId}/files", "v1/usage" })
        {
            Assert.Equal(200, (int)(await app.Client.GetAsync(address)).StatusCode);
        }

        Assert.Equal(200, (int)(await app.Client.DeleteAsync($"v1/agents/{agentId}")).StatusCode);
        await AssertTokensAsync(app, balance: 0, reserved: 0, spent: 1);
    }

    [Fact]
    public async Task Without_tokens_every_call_that_costs_one_is_402_as_documented_and_leaves_nothing()
    {
        await using var app = await StartAsync(tokens: 1);
        var (agentId, jobId) = await app.CreateAgentAsync();
        await app.WaitUntilSettledAsync(jobId);
        await WaitForTokensAsync(app, balance: 0, reserved: 0, spent: 1);
        var entries = await EntriesAsync(app);

        foreach (var (address, body) in new (string, object)[]
        {
            ("v1/agents", new { name = "Draft" }),
            ("v1/agents", new { name = "Built", prompt = "say hello" }),
            ($"v1/agents/{agentId}/builds", new { prompt = "louder" }),
            ($"v1/agents/{agentId}/messages", new { content = "louder" }),
        })
        {
            using var response = await app.Client.PostAsJsonAsync(address, body);
            Assert.Equal(402, (int)response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Payload.AssertMatches("402-insufficient-tokens.json", await response.ReadJsonAsync());
        }

        Assert.Equal(1, (await app.Client.GetFromJsonAsync<JsonElement>("v1/agents")).GetProperty("total").GetInt32());
        Assert.Equal(2, (await app.WaitForMessagesAsync("agents", agentId, 2)).Length);
        Assert.Equal(entries, await EntriesAsync(app));
        await AssertTokensAsync(app, balance: 0, reserved: 0, spent: 1);
    }

    [Fact]
    public async Task Unknown_agent_is_404_also_without_tokens_and_costs_nothing()
    {
        await using var app = await StartAsync(tokens: 0);

        Assert.Equal(404, (await PostAsync(app, "v1/agents/0000000000/builds", new { prompt = "x" })).Status);
        Assert.Equal(404, (await PostAsync(app, "v1/agents/0000000000/messages", new { content = "x" })).Status);
        Assert.Equal(400, (await PostAsync(app, "v1/agents", new { name = "" })).Status);
    }

    [Fact]
    public async Task Many_builds_of_one_agent_at_once_cost_one_token()
    {
        var gate = new TaskCompletionSource<GenerationResult>();
        await using var app = await StartAsync(new FakeGenerator((_, _) => gate.Task));
        var (_, draft) = await PostAsync(app, "v1/agents", new { name = "Draft" });
        var agentId = draft.GetProperty("agentId").GetString();

        var builds = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(app, $"v1/agents/{agentId}/builds", new { prompt = "x" })));

        Assert.Single(builds, build => build.Status == 202);
        Assert.All(builds, build => Assert.Contains(build.Status, new[] { 202, 409 }));
        await AssertTokensAsync(app, balance: 8, reserved: 1, spent: 1);
        Assert.Single(await EntriesAsync(app));
        gate.SetResult(FakeGenerator.Agent);
        await app.WaitUntilSettledAsync(JobOf(builds.Single(build => build.Status == 202).Body));
        await WaitForTokensAsync(app, balance: 8, reserved: 0, spent: 2);
    }

    [Fact]
    public async Task Request_without_tokens_does_not_use_its_idempotency_key_up()
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2030, 1, 31, 23, 59, 59, TimeSpan.Zero));
        await using var app = await StartAsync(tokens: 1, time: time);
        Assert.Equal(201, (await PostAsync(app, "v1/agents", new { name = "First" })).Status);

        var refused = await PostAsync(app, "v1/agents", new { name = "Second" }, "key-1");
        time.Advance(TimeSpan.FromSeconds(1));
        var accepted = await PostAsync(app, "v1/agents", new { name = "Second" }, "key-1");

        Assert.Equal((402, 201), (refused.Status, accepted.Status));
        await AssertTokensAsync(app, balance: 0, reserved: 0, spent: 2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("say hello")]
    public async Task Repetition_with_its_idempotency_key_pays_once(string? prompt)
    {
        await using var app = await StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(app, "v1/agents", new { name = "Once", prompt }, "key-1")));
        var (status, body) = await PostAsync(app, "v1/agents", new { name = "Once", prompt }, "key-1");

        Assert.Equal(prompt is null ? 201 : 202, status);
        Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { status, 409 }));
        if (prompt is not null)
        {
            await app.WaitUntilSettledAsync(JobOf(body));
        }

        await WaitForTokensAsync(app, balance: 9, reserved: 0, spent: 1);
    }

    [Fact]
    public async Task Request_that_died_before_its_job_was_stored_pays_once_when_it_is_repeated()
    {
        var time = new ManualTimeProvider(Noon);
        await using var app = await StartAsync(time: time);
        var body = new { name = "Once", prompt = "say hello" };

        // The token is reserved and the agent's row written before the prompt, so the request dies between.
        using (app.BreakArtifacts())
        {
            Assert.Equal(500, (await PostAsync(app, "v1/agents", body, "key-1")).Status);
        }

        await AssertTokensAsync(app, balance: 9, reserved: 1, spent: 0);
        time.Advance(IdempotentCreation.ClaimLifetime);
        var repeated = await PostAsync(app, "v1/agents", body, "key-1");
        await app.WaitUntilSettledAsync(JobOf(repeated.Body));

        await WaitForTokensAsync(app, balance: 9, reserved: 0, spent: 1);
    }

    [Fact]
    public async Task Request_that_died_and_was_given_up_is_paid_anew_when_it_is_repeated()
    {
        var time = new ManualTimeProvider(Noon);
        await using var app = await StartAsync(time: time);
        var body = new { name = "Once", prompt = "say hello" };
        using (app.BreakArtifacts())
        {
            Assert.Equal(500, (await PostAsync(app, "v1/agents", body, "key-1")).Status);
        }

        time.Advance(SweepEntry.AnnouncementLifetime + Sweeper.GracePeriod);
        await SweepAsync(app);
        await AssertTokensAsync(app, balance: 10, reserved: 0, spent: 0);
        var repeated = await PostAsync(app, "v1/agents", body, "key-1");
        await app.WaitUntilSettledAsync(JobOf(repeated.Body));

        await WaitForTokensAsync(app, balance: 9, reserved: 0, spent: 1);
    }

    [Fact]
    public async Task Request_that_died_after_its_build_had_failed_is_answered_again_without_a_token()
    {
        var time = new ManualTimeProvider(Noon);
        var compiler = new FakeAgentCompiler { OnCompile = _ => Task.FromResult<AgentCompileResult>(new AgentCompileResult.Failed("no")) };
        await using var app = await StartAsync(compiler: compiler, time: time, tokens: 1);
        var first = await PostAsync(app, "v1/agents", new { name = "Once", prompt = "say hello" }, "key-1");
        await app.WaitUntilSettledAsync(JobOf(first.Body));
        await WaitForTokensAsync(app, balance: 1, reserved: 0, spent: 0);
        await ForgetAnswerAsync(app);
        Assert.Equal(201, (await PostAsync(app, "v1/agents", new { name = "Takes the last token" })).Status);

        time.Advance(IdempotentCreation.ClaimLifetime);
        var repeated = await PostAsync(app, "v1/agents", new { name = "Once", prompt = "say hello" }, "key-1");

        Assert.Equal(first.Body.ToString(), repeated.Body.ToString());
        await AssertTokensAsync(app, balance: 0, reserved: 0, spent: 1);
    }

    [Fact]
    public async Task Token_of_a_job_that_never_came_to_be_is_given_back_by_the_sweeper()
    {
        var time = new ManualTimeProvider(Noon);
        await using var app = await StartAsync(time: time);
        var jobId = Ids.NewJobId(Noon);
        await LayAsync(app, SweepKind.Job, jobId);

        time.Advance(SweepEntry.AnnouncementLifetime - TimeSpan.FromMilliseconds(1));
        await SweepAsync(app);
        await AssertTokensAsync(app, balance: 9, reserved: 1, spent: 0);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await SweepAsync(app);

        await AssertTokensAsync(app, balance: 10, reserved: 0, spent: 0);
        Assert.Empty(await EntriesAsync(app));
    }

    [Theory]
    [InlineData(JobStatus.Succeeded, 9, 1)]
    [InlineData(JobStatus.Failed, 10, 0)]
    [InlineData(JobStatus.Cancelled, 10, 0)]
    public async Task Token_of_a_job_whose_end_nobody_saw_is_closed_by_the_sweeper_before_it_forgets_the_job(JobStatus status, long balance, long spent)
    {
        var time = new ManualTimeProvider(Noon);
        await using var app = await StartAsync(time: time);
        var jobId = Ids.NewJobId(Noon);
        await LayAsync(app, SweepKind.Job, jobId);
        await app.Services.GetRequiredService<JobStore>().CreateAsync(
            new Job
            {
                Id = jobId,
                Tenant = "acme",
                Owner = "ann",
                Kind = JobKind.AgentBuild,
                ResourceId = Ids.NewResourceId(),
                InputRef = "input",
                Message = "",
                CreatedAt = Noon,
                UpdatedAt = Noon,
                Status = status,
                Error = status is JobStatus.Succeeded ? null : "no",
            },
            CancellationToken.None);

        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await SweepAsync(app);

        await AssertTokensAsync(app, balance, reserved: 0, spent);
        Assert.Empty(await EntriesAsync(app));
    }

    [Fact]
    public async Task Token_of_a_draft_that_is_there_is_settled_by_the_sweeper()
    {
        var time = new ManualTimeProvider(Noon);
        await using var app = await StartAsync(time: time);
        var agentId = Ids.NewResourceId();
        await LayAsync(app, SweepKind.AgentDraft, agentId);
        await app.Services.GetRequiredService<AgentStore>().CreateAsync(
            new Agent { Id = agentId, Tenant = "acme", Name = "Draft", CreatedAt = Noon }, prompt: null, CancellationToken.None);

        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await SweepAsync(app);

        await AssertTokensAsync(app, balance: 9, reserved: 0, spent: 1);
        Assert.Empty(await EntriesAsync(app));
    }

    [Fact]
    public async Task Token_of_a_draft_that_never_came_to_be_is_given_back_by_the_sweeper()
    {
        var time = new ManualTimeProvider(Noon);
        await using var app = await StartAsync(time: time);
        await LayAsync(app, SweepKind.AgentDraft, Ids.NewResourceId());

        time.Advance(SweepEntry.AnnouncementLifetime - TimeSpan.FromMilliseconds(1));
        await SweepAsync(app);
        await AssertTokensAsync(app, balance: 9, reserved: 1, spent: 0);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await SweepAsync(app);

        await AssertTokensAsync(app, balance: 10, reserved: 0, spent: 0);
        Assert.Empty(await EntriesAsync(app));
    }

    /// <summary>What a request leaves that noted its work, reserved its token and died.</summary>
    private static async Task LayAsync(TestApp app, SweepKind kind, string reference)
    {
        await app.Services.GetRequiredService<SweepList>().AddAsync(new SweepEntry(kind, reference, "acme", Noon), CancellationToken.None);
        Assert.Equal(Reservation.Held, await app.Services.GetRequiredService<TokenLedger>().ReserveAsync("acme", reference, "Create an agent", CancellationToken.None));
        await AssertTokensAsync(app, balance: 9, reserved: 1, spent: 0);
    }

    /// <summary>Makes the one claim that there is what it is when its request dies just before it stores its answer.</summary>
    private static async Task ForgetAnswerAsync(TestApp app)
    {
        var table = app.Services.GetRequiredService<StorageAccount>().Idempotency;
        await foreach (var row in table.QueryAsync<Azure.Data.Tables.TableEntity>(""))
        {
            foreach (var answer in new[] { nameof(IdempotencyClaim.Status), nameof(IdempotencyClaim.Body), nameof(IdempotencyClaim.Location) })
            {
                row.Remove(answer);
            }

            await table.UpdateEntityAsync(row, row.ETag, Azure.Data.Tables.TableUpdateMode.Replace);
        }
    }

    private static string JobOf(JsonElement accepted) => accepted.GetProperty("jobId").GetString()!;

    private static async Task<(int Status, JsonElement Body)> PostAsync(TestApp app, string address, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await app.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.ReadJsonAsync());
    }

    /// <summary>The job's end is visible a moment before its token is closed.</summary>
    private static async Task<string[]> WaitForTokensAsync(TestApp app, long balance, long reserved, long spent)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while ((await app.Client.GetFromJsonAsync<JsonElement>("v1/usage")).GetProperty("tokens").GetProperty("reserved").GetInt64() != reserved
            && DateTime.UtcNow < deadline)
        {
            await Task.Delay(10);
        }

        return await AssertTokensAsync(app, balance, reserved, spent);
    }

    /// <summary>Checks what there is, and that the movements add up to it; gives them, newest first.</summary>
    private static async Task<string[]> AssertTokensAsync(TestApp app, long balance, long reserved, long spent)
    {
        var usage = await app.Client.GetFromJsonAsync<JsonElement>("v1/usage?limit=100");
        var tokens = usage.GetProperty("tokens");
        var entries = usage.GetProperty("entries").EnumerateArray().ToArray();
        Assert.Equal(
            (balance, reserved, spent),
            (tokens.GetProperty("balance").GetInt64(), tokens.GetProperty("reserved").GetInt64(), tokens.GetProperty("spent").GetInt64()));
        Assert.Equal(JsonValueKind.Null, usage.GetProperty("next").ValueKind);
        Assert.Equal(balance, entries.Sum(entry => entry.GetProperty("amount").GetInt64()));
        return [.. entries.Select(entry => $"{entry.GetProperty("kind")} {entry.GetProperty("amount")} {entry.GetProperty("reference")}".TrimEnd())];
    }

    private static Task SweepAsync(TestApp app) =>
        ActivatorUtilities.CreateInstance<Sweeper>(app.Services).SweepAsync(new TimerInfo(), app.DurableClient, CancellationToken.None);

    private static async Task<IReadOnlyList<SweepEntry>> EntriesAsync(TestApp app)
    {
        var entries = new List<SweepEntry>();
        await foreach (var entry in app.Services.GetRequiredService<SweepList>().ListAsync(DateTimeOffset.MaxValue, CancellationToken.None))
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static Task<TestApp> StartAsync(FakeGenerator? generator = null, FakeAgentCompiler? compiler = null, TimeProvider? time = null, int tokens = 10) =>
        TestApp.StartAsync(
            services => services
                .AddSingleton<IAgentGenerator>(generator ?? Greets)
                .AddSingleton<IAgentCompiler>(compiler ?? new FakeAgentCompiler())
                .AddSingleton(time ?? TimeProvider.System),
            arguments: ["--Jobs:TokensPerMonth", $"{tokens}"]);
}
