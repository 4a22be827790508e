using System.Net;
using System.Net.Http.Json;
using System.Text;
using Jobs.Functions.Sweeping;
using Jobs.Functions.Tests.Runs;
using Jobs.Functions.Triggers;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Triggers;

public sealed class WebhookTests
{
    [Fact]
    public async Task Call_of_the_address_starts_a_run_with_the_body_as_its_input()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var address = await CreateAsync(app, agentId);

        using var response = await app.Anonymous.PostAsJsonAsync(address, new { order = 7 });
        var body = await response.ReadJsonAsync();
        var run = await app.WaitForRunAsync(agentId, body.GetProperty("runId").GetString()!);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Payload.AssertMatches("001-run-accepted.json", body);
        Assert.Equal(("webhook", "completed"), (run.GetProperty("trigger").GetString(), run.GetProperty("status").GetString()));
        Assert.Equal(7, run.GetProperty("output").GetProperty("order").GetInt32());
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Address_that_is_rotated_removed_paused_or_deleted_is_the_same_404_as_one_that_never_was()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var rotated = await CreateAsync(app, agentId);
        var current = await CreateAsync(app, agentId);
        var never = await CallAsync(app, $"hooks/{WebhookToken.Create()}");

        Assert.Equal(404, never.Status);
        Assert.Equal(never, await CallAsync(app, "hooks/x"));
        Assert.Equal(never, await CallAsync(app, rotated));
        await PatchAsync(app, agentId, new { paused = true });
        Assert.Equal(never, await CallAsync(app, current));
        await PatchAsync(app, agentId, new { paused = false });
        Assert.Equal(202, (await CallAsync(app, current)).Status);
        (await app.Client.DeleteAsync($"v1/agents/{agentId}/webhook")).EnsureSuccessStatusCode();
        Assert.Equal(never, await CallAsync(app, current));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.DeleteAsync($"v1/agents/{agentId}/webhook")).StatusCode);
        var last = await CreateAsync(app, agentId);
        (await app.Client.DeleteAsync($"v1/agents/{agentId}")).EnsureSuccessStatusCode();
        Assert.Equal(never, await CallAsync(app, last));
    }

    [Fact]
    public async Task Token_is_random_and_stands_nowhere_in_what_is_stored()
    {
        var folder = Directory.CreateTempSubdirectory("jobs-test-");
        string first;
        string second;
        await using (var app = await TestApp.StartAsync(data: folder.FullName))
        {
            var agentId = await app.LayAgentAsync();
            first = TokenOf(await CreateAsync(app, agentId));
            second = TokenOf(await CreateAsync(app, agentId));
            Assert.Equal(202, (await CallAsync(app, $"hooks/{second}")).Status);
        }

        Assert.Equal((43, 43), (first.Length, second.Length));
        Assert.NotEqual(first, second);
        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var content = await File.ReadAllBytesAsync(file.FullName);
            Assert.True(content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(first)) < 0 && content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(second)) < 0, file.Name);
        }

        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("not json", "invalid_json")]
    [InlineData("[]", "invalid_json")]
    [InlineData("""{"topic":7}""", "invalid_request")]
    public async Task Body_that_is_no_input_of_the_agent_is_400_and_starts_nothing(string body, string code)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync("""{"type":"object","required":["topic"],"properties":{"topic":{"type":"string"}}}""");
        var address = await CreateAsync(app, agentId);

        using var response = await app.Anonymous.PostAsync(address, new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, (await response.ReadJsonAsync()).GetProperty("code").GetString());
        Assert.Empty(await app.ListRunsAsync(agentId));
    }

    [Fact]
    public async Task Call_without_a_token_left_is_402_and_starts_nothing()
    {
        await using var app = await RunApp.StartAsync(arguments: ["--Jobs:TokensPerMonth", "1"]);
        var agentId = await app.LayAgentAsync();
        var address = await CreateAsync(app, agentId);

        var first = await CallAsync(app, address);
        var second = await CallAsync(app, address);

        Assert.Equal((202, 402), (first.Status, second.Status));
        Assert.Contains("insufficient_tokens", second.Body);
        Assert.Single(await app.ListRunsAsync(agentId));
    }

    [Fact]
    public async Task Token_whose_request_died_before_the_agent_named_it_is_removed_by_the_sweeper()
    {
        var time = new ManualTimeProvider();
        await using var app = await RunApp.StartAsync(time: time);
        var agentId = await app.LayAgentAsync();
        var hash = WebhookToken.Hash(WebhookToken.Create());
        var webhooks = app.Services.GetRequiredService<WebhookStore>();
        await app.Services.GetRequiredService<SweepList>().AddAsync(new SweepEntry(SweepKind.Webhook, hash, "acme", time.GetUtcNow()), CancellationToken.None);
        await webhooks.AddAsync(hash, new WebhookTarget("acme", agentId), CancellationToken.None);

        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await ActivatorUtilities.CreateInstance<Sweeper>(app.Services).SweepAsync(new TimerInfo(), app.DurableClient, CancellationToken.None);

        Assert.Null(await webhooks.FindAsync(hash, CancellationToken.None));
    }

    [Theory]
    [InlineData("POST", "webhook")]
    [InlineData("DELETE", "webhook")]
    [InlineData("GET", "settings")]
    [InlineData("PATCH", "settings")]
    public async Task Agent_of_another_organisation_is_answered_like_one_that_does_not_exist(string method, string route)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        await CreateAsync(app, agentId);

        var foreign = await SendAsync(agentId);
        var unknown = await SendAsync("0000000000");

        Assert.Equal(404, foreign.Status);
        Assert.Equal(unknown, foreign);
        Assert.NotNull((await app.ReadAgentAsync(agentId)).WebhookHash);

        async Task<(int Status, string Body)> SendAsync(string id)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"v1/agents/{id}/{route}") { Content = JsonContent.Create(new { paused = true }) };
            using var response = await app.OtherTenant.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task<string> CreateAsync(TestApp app, string agentId)
    {
        using var response = await app.Client.PostAsync($"v1/agents/{agentId}/webhook", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.ReadJsonAsync()).GetProperty("url").GetString()!;
    }

    private static string TokenOf(string address) => address[(address.LastIndexOf('/') + 1)..];

    private static async Task PatchAsync(TestApp app, string agentId, object settings) =>
        (await app.Client.PatchAsJsonAsync($"v1/agents/{agentId}/settings", settings)).EnsureSuccessStatusCode();

    private static async Task<(int Status, string Body)> CallAsync(TestApp app, string address)
    {
        using var response = await app.Anonymous.PostAsJsonAsync(address, new { });
        var body = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, response.IsSuccessStatusCode ? "" : body);
    }
}
