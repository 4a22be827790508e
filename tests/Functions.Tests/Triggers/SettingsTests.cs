using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Execution.Egress;
using Jobs.Functions.Tests.Runs;

namespace Jobs.Functions.Tests.Triggers;

public sealed class SettingsTests
{
    [Fact]
    public async Task Settings_are_shown_as_documented_and_the_list_tells_whether_the_agent_runs_by_itself()
    {
        await using var app = await RunApp.StartAsync(time: new ManualTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 30, TimeSpan.Zero)));
        var agentId = await app.LayAgentAsync(secrets: ["API_TOKEN"]);
        var draft = await StatusAsync(app, agentId);
        (await app.Client.PutAsJsonAsync($"v1/agents/{agentId}/secrets/API_TOKEN", new { value = "12345678" })).EnsureSuccessStatusCode();
        (await app.Client.PostAsync($"v1/agents/{agentId}/webhook", null)).EnsureSuccessStatusCode();

        var (status, settings) = await PatchAsync(app, agentId, """{"schedule":{"cron":"0 7 * * *","timeZone":"Europe/Zurich"},"allowedHosts":["API.example.com","api.example.com"]}""");
        var active = await StatusAsync(app, agentId);
        await PatchAsync(app, agentId, """{"paused":true}""");

        Assert.Equal(200, status);
        Payload.AssertMatches("agent-settings.json", settings);
        Assert.Equal(("DRAFT", "ACTIVE", "PAUSED"), (draft, active, await StatusAsync(app, agentId)));
    }

    [Theory]
    [InlineData("""{"schedule":{"timeZone":"UTC"}}""", "schedule.cron")]
    [InlineData("""{"schedule":{"cron":"every day"}}""", "schedule.cron")]
    [InlineData("""{"schedule":{"cron":"*/30 * * * * *"}}""", "schedule.cron")]
    [InlineData("""{"schedule":{"cron":7}}""", "schedule.cron")]
    [InlineData("""{"schedule":{"cron":"0 7 * * *","timeZone":"Mars/Base"}}""", "schedule.timeZone")]
    [InlineData("""{"schedule":"0 7 * * *"}""", "schedule")]
    [InlineData("""{"paused":"yes"}""", "paused")]
    [InlineData("""{"allowedHosts":"api.example.com"}""", "allowedHosts")]
    [InlineData("""{"allowedHosts":["127.0.0.1"]}""", "allowedHosts[0]")]
    [InlineData("""{"allowedHosts":["api.example.com","http://x.example.com"]}""", "allowedHosts[1]")]
    public async Task Setting_that_is_wrong_is_400_and_changes_nothing(string body, string field)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var before = await app.Client.GetStringAsync($"v1/agents/{agentId}/settings");

        var (status, problem) = await PatchAsync(app, agentId, body);

        Assert.Equal(400, status);
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal(before, await app.Client.GetStringAsync($"v1/agents/{agentId}/settings"));
    }

    [Fact]
    public async Task Patch_leaves_what_it_does_not_name_and_removes_what_it_names_null()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        await PatchAsync(app, agentId, """{"schedule":{"cron":"0 7 * * *","timeZone":"Europe/Zurich"},"allowedHosts":["api.example.com"],"paused":true}""");

        await PatchAsync(app, agentId, """{"schedule":{"cron":"0 8 * * *"}}""");
        var merged = await app.ReadAgentAsync(agentId);
        await PatchAsync(app, agentId, """{"schedule":null,"allowedHosts":null,"paused":null}""");
        var removed = await app.ReadAgentAsync(agentId);

        Assert.Equal(("0 8 * * *", "Europe/Zurich", true), (merged.Schedule!.Cron, merged.Schedule.TimeZone, merged.IsPaused));
        Assert.Equal(["api.example.com"], merged.AllowedHosts);
        Assert.Equal((null, false), (removed.Schedule, removed.IsPaused));
        Assert.Empty(removed.AllowedHosts);
    }

    [Theory]
    [InlineData(EgressLimits.MaxHosts, 200)]
    [InlineData(EgressLimits.MaxHosts + 1, 400)]
    public async Task Hosts_are_granted_up_to_their_limit(int count, int expected)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();

        var (status, _) = await PatchAsync(app, agentId, JsonSerializer.Serialize(new { allowedHosts = Enumerable.Range(0, count).Select(i => $"h{i}.example.com") }));

        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Hosts_are_granted_by_an_admin_only()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();

        using var refused = await app.Client.PatchAsync($"v1/agents/{agentId}/settings", Json("""{"allowedHosts":["api.example.com"],"paused":true}"""));
        using var taken = await app.Client.PatchAsync($"v1/agents/{agentId}/settings", Json("""{"schedule":{"cron":"0 7 * * *"}}"""));
        var agent = await app.ReadAgentAsync(agentId);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("admin_required", (await refused.ReadJsonAsync()).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Empty(agent.AllowedHosts);
        Assert.False(agent.IsPaused);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<(int Status, JsonElement Body)> PatchAsync(TestApp app, string agentId, string body)
    {
        using var response = await app.Admin.PatchAsync($"v1/agents/{agentId}/settings", Json(body));
        return ((int)response.StatusCode, await response.ReadJsonAsync());
    }

    private static async Task<string?> StatusAsync(TestApp app, string agentId)
    {
        var list = await app.Client.GetFromJsonAsync<JsonElement>("v1/agents");
        var agent = await app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}");
        var status = agent.GetProperty("agent").GetProperty("status").GetString();
        Assert.Equal(status, list.GetProperty("agents")[0].GetProperty("status").GetString());
        return status;
    }
}
