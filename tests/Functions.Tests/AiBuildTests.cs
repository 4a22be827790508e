using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jobs.Functions.Orchestrations;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>Builds with a model behind a provider's real client, through the whole app. Compilers and the sandbox are the real ones where a test is about them.</summary>
public sealed class AiBuildTests
{
    [Fact]
    public async Task Widget_that_does_not_compile_at_first_is_mended_by_the_model_and_succeeds()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            Write("1", "src/App.tsx", "export default function App() { const count: string = 1; return <p>{count}</p>; }"),
            Finish("2", "A number."),
            Write("3", "src/App.tsx", "export default function App() { const count: number = 1; return <p>{count}</p>; }"),
            Finish("4", "A number, mended."));
        await using var app = await StartAsync(server, real: true);
        var (widgetId, jobId) = await app.CreateWidgetAsync("a number");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("SUCCEEDED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Contains("TS2322", server.Requests[2].Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("A number, mended.", (await app.WaitForMessagesAsync("widgets", widgetId, 2))[1].GetProperty("content").GetString());
        // Four answers, two checks behind "finish", and the end.
        var stored = (await app.Services.GetRequiredService<JobStore>().ReadAsync(jobId, CancellationToken.None))!.Job;
        Assert.Equal(6, stored.Turns);
        Assert.Equal(4 * 7, stored.Usage.Output);
    }

    [Fact]
    public async Task Widget_that_never_compiles_fails_with_what_the_compiler_says()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Write("1", "src/App.tsx", "export default 1 as string;"));
        server.Otherwise = Finish("2", "Done.");
        await using var app = await StartAsync(server, real: true);
        var (_, jobId) = await app.CreateWidgetAsync("a number");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("FAILED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Contains("src/App.tsx", job.GetProperty("buildStatus").GetProperty("failureDetails").GetString());
    }

    [Fact]
    public async Task Agent_is_tried_in_the_sandbox_and_built()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            OpenAiAnswers.StreamCalls(
                ("1", "write_file", Json(new { path = "functions/main.ts", content = "export default async (input: { n: number }) => ({ twice: 2 * input.n });" })),
                ("2", "write_file", Json(new { path = "README.md", content = "# Twice" })),
                ("3", "write_file", Json(new { path = "agent.json", content = """{"name":"Twice","description":"Doubles.","input":{"type":"object","properties":{"n":{"type":"number"}},"required":["n"]},"output":{"type":"object"},"secrets":[]}""" }))),
            OpenAiAnswers.StreamCalls(("4", "try_agent", """{"input":{"n":21}}""")),
            Finish("5", "Doubles a number."));
        await using var app = await StartAsync(server, real: true);
        var (agentId, jobId) = await app.CreateAgentAsync("double a number");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("completed", job.GetProperty("status").GetString());
        Assert.Contains("twice", server.Requests[2].Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("42", server.Requests[2].Body["messages"]!.AsArray()[^1]!.ToJsonString(), StringComparison.Ordinal);
        var messages = await app.WaitForMessagesAsync("agents", agentId, 2);
        Assert.Equal("Doubles a number.", messages[1].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Fault_of_the_provider_is_told_in_our_words_and_the_token_is_given_back()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = OpenAiAnswers.Error(401, "Incorrect API key provided: sk-secret. Write to admin@provider.example.");
        await using var app = await StartAsync(server);
        var (_, jobId) = await app.CreateAgentAsync("double a number");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("failed", job.GetProperty("status").GetString());
        Assert.Equal("The AI service does not let us in.", job.GetProperty("error").GetString());
        await WaitUntilNoTokenIsTakenAsync(app);
    }

    [Fact]
    public async Task Build_with_a_plan_a_question_and_a_repair_succeeds()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AiBuildScript.Answers);
        await using var app = await StartAsync(server, real: true);

        await AiBuildScript.RunAsync(app, server);
    }

    [Fact]
    public async Task Build_with_Anthropics_protocol_succeeds()
    {
        await using var server = await ScriptedServer.StartAnthropicAsync(
            AnthropicAnswers.StreamCalls(("1", "write_file", Json(new { path = "src/App.tsx", content = "export default function App() { return <p>1</p>; }" })), ("2", "check", "{}")),
            AnthropicAnswers.StreamCalls(("3", "finish", Json(new { summary = "A number." }))));
        await using var app = await TestApp.StartAsync(
            real: true, arguments: ["--Ai:Provider", "anthropic", "--Ai:Endpoint", server.Address.AbsoluteUri, "--Ai:Model", "scripted", "--Ai:Key", "sk-test"]);
        var (_, jobId) = await app.CreateWidgetAsync("a number");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("SUCCEEDED", job.GetProperty("buildStatus").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Cancel_while_the_model_streams_stops_the_call_at_once_and_gives_the_token_back()
    {
        var answer = Write("1", "functions/main.ts", new string(' ', 500));
        await using var server = await ScriptedServer.StartOpenAiAsync(answer.After(2, ScriptedEnd.Never));
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(server, time);
        var (agentId, jobId) = await app.CreateAgentAsync("double a number");
        // What is streamed is written once in a while, and the caller sees it in the middle of the answer.
        await app.WaitForJobAsync(jobId, job =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return job.GetProperty("progress").GetProperty("message").GetString() == "Writing functions/main.ts";
        });
        Assert.Equal(0, server.GivenUp);

        // From here on the clock stands still: nobody comes by to look.
        using var deleted = await app.Client.DeleteAsync($"v1/agents/{agentId}");
        var job = await app.WaitUntilSettledAsync(jobId);
        await app.WaitForJobAsync(jobId, _ => server.GivenUp == 1);

        Assert.Equal("The build was cancelled.", job.GetProperty("error").GetString());
        await WaitUntilNoTokenIsTakenAsync(app);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Endpoint_that_asks_to_be_left_alone_is_left_alone_durably_and_the_work_goes_on(int status)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            Write("1", "src/App.tsx", "export default function App() { return <p>kept</p>; }"),
            OpenAiAnswers.Error(status, "Slow down, sk-test.").With("Retry-After", "120"),
            Finish("2", "Kept."));
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(server, time);
        var (_, jobId) = await app.CreateWidgetAsync("something");
        await server.WaitForRequestsAsync(2);
        var asked = time.GetUtcNow();

        await time.AdvanceUntilAsync(() => server.Requests.Count == 3);

        Assert.InRange(time.GetUtcNow() - asked, TimeSpan.FromSeconds(120), Retries.MaxRetryAfter);
        var job = await app.WaitUntilSettledAsync(jobId);
        Assert.Equal("SUCCEEDED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        // Only the call that failed is repeated, unchanged.
        Assert.Equal(server.Requests[1].Body.ToJsonString(), server.Requests[2].Body.ToJsonString());
        Assert.Contains("Generating files with the AI model scripted (attempt 2 of 3)", await AiBuildScript.MessagesOfAsync(app, jobId));
    }

    [Fact]
    public async Task Endpoint_that_asks_for_a_moment_gets_it_within_the_attempt()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            OpenAiAnswers.Error(503, "Loading.").With("Retry-After", "5"), Write("1", "src/App.tsx", "export default function App() { return <p>1</p>; }"), Finish("2", "Done."));
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(server, time);
        var (_, jobId) = await app.CreateWidgetAsync("something");
        await server.WaitForRequestsAsync(1);

        await time.AdvanceUntilAsync(() => server.Requests.Count == 3);
        await app.WaitUntilSettledAsync(jobId);

        Assert.DoesNotContain(await AiBuildScript.MessagesOfAsync(app, jobId), message => message.Contains("attempt", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("no finish")]
    [InlineData("truncated JSON")]
    public async Task Answer_that_breaks_off_is_asked_for_again_and_loses_nothing_of_the_answers_before(string fault)
    {
        var finish = Finish("2", "Kept.");
        await using var server = await ScriptedServer.StartOpenAiAsync(
            Write("1", "src/App.tsx", "export default function App() { return <p>kept</p>; }"),
            fault switch
            {
                "reset" => finish.After(2, ScriptedEnd.Cut),
                "no finish" => finish.After(2, ScriptedEnd.Complete),
                _ => finish with { Parts = [finish.Parts[0], finish.Parts[1][..40] + "\n\n"] },
            },
            finish);
        await using var app = await StartAsync(server);
        var (widgetId, jobId) = await app.CreateWidgetAsync("something");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("SUCCEEDED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Equal("Kept.", (await app.WaitForMessagesAsync("widgets", widgetId, 2))[1].GetProperty("content").GetString());
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(server.Requests[1].Body.ToJsonString(), server.Requests[2].Body.ToJsonString());
    }

    public static TheoryData<string, string, int> Ends => new()
    {
        // Two attempts of three requests each; then the endpoint is left alone, and the third attempt ends before it asks.
        { "overloaded", "The AI service has failed too often lately and is left alone for a moment.", 6 },
        { "reset", "The AI service's answer broke off.", 3 },
        { "truncated", "The AI service gave an answer that cannot be read.", 3 },
        { "refusal", "The AI model refused: I can't help with that.", 1 },
        { "filter", "The AI service's content filter refused this.", 1 },
        { "talk", "The AI model did not do the work. It said: Hello.", 4 },
        { "empty", "The AI model gave only empty answers.", 4 },
        { "circle", "The AI model repeated itself without getting anywhere.", 5 },
        { "no files", "The AI model wrote no files.", 4 },
        { "too long", "This is more than the AI model can read at once.", 1 },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Build_that_cannot_be_done_fails_with_a_sentence_and_gives_the_token_back(string fault, string error, int calls)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        var streamed = Finish("1", "Done.");
        server.Otherwise = fault switch
        {
            "overloaded" => OpenAiAnswers.Error(500, "sk-test at /srv/model failed"),
            "reset" => streamed.After(2, ScriptedEnd.Cut),
            "truncated" => streamed with { Parts = [streamed.Parts[0], streamed.Parts[1][..40] + "\n\n"] },
            "refusal" => OpenAiAnswers.StreamRefusal("I can't help with that."),
            "filter" => OpenAiAnswers.Stream(["I"], "content_filter"),
            "talk" => OpenAiAnswers.Stream(["Hello."]),
            "empty" => OpenAiAnswers.Stream([]),
            "circle" => OpenAiAnswers.StreamCalls(("1", "list_files", "{}")),
            "no files" => streamed,
            _ => OpenAiAnswers.Error(400, "This model's maximum context length is 8192 tokens.", code: "context_length_exceeded"),
        };
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(server, time);
        var (_, jobId) = await app.CreateAgentAsync("double a number");

        var job = await app.WaitForJobAsync(jobId, job =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return job.GetProperty("status").GetString() is "failed" or "completed";
        });

        Assert.Equal(("failed", error), (job.GetProperty("status").GetString(), job.GetProperty("error").GetString()));
        Assert.Equal(calls, server.Requests.Count);
        await WaitUntilNoTokenIsTakenAsync(app);
    }

    [Fact]
    public async Task Agent_that_never_compiles_fails_with_what_the_compiler_says_after_three_repairs()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.StreamCalls(
            ("1", "write_file", Json(new { path = "functions/main.ts", content = "export default async (): Promise<string> => 1;" })),
            ("2", "write_file", Json(new { path = "agent.json", content = """{"name":"A","description":"B.","input":{"type":"object"},"output":{"type":"string"},"secrets":[]}""" }))));
        server.Otherwise = Finish("3", "Done.");
        await using var app = await StartAsync(server, real: true);
        var (_, jobId) = await app.CreateAgentAsync("say something");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("failed", job.GetProperty("status").GetString());
        Assert.StartsWith("The agent does not compile:\nfunctions/main.ts:1:", job.GetProperty("error").GetString());
        // One answer that wrote, and four that said that it was done.
        Assert.Equal(5, server.Requests.Count);
        var said = await AiBuildScript.MessagesOfAsync(app, jobId);
        Assert.All(Enumerable.Range(1, 3), attempt => Assert.Contains($"Mending what the compiler found (attempt {attempt} of 3)", said));
        await WaitUntilNoTokenIsTakenAsync(app);
    }

    [Fact]
    public async Task Refinement_changes_the_present_files_and_knows_what_was_said()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            Write("1", "src/App.tsx", "export default function App() { return <p>Hi</p>; }"),
            Finish("2", "It says hi."),
            OpenAiAnswers.StreamCalls(("3", "edit_file", Json(new { path = "src/App.tsx", old = "Hi", @new = "Good morning" })), ("4", "finish", Json(new { summary = "It is formal now." }))));
        await using var app = await StartAsync(server, real: true);
        var (widgetId, first) = await app.CreateWidgetAsync("say hi");
        await app.WaitUntilSettledAsync(first);

        using var response = await app.Client.PostAsJsonAsync($"v1/widgets/{widgetId}/builds", new { prompt = "more formal" });
        var job = await app.WaitUntilSettledAsync((await response.ReadJsonAsync()).GetProperty("jobId").GetString()!);

        Assert.Equal("SUCCEEDED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Equal("export default function App() { return <p>Good morning</p>; }", await app.Client.GetStringAsync($"v1/widgets/{widgetId}/files/src/App.tsx"));
        // A conversation of its own: the instructions and one message, which has the files and what was said, and not the calls that wrote them.
        var messages = server.Requests[2].Body["messages"]!.AsArray();
        Assert.Equal(2, messages.Count);
        var opening = JsonNode.Parse((string)messages[1]!["content"]!)!;
        Assert.Equal("export default function App() { return <p>Hi</p>; }", (string?)opening["files"]!["src/App.tsx"]);
        Assert.Equal(["say hi", "It says hi."], opening["earlier"]!.AsArray().Select(said => (string)said!["text"]!));
    }

    [Fact]
    public async Task Try_is_refused_an_input_that_the_agents_schema_refuses()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            OpenAiAnswers.StreamCalls(
                ("1", "write_file", Json(new { path = "functions/main.ts", content = "export default async (input: { n: number }) => 2 * input.n;" })),
                ("2", "write_file", Json(new { path = "agent.json", content = """{"name":"A","description":"B.","input":{"type":"object","properties":{"n":{"type":"number"}},"required":["n"]},"output":{"type":"number"},"secrets":[]}""" })),
                ("3", "try_agent", """{"input":{"n":"21"}}""")),
            Finish("4", "Doubles."));
        await using var app = await StartAsync(server);
        var (_, jobId) = await app.CreateAgentAsync("double a number");

        await app.WaitUntilSettledAsync(jobId);

        Assert.StartsWith("It failed: The input does not fit the input schema: /n ", (string?)server.Requests[1].Body["messages"]!.AsArray()[^1]!["content"]);
    }

    private static ScriptedAnswer Write(string id, string path, string content) => OpenAiAnswers.StreamCalls((id, "write_file", Json(new { path, content })));

    private static ScriptedAnswer Finish(string id, string summary) => OpenAiAnswers.StreamCalls((id, "finish", Json(new { summary })));

    private static string Json(object value) => JsonSerializer.Serialize(value);

    /// <summary>The ledger follows the job's end.</summary>
    private static async Task WaitUntilNoTokenIsTakenAsync(TestApp app)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); ; await Task.Delay(10))
        {
            var tokens = (await app.Client.GetFromJsonAsync<JsonElement>("v1/usage")).GetProperty("tokens");
            if ((tokens.GetProperty("spent").GetInt64(), tokens.GetProperty("reserved").GetInt64()) == (0, 0))
            {
                return;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The token does not come back: {tokens}");
        }
    }

    private static Task<TestApp> StartAsync(ScriptedServer server, TimeProvider? time = null, bool real = false) => TestApp.StartAsync(
        services => services.AddSingleton(time ?? TimeProvider.System), real: real, arguments: AiBuildScript.Settings(server));
}
