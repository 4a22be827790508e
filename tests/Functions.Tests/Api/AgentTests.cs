using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Functions.Activities;
using Jobs.Functions.Orchestrations;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

/// <summary>Contract 001, as documented.</summary>
public sealed class AgentTests
{
    [Fact]
    public async Task Create_with_a_prompt_answers_202_as_documented_and_builds()
    {
        await using var app = await StartAsync();

        using var response = await app.Client.PostAsJsonAsync("v1/agents", new { name = "Daily Joke Emailer", prompt = "say hello" });
        var body = await response.ReadJsonAsync();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Payload.AssertMatches("001-agent-accepted.json", body);
        var jobId = body.GetProperty("jobId").GetString()!;
        Assert.Equal($"/v1/jobs/{jobId}", response.Headers.Location!.OriginalString);
        var job = await app.WaitUntilSettledAsync(jobId);
        Payload.AssertMatches("000-agent-job-succeeded.json", job);
        Assert.Equal(body.GetProperty("agentId").GetString(), job.GetProperty("result").GetProperty("agentId").GetString());
    }

    [Fact]
    public async Task Create_without_a_prompt_answers_201_with_a_draft_as_documented()
    {
        await using var app = await StartAsync();

        using var response = await app.Client.PostAsJsonAsync("v1/agents", new { name = "Daily Joke Emailer" });
        var body = await response.ReadJsonAsync();

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Payload.AssertMatches("001-agent-created.json", body);
        Assert.Equal($"/v1/agents/{body.GetProperty("agentId").GetString()}", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task List_and_Get_answer_as_documented()
    {
        await using var app = await StartAsync();
        using var created = await app.Client.PostAsJsonAsync("v1/agents", new { name = "Daily Joke Emailer" });
        var agentId = (await created.ReadJsonAsync()).GetProperty("agentId").GetString();

        Payload.AssertMatches("001-agent-list.json", await app.Client.GetFromJsonAsync<JsonElement>("v1/agents"));
        Payload.AssertMatches("001-agent.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}"));
    }

    [Fact]
    public async Task Delete_answers_as_documented_and_then_the_agent_is_gone()
    {
        await using var app = await StartAsync();
        var (agentId, jobId) = await app.CreateAgentAsync();
        await app.WaitUntilSettledAsync(jobId);

        var deleted = await app.Client.DeleteFromJsonAsync<JsonElement>($"v1/agents/{agentId}");
        using var again = await app.Client.DeleteAsync($"v1/agents/{agentId}");

        Assert.Equal("""{"success":true}""", deleted.GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync($"v1/agents/{agentId}")).StatusCode);
        Assert.Equal(0, (await app.Client.GetFromJsonAsync<JsonElement>("v1/agents")).GetProperty("total").GetInt32());
        Assert.Empty(Directory.GetDirectories(Path.Combine(app.DataFolder, "blobs"), agentId, SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Files_are_those_of_the_last_build_that_succeeded()
    {
        var compiler = new FakeAgentCompiler
        {
            OnCompile = call => Task.FromResult<AgentCompileResult>(
                call == 1 ? new AgentCompileResult.Succeeded("export default () => 1") : new AgentCompileResult.Failed("functions/main.ts(1,1): error TS1: no")),
        };
        await using var app = await StartAsync(compiler: compiler, generator: new FakeGenerator((_, call) => Task.FromResult(Agent($"// build {call}"))));
        var (agentId, jobId) = await app.CreateAgentAsync();
        await app.WaitUntilSettledAsync(jobId);

        using var response = await app.Client.PostAsJsonAsync($"v1/agents/{agentId}/builds", new { prompt = "break it" });
        var failed = await app.WaitUntilSettledAsync((await response.ReadJsonAsync()).GetProperty("jobId").GetString()!);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("failed", failed.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, failed.GetProperty("result").ValueKind);
        Assert.Equal("The agent does not compile:\nfunctions/main.ts(1,1): error TS1: no", failed.GetProperty("error").GetString());
        Assert.Equal("// build 1", await app.Client.GetStringAsync($"v1/agents/{agentId}/files/functions/main.ts"));
        var messages = await app.WaitForMessagesAsync("agents", agentId, 4);
        Assert.Equal(["prompt", "result", "prompt", "failure"], messages.Select(message => message.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Refinement_gets_the_current_files_and_the_conversation()
    {
        GenerationRequest? last = null;
        await using var app = await StartAsync(generator: new FakeGenerator((request, call) =>
        {
            last = request;
            return Task.FromResult(Agent($"// build {call}"));
        }));
        var (agentId, jobId) = await app.CreateAgentAsync("first");
        await app.WaitUntilSettledAsync(jobId);

        using var response = await app.Client.PostAsJsonAsync($"v1/agents/{agentId}/builds", new { prompt = "second" });
        await app.WaitUntilSettledAsync((await response.ReadJsonAsync()).GetProperty("jobId").GetString()!);

        Assert.Equal("second", last!.Prompt);
        Assert.Equal(["first", "Built it"], last.Earlier.Select(message => message.Content));
        Assert.Equal("// build 1", last.Current.Files["functions/main.ts"]);
    }

    [Fact]
    public async Task Compiler_that_cannot_run_is_tried_again_without_generating_again()
    {
        var time = new ManualTimeProvider();
        var generator = new FakeGenerator((_, _) => Task.FromResult(FakeGenerator.Agent));
        var compiler = new FakeAgentCompiler
        {
            OnCompile = call => call < BuildSteps.MaxAttempts
                ? throw new CompilerUnavailableException("The compiler is missing.")
                : Task.FromResult<AgentCompileResult>(new AgentCompileResult.Succeeded("export default () => 1")),
        };
        await using var app = await StartAsync(generator, compiler, time);
        var (_, jobId) = await app.CreateAgentAsync();

        var job = await app.WaitForJobAsync(jobId, job =>
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            return job.GetProperty("status").GetString() is "failed" or "completed";
        });

        Assert.Equal("completed", job.GetProperty("status").GetString());
        Assert.Equal((1, BuildSteps.MaxAttempts), (generator.Calls, compiler.Calls));
    }

    [Fact]
    public async Task Overtaken_check_does_not_give_its_program_to_the_agent()
    {
        var slow = new TaskCompletionSource<AgentCompileResult>();
        var compiler = new FakeAgentCompiler
        {
            OnCompile = call => call == 2 ? slow.Task : Task.FromResult<AgentCompileResult>(new AgentCompileResult.Succeeded($"export default () => {call}")),
        };
        await using var app = await StartAsync(compiler: compiler);
        var (agentId, jobId) = await app.CreateAgentAsync();
        await app.WaitUntilSettledAsync(jobId);
        var job = (await app.Services.GetRequiredService<JobStore>().FindAsync(jobId, CancellationToken.None))!;
        var agents = app.Services.GetRequiredService<AgentStore>();
        var again = job with { Id = Domain.Ids.NewJobId(DateTimeOffset.UtcNow), Status = JobStatus.Running, Step = JobStep.Compiling, CompletedAt = null };
        await app.Services.GetRequiredService<JobStore>().CreateAsync(again, CancellationToken.None);
        var before = (await agents.ReadAsync("acme", agentId, CancellationToken.None))!;
        Assert.True(await agents.TryReplaceAsync(before, before.Resource with { CurrentJobId = again.Id }, message: null, CancellationToken.None));
        var steps = ActivatorUtilities.CreateInstance<AgentActivities>(app.Services);
        var input = new StepInput(again.Id, 1, BuildSteps.MaxAttempts);

        var calls = compiler.Calls;
        var overtaken = steps.CompileAgent(input, app.DurableClient, CancellationToken.None);
        await app.WaitForJobAsync(again.Id, _ => compiler.Calls == calls + 1);
        var later = await steps.CompileAgent(input, app.DurableClient, CancellationToken.None);
        var program = ((Domain.Agents.Agent)(await agents.ReadAsync("acme", agentId, CancellationToken.None))!.Resource).ProgramRef;
        slow.SetResult(new AgentCompileResult.Succeeded("export default () => 'overtaken'"));
        await overtaken;

        Assert.Equal(StepOutcome.Done, later.Outcome);
        Assert.Equal(program, ((Domain.Agents.Agent)(await agents.ReadAsync("acme", agentId, CancellationToken.None))!.Resource).ProgramRef);
    }

    [Theory]
    [InlineData("GET", "v1/agents/{0}")]
    [InlineData("DELETE", "v1/agents/{0}")]
    [InlineData("POST", "v1/agents/{0}/builds")]
    [InlineData("GET", "v1/agents/{0}/files")]
    [InlineData("GET", "v1/agents/{0}/files/functions/main.ts")]
    [InlineData("GET", "v1/agents/{0}/messages")]
    [InlineData("POST", "v1/agents/{0}/messages")]
    public async Task Agent_of_another_organisation_is_answered_like_one_that_does_not_exist(string method, string route)
    {
        await using var app = await StartAsync();
        var (agentId, jobId) = await app.CreateAgentAsync();
        await app.WaitUntilSettledAsync(jobId);

        var foreign = await SendAsync(agentId);
        var unknown = await SendAsync("0000000000");

        Assert.Equal(404, foreign.Status);
        Assert.Equal(unknown, foreign);
        Assert.Equal(HttpStatusCode.NotFound, (await app.OtherTenant.GetAsync($"v1/jobs/{jobId}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync($"v1/agents/{agentId}")).StatusCode);

        async Task<(int Status, string Body)> SendAsync(string id)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), string.Format(null, route, id));
            if (method == "POST")
            {
                request.Content = JsonContent.Create(new { prompt = "x", content = "x" });
            }

            using var response = await app.OtherTenant.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Build_of_an_agent_whose_manifest_is_wrong_fails_and_names_the_field()
    {
        const string Manifest = """{"name": "Joke mailer", "description": "Mails a joke.", "input": {"typo": 1}, "output": {"type": "string"}}""";
        var files = new Dictionary<string, string>(((GenerationResult.Files)FakeGenerator.Agent).Content) { ["agent.json"] = Manifest };
        await using var app = await StartAsync(new FakeGenerator((_, _) => Task.FromResult<GenerationResult>(new GenerationResult.Files(files, "Built"))));

        var (_, jobId) = await app.CreateAgentAsync();
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("failed", job.GetProperty("status").GetString());
        Assert.Contains("agent.json: \"input\" is not a JSON Schema that can be used: /typo is a keyword", job.GetProperty("error").GetString());
    }

    private static GenerationResult Agent(string code) => new GenerationResult.Files(
        new Dictionary<string, string>(((GenerationResult.Files)FakeGenerator.Agent).Content) { ["functions/main.ts"] = code }, "Built it");

    private static Task<TestApp> StartAsync(FakeGenerator? generator = null, FakeAgentCompiler? compiler = null, TimeProvider? time = null) =>
        TestApp.StartAsync(services => services
            .AddSingleton<IAgentGenerator>(generator ?? new FakeGenerator((_, _) => Task.FromResult(FakeGenerator.Agent)))
            .AddSingleton<IAgentCompiler>(compiler ?? new FakeAgentCompiler())
            .AddSingleton(time ?? TimeProvider.System));
}
