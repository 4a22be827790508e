using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Sandbox;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

/// <summary>Contract 001's run, and what we added to read it.</summary>
public sealed class RunTests
{
    [Fact]
    public async Task Run_answers_202_as_documented_and_can_be_read()
    {
        await using var app = await RunApp.StartAsync(new FakeSandbox((_, _, _) => Task.FromResult(FakeSandbox.Result("""{"joke":"x"}""", "one\ntwo"))));
        var agentId = await app.LayAgentAsync();

        using var response = await app.Client.RunAsync(agentId, new { topic = "cats" });
        var body = await response.ReadJsonAsync();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Payload.AssertMatches("001-run-accepted.json", body);
        var runId = body.GetProperty("runId").GetString()!;
        Assert.Equal($"/v1/agents/{agentId}/runs/{runId}", response.Headers.Location!.OriginalString);
        Payload.AssertMatches("001-run.json", await app.WaitForRunAsync(agentId, runId));
    }

    [Fact]
    public async Task Run_with_a_wait_answers_200_with_the_whole_run()
    {
        await using var app = await RunApp.StartAsync(new FakeSandbox((_, _, _) => Task.FromResult(FakeSandbox.Result("""{"joke":"x"}""", "one\ntwo"))));
        var agentId = await app.LayAgentAsync();

        using var response = await app.Client.RunAsync(agentId, new { }, prefer: "respond-async, wait=10");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("wait=10", response.Headers.GetValues("Preference-Applied").Single());
        Payload.AssertMatches("001-run.json", await response.ReadJsonAsync());
    }

    [Fact]
    public async Task Run_that_outlasts_the_wait_is_answered_202()
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource();
        await using var app = await RunApp.StartAsync(new FakeSandbox(async (request, _, _) => { await gate.Task; return FakeSandbox.Result(request.Input); }), time);
        var agentId = await app.LayAgentAsync();

        var answer = app.Client.RunAsync(agentId, new { }, prefer: "wait=2");
        while (!answer.IsCompleted)
        {
            await Task.Delay(5);
            time.Advance(TimeSpan.FromMilliseconds(50));
        }

        using var response = await answer;
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.False(response.Headers.Contains("Preference-Applied"));
        gate.SetResult();
    }

    [Fact]
    public async Task Wait_ends_when_the_caller_hangs_up_and_the_run_goes_on()
    {
        var gate = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        await using var app = await RunApp.StartAsync(new FakeSandbox(async (request, _, _) =>
        {
            started.TrySetResult();
            await gate.Task;
            return FakeSandbox.Result(request.Input);
        }));
        var agentId = await app.LayAgentAsync();
        using var hangUp = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/agents/{agentId}/run") { Headers = { { "Prefer", "wait=30" } } };

        var answer = app.Client.SendAsync(request, hangUp.Token);
        await started.Task;
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        gate.SetResult();

        var run = Assert.Single(await app.ListRunsAsync(agentId));
        Assert.Equal("completed", (await app.WaitForRunAsync(agentId, run.GetProperty("runId").GetString()!)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Run_without_a_body_has_an_empty_input()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();

        foreach (var content in new HttpContent?[] { null, new StringContent("{}"), new StringContent("""{"input":null}""") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/agents/{agentId}/run") { Content = content, Headers = { { "Prefer", "wait=30" } } };
            using var response = await app.Client.SendAsync(request);

            Assert.Equal("{}", (await response.ReadJsonAsync()).GetProperty("output").GetRawText());
        }
    }

    [Theory]
    [InlineData("""{"input":[]}""", "input", "must be an object, not an array")]
    [InlineData("""{"input":"x"}""", "input", "must be an object, not a string")]
    public async Task Run_with_an_input_that_is_no_object_is_400(string body, string field, string message)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();

        using var response = await app.Client.PostAsync($"v1/agents/{agentId}/run", new StringContent(body));

        await AssertInvalidAsync(response, (field, message));
        Assert.Empty(await app.ListRunsAsync(agentId));
    }

    [Fact]
    public async Task Run_with_an_input_that_the_schema_refuses_is_400_with_the_path_of_each_violation()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync("""{"type":"object","required":["to"],"properties":{"to":{"type":"array","items":{"type":"string"}},"n":{"type":"integer"}}}""");

        using var response = await app.Client.RunAsync(agentId, new { to = new object[] { "a", 1 }, n = 1.5 });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await response.ReadJsonAsync();
        Assert.Equal("invalid_request", body.GetProperty("code").GetString());
        Assert.Equal(["input/n", "input/to/1"], body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()!).Order());
        Assert.Empty(await app.ListRunsAsync(agentId));
        Assert.Equal(0, (await app.ReadTokensAsync()).Spent);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.Accepted)]
    [InlineData(1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Run_takes_a_body_up_to_its_limit_and_not_one_byte_more(int excess, HttpStatusCode expected)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        const string Frame = """{"input":{"text":""}}""";
        var body = Frame.Insert(Frame.Length - 3, new string('x', RequestBody.MaxBytes - Frame.Length + excess));
        Assert.Equal(RequestBody.MaxBytes + excess, Encoding.UTF8.GetByteCount(body));

        using var response = await app.Client.PostAsync($"v1/agents/{agentId}/run", new StringContent(body));

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Agent_that_was_never_built_is_409()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync(change: agent => agent with { ProgramRef = null });

        using var response = await app.Client.RunAsync(agentId);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("agent_not_built", (await response.ReadJsonAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Every_route_is_the_same_404_for_another_tenants_agent_as_for_none()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var runId = await app.StartRunAsync(agentId);
        await app.WaitForRunAsync(agentId, runId);
        (HttpMethod Method, string Path, string? Body)[] routes =
        [
            (HttpMethod.Post, "run", "{}"),
            (HttpMethod.Post, "run", "not json"),
            (HttpMethod.Get, "runs", null),
            (HttpMethod.Get, "runs?limit=0", null),
            (HttpMethod.Get, $"runs/{runId}", null),
            (HttpMethod.Post, $"runs/{runId}/cancel", null),
            (HttpMethod.Get, "settings", null),
            (HttpMethod.Patch, "settings", """{"paused":true}"""),
            (HttpMethod.Patch, "settings", """{"allowedHosts":["example.com"]}"""),
            (HttpMethod.Post, "webhook", null),
            (HttpMethod.Delete, "webhook", null),
        ];

        foreach (var (method, path, body) in routes)
        {
            var foreign = await SendAsync(agentId);
            var none = await SendAsync(Ids.NewResourceId());

            Assert.Equal((HttpStatusCode.NotFound, """agent_not_found"""), (foreign.Status, JsonElement.Parse(foreign.Body).GetProperty("code").GetString()));
            Assert.Equal(none, foreign);

            async Task<(HttpStatusCode Status, string Body)> SendAsync(string id)
            {
                using var request = new HttpRequestMessage(method, $"v1/agents/{id}/{path}") { Content = body is null ? null : new StringContent(body) };
                using var response = await app.OtherTenant.SendAsync(request);
                return (response.StatusCode, await response.Content.ReadAsStringAsync());
            }
        }

        Assert.Single(await app.ListRunsAsync(agentId));
    }

    [Theory]
    [InlineData("run_1776081422363_3eba6668084f")]
    [InlineData("run_9999999999999999_3eba6668084f")]
    [InlineData("job_1776081422363_3eba6668084f")]
    [InlineData("x")]
    public async Task Run_that_does_not_exist_is_404(string runId)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();

        using var read = await app.Client.GetAsync($"v1/agents/{agentId}/runs/{runId}");
        using var cancel = await app.Client.PostAsync($"v1/agents/{agentId}/runs/{runId}/cancel", null);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (read.StatusCode, cancel.StatusCode));
        Assert.Equal("run_not_found", (await read.ReadJsonAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Run_of_another_agent_is_404()
    {
        await using var app = await RunApp.StartAsync();
        var runId = await app.StartRunAsync(await app.LayAgentAsync());

        using var response = await app.Client.GetAsync($"v1/agents/{await app.LayAgentAsync()}/runs/{runId}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Poll_has_an_ETag_and_says_when_to_come_again_as_long_as_the_run_goes_on()
    {
        var gate = new TaskCompletionSource();
        await using var app = await RunApp.StartAsync(new FakeSandbox(async (request, _, _) => { await gate.Task; return FakeSandbox.Result(request.Input); }));
        var agentId = await app.LayAgentAsync();
        var runId = await app.StartRunAsync(agentId);

        using var going = await app.Client.GetAsync($"v1/agents/{agentId}/runs/{runId}");
        gate.SetResult();
        await app.WaitForRunAsync(agentId, runId);
        using var ended = await app.Client.GetAsync($"v1/agents/{agentId}/runs/{runId}");
        using var again = new HttpRequestMessage(HttpMethod.Get, $"v1/agents/{agentId}/runs/{runId}") { Headers = { IfNoneMatch = { ended.Headers.ETag! } } };
        using var notModified = await app.Client.SendAsync(again);

        Assert.Equal(RunFunctions.PollInterval.ToString(null, null), going.Headers.RetryAfter!.ToString());
        Assert.Null(ended.Headers.RetryAfter);
        Assert.NotEqual(going.Headers.ETag, ended.Headers.ETag);
        Assert.Equal(HttpStatusCode.NotModified, notModified.StatusCode);
    }

    [Fact]
    public async Task List_shows_every_run_once_newest_first_without_output_and_logs()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, await app.StartRunAsync(agentId, new { i }));
            await app.WaitForRunAsync(agentId, ids[0]);
        }

        var first = await app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}/runs?limit=3");
        var second = await app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}/runs?limit=3&before={first.GetProperty("before").GetString()}");

        Payload.AssertMatches("001-run-list.json", second);
        Assert.Equal(ids, first.GetProperty("runs").EnumerateArray().Concat(second.GetProperty("runs").EnumerateArray()).Select(run => run.GetProperty("runId").GetString()!));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("before=x")]
    public async Task List_parameter_out_of_range_is_400(string query)
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await app.LayAgentAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await app.Client.GetAsync($"v1/agents/{agentId}/runs?{query}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync($"v1/agents/{agentId}/runs?limit={RunFunctions.MaxRuns}")).StatusCode);
    }

    [Fact]
    public async Task Repetition_with_an_idempotency_key_is_the_same_run_and_costs_nothing()
    {
        var sandbox = new FakeSandbox();
        await using var app = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync();

        using var first = await app.Client.RunAsync(agentId, new { a = 1 }, prefer: "wait=30", key: "k");
        using var second = await app.Client.RunAsync(agentId, new { a = 1 }, prefer: "wait=30", key: "k");
        using var third = await app.Client.RunAsync(agentId, new { a = 1 }, key: "k");
        using var other = await app.Client.RunAsync(agentId, new { a = 2 }, key: "k");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.UnprocessableEntity), (second.StatusCode, third.StatusCode, other.StatusCode));
        Assert.Equal((await first.ReadJsonAsync()).GetProperty("runId").GetString(), (await third.ReadJsonAsync()).GetProperty("runId").GetString());
        Assert.Equal(1, sandbox.Calls);
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    [Fact]
    public async Task Agent_is_given_its_input_its_context_and_the_secrets_that_its_manifest_names()
    {
        SandboxRequest? seen = null;
        await using var app = await RunApp.StartAsync(new FakeSandbox((request, _, _) =>
        {
            seen = request;
            return Task.FromResult(FakeSandbox.Result("null"));
        }));
        var agentId = await app.LayAgentAsync(secrets: ["TOKEN", "NOT_SET"]);
        foreach (var name in new[] { "TOKEN", "UNNAMED" })
        {
            (await app.Client.PutAsJsonAsync($"v1/agents/{agentId}/secrets/{name}", new { value = $"value of {name}" })).EnsureSuccessStatusCode();
        }

        var runId = await app.StartRunAsync(agentId, new { a = 1 });
        var run = await app.WaitForRunAsync(agentId, runId);

        Assert.Equal(JsonValueKind.Null, run.GetProperty("output").ValueKind);
        Assert.Equal("export default async (input) => input;", seen!.Code);
        Assert.Equal("""{"a":1}""", seen.Input);
        Assert.Equal((agentId, runId, "manual"), (seen.Context.AgentId, seen.Context.RunId, seen.Context.Trigger));
        Assert.Equal([KeyValuePair.Create("TOKEN", "value of TOKEN")], seen.Secrets);
        Assert.Null(seen.Network);
    }

    [Fact]
    public async Task Agent_with_a_granted_host_is_given_a_network()
    {
        var networks = new List<ISandboxNetwork?>();
        await using var app = await RunApp.StartAsync(new FakeSandbox((request, _, _) =>
        {
            networks.Add(request.Network);
            return Task.FromResult(FakeSandbox.Result("1"));
        }));
        var agentId = await app.LayAgentAsync(change: agent => agent with { AllowedHosts = ["api.example.com"] });

        await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId));

        Assert.NotNull(Assert.Single(networks));
    }

    [Theory]
    [InlineData(SandboxErrorCode.InvalidProgram, "invalid_program")]
    [InlineData(SandboxErrorCode.Threw, "threw")]
    [InlineData(SandboxErrorCode.Ended, "ended")]
    [InlineData(SandboxErrorCode.OutOfTime, "out_of_time")]
    [InlineData(SandboxErrorCode.OutOfMemory, "out_of_memory")]
    [InlineData(SandboxErrorCode.OutputTooLarge, "output_too_large")]
    [InlineData(SandboxErrorCode.InvalidOutput, "invalid_output")]
    public async Task Failure_of_the_code_is_shown_with_its_logs_is_not_repeated_and_costs_the_token(SandboxErrorCode code, string expected)
    {
        var sandbox = new FakeSandbox((_, _, _) => Task.FromResult(FakeSandbox.Result(null, "before it failed", new SandboxError(code, "Error: no"))));
        await using var app = await RunApp.StartAsync(sandbox);
        var agentId = await app.LayAgentAsync();

        var run = await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId));

        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.Equal((expected, "Error: no"), (run.GetProperty("error").GetProperty("code").GetString()!, run.GetProperty("error").GetProperty("message").GetString()!));
        Assert.Equal((JsonValueKind.Null, "before it failed"), (run.GetProperty("output").ValueKind, run.GetProperty("logs").GetString()!));
        Assert.Equal(1, sandbox.Calls);
        Assert.Equal(1, (await app.ReadTokensAsync()).Spent);
    }

    private static async Task AssertInvalidAsync(HttpResponseMessage response, params (string Field, string Message)[] errors)
    {
        var body = await response.ReadJsonAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (response.StatusCode, body.GetProperty("code").GetString()!));
        Assert.Equal(errors, body.GetProperty("errors").EnumerateArray().Select(error => (error.GetProperty("field").GetString()!, error.GetProperty("message").GetString()!)));
    }
}
