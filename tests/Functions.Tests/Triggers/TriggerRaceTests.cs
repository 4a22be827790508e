using System.Net;
using System.Text;
using Jobs.Domain.Agents;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Sweeping;
using Jobs.Functions.Tests.Runs;
using Jobs.Functions.Triggers;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Triggers;

/// <summary>Triggers that are changed, called and repeated at the same time.</summary>
public sealed class TriggerRaceTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 8, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Changes_at_once_leave_the_row_that_the_agents_row_asks_for()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var response = await app.Client.PatchAsync($"v1/agents/{agentId}/settings", new StringContent(i % 3 == 0
                ? $$""" {"paused": {{(i % 2 == 0 ? "true" : "false")}} } """
                : $$""" {"schedule": {"cron": "{{i}} * * * *"} } """));
            return response.StatusCode;
        }));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        var agent = await app.ReadAgentAsync(agentId);
        Assert.Equal(agent.IsPaused ? null : agent.Schedule, (await RowAsync(app, agentId))?.Agent.Schedule);
        await app.AssertNothingToSweepAsync();
    }

    [Fact]
    public async Task Rotations_at_once_leave_one_address_that_works_and_no_row_but_its()
    {
        var time = new ManualTimeProvider();
        await using var app = await RunApp.StartAsync(time: time);
        var agentId = await app.LayAgentAsync();

        var urls = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync(app, agentId)));
        var answers = await Task.WhenAll(urls.Select(async url => (await SendAsync(app, url, "{}")).StatusCode));
        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await ActivatorUtilities.CreateInstance<Sweeper>(app.Services).SweepAsync(new TimerInfo(), app.DurableClient, CancellationToken.None);

        Assert.Equal((1, 7), (answers.Count(answer => answer is HttpStatusCode.Accepted), answers.Count(answer => answer is HttpStatusCode.NotFound)));
        var store = app.Services.GetRequiredService<WebhookStore>();
        var rows = await Task.WhenAll(urls.Select(url => store.FindAsync(WebhookToken.Hash(url.Segments[^1]), CancellationToken.None)));
        Assert.Single(rows, row => row is not null);
    }

    [Fact]
    public async Task Call_that_is_repeated_with_an_idempotency_key_is_one_run()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var url = await CreateAsync(app, agentId);

        using var first = await SendAsync(app, url, "{}", key: "k");
        using var second = await SendAsync(app, url, "{}", key: "k");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Single(await app.ListRunsAsync(agentId));
    }

    [Theory]
    [InlineData(0, HttpStatusCode.Accepted)]
    [InlineData(1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Body_of_a_call_is_taken_up_to_its_limit_and_not_one_byte_more(int excess, HttpStatusCode expected)
    {
        await using var app = await RunApp.StartAsync();
        var url = await CreateAsync(app, await app.LayAgentAsync());
        var body = $$"""{"t":"{{new string('x', RequestBody.MaxBytes - 8 + excess)}}"}""";
        Assert.Equal(RequestBody.MaxBytes + excess, body.Length);

        Assert.Equal(expected, (await SendAsync(app, url, body)).StatusCode);
    }

    [Fact]
    public async Task Row_that_was_written_behind_a_deletion_starts_nothing_and_is_removed()
    {
        var time = new ManualTimeProvider(Start);
        await using var app = await RunApp.StartAsync(time: time);
        var agentId = await app.LayAgentAsync();
        (await app.Client.DeleteAsync($"v1/agents/{agentId}")).EnsureSuccessStatusCode();
        var row = new DueAgent(agentId, "acme", new AgentSchedule("0 * * * *", "UTC"), Start);
        Assert.True(await app.Services.GetRequiredService<ScheduleStore>().TryReplaceAsync(null, row, CancellationToken.None));

        await ScanAsync(app);

        Assert.Null(await RowAsync(app, agentId));
        Assert.Empty(await app.Services.GetRequiredService<RunStore>().ListAsync(agentId, before: null, 10, CancellationToken.None));
    }

    [Fact]
    public async Task Tick_of_an_agent_that_is_not_built_is_a_failed_run_that_says_so()
    {
        var time = new ManualTimeProvider(Start);
        await using var app = await RunApp.StartAsync(time: time);
        var agentId = await app.LayAgentAsync(change: agent => agent with { ProgramRef = null });
        (await app.Client.PatchAsync($"v1/agents/{agentId}/settings", new StringContent("""{"schedule":{"cron":"0 * * * *"}}"""))).EnsureSuccessStatusCode();

        time.Advance(TimeSpan.FromMinutes(30));
        await ScanAsync(app);

        Assert.Equal("not_runnable", Assert.Single(await app.ListRunsAsync(agentId)).GetProperty("error").GetProperty("code").GetString());
    }

    private static Task ScanAsync(TestApp app) =>
        ActivatorUtilities.CreateInstance<ScheduleTimer>(app.Services).RunDueAsync(new TimerInfo(), app.DurableClient, CancellationToken.None);

    private static Task<StoredSchedule?> RowAsync(TestApp app, string agentId) =>
        app.Services.GetRequiredService<ScheduleStore>().ReadAsync(agentId, CancellationToken.None);

    private static async Task<Uri> CreateAsync(TestApp app, string agentId)
    {
        using var response = await app.Client.PostAsync($"v1/agents/{agentId}/webhook", null);
        return new Uri((await response.ReadJsonAsync()).GetProperty("url").GetString()!);
    }

    private static async Task<HttpResponseMessage> SendAsync(TestApp app, Uri url, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await app.Anonymous.SendAsync(request);
    }
}
