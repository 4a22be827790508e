using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Jobs.Generation.Ai.Writing;
using Microsoft.Extensions.AI;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using Conversation = Jobs.Domain.Conversations.ChatMessage;

namespace Jobs.Generation.Tests.Ai.Writing;

/// <summary>A model writes files by tools, over a provider's real client and protocol.</summary>
public abstract partial class AiGeneratorSuite
{
    private const string App = "export default function App() { return <p>Hi</p>; }";

    private protected abstract Task<ScriptedServer> StartAsync(params ScriptedAnswer[] script);

    private protected abstract AiTestHost Host(ScriptedServer server, TimeProvider? time);

    private protected abstract ScriptedAnswer Calls(params (string Id, string Name, string Arguments)[] calls);

    /// <summary>The same where the answer ends at its limit.</summary>
    private protected abstract ScriptedAnswer CutCalls(params (string Id, string Name, string Arguments)[] calls);

    private protected abstract ScriptedAnswer Text(string text, bool isCut = false);

    /// <summary>An answer that the provider's filter stops.</summary>
    private protected abstract ScriptedAnswer Filtered { get; }

    /// <summary>A request that is longer than the model can read.</summary>
    private protected abstract ScriptedAnswer TooLong { get; }

    /// <summary>The calls that a message of a request repeats to the model.</summary>
    private protected abstract IEnumerable<(string Id, string Name)> CallsIn(JsonNode message);

    /// <summary>The results that a message of a request gives to the model.</summary>
    private protected abstract IEnumerable<(string Id, string Text)> ResultsIn(JsonNode message);

    [Fact]
    public async Task Widget_is_planned_written_checked_and_finished()
    {
        await using var server = await StartAsync(
            Calls(("1", "plan", """{"files":["src/App.tsx","src/styles.css"]}""")),
            Calls(("2", "write_file", Json(new { path = "src/App.tsx", content = App }))),
            Calls(("3", "write_file", """{"path":"src/styles.css","content":"p { color: red; }"}"""), ("4", "check", "{}")),
            Calls(("5", "finish", """{"summary":"A greeting."}""")));
        var work = new Work(this, server);

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("say hi"));

        Assert.Equal(new Dictionary<string, string> { ["src/App.tsx"] = App, ["src/styles.css"] = "p { color: red; }" }, files.Content);
        Assert.Equal("A greeting.", files.Summary);
        Assert.Equal(["Planned 2 files", "Wrote src/App.tsx (1 of 2)", "Checking types", "Thinking", "Checking types", "Checking types"], work.Messages);
        // What was checked and not changed since is not checked again.
        Assert.Equal(1, work.Bench.Checks);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(0, server.Left);
        Assert.True(work.Usage is { Input: > 0, Output: > 0 });
    }

    [Fact]
    public async Task What_does_not_compile_goes_back_and_is_mended()
    {
        await using var server = await StartAsync(
            Calls(("1", "write_file", """{"path":"src/App.tsx","content":"export default 1;"}"""), ("2", "finish", """{"summary":"Done."}""")),
            Calls(("3", "write_file", Json(new { path = "src/App.tsx", content = App })), ("4", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Bench = { Faults = { "src/App.tsx(1,1): error TS1: no component", null } } };

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("say hi"));

        Assert.Equal(App, files.Content["src/App.tsx"]);
        Assert.Contains("Mending what the compiler found (attempt 1 of 3)", work.Messages);
        Assert.Contains("error TS1: no component", server.Requests[1].Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_waits_and_its_answer_goes_back_to_the_model()
    {
        await using var server = await StartAsync(
            Calls(("1", "ask_user", """{"question":"Which colour?","choices":["Red","Blue"],"default":"Blue"}""")),
            Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["src/App.tsx"] = App } };

        var question = Assert.IsType<GenerationResult.Question>(await work.RunAsync("a card"));
        Assert.Equal(("Which colour?", "Blue"), (question.Text, question.Default));
        Assert.Equal(["Red", "Blue"], question.Choices);
        work.Answers.Add(new AnsweredQuestion(question.Text, "Green"));
        Assert.IsType<GenerationResult.Files>(await work.RunAsync("a card"));

        Assert.Contains("Green", server.Requests[1].Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trial_that_finds_no_place_is_made_later_and_the_model_is_not_asked_again()
    {
        await using var server = await StartAsync(Calls(("1", "check", "{}")), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["src/App.tsx"] = App }, Bench = { BusyTimes = 2 } };

        Assert.IsType<GenerationResult.Files>(await work.RunAsync("a card"));

        Assert.Equal(2, server.Requests.Count);
    }

    private static string FirstUserText(RecordedRequest request)
    {
        var content = request.Body["messages"]!.AsArray().First(message => (string?)message!["role"] == "user")!["content"]!;
        return content is JsonArray parts ? (string)parts[0]!["text"]! : (string)content!;
    }

    private IEnumerable<string> Results(RecordedRequest request) => request.Body["messages"]!.AsArray().SelectMany(message => ResultsIn(message!)).Select(result => result.Text);

    /// <summary>Every endpoint refuses a conversation in which a call has no result, or a result no call.</summary>
    private void AssertEveryCallHasItsResult(RecordedRequest request)
    {
        var open = new List<string>();
        foreach (var message in request.Body["messages"]!.AsArray())
        {
            var results = ResultsIn(message!).Select(result => result.Id).ToList();
            Assert.All(results, id => Assert.True(open.Remove(id), $"{id} has no call, or two results."));
            if (results.Count == 0)
            {
                Assert.Empty(open);
            }

            open.AddRange(CallsIn(message!).Select(call => call.Id));
        }

        Assert.Empty(open);
    }

    /// <summary>What is left of a build that has begun with one file.</summary>
    private static Transcript Begun()
    {
        var state = new Transcript { Files = { ["a.txt"] = "x" } };
        state.Messages.Add(new ChatMessage(ChatRole.System, "instructions"));
        state.Say("""{"files":{}}""");
        return state;
    }

    private static Conversation Said(ChatMessageKind kind, string text) =>
        new() { JobId = "job_1776081418601_b5049f7fd47c", Number = 0, Kind = kind, Content = text, CreatedAt = DateTimeOffset.UnixEpoch };

    private static IEnumerable<T[]> Orders<T>(T[] items) => items.Length < 2
        ? [items]
        : items.SelectMany((item, i) => Orders(items.Where((_, j) => j != i).ToArray()).Select(rest => (T[])[item, .. rest]));

    private static string Json(object value) => JsonSerializer.Serialize(value);

    /// <summary>Calls a generator as the engine does: again and again, with what its last answer left.</summary>
    private protected sealed class Work(AiGeneratorSuite suite, ScriptedServer server)
    {
        private ReadOnlyMemory<byte>? _state;

        public Dictionary<string, string> Files { get; } = [];

        public List<Conversation> Earlier { get; } = [];

        public List<AnsweredQuestion> Answers { get; } = [];

        public List<string> Messages { get; } = [];

        public ReportList Reports { get; } = new();

        public ScriptedBench Bench { get; init; } = new();

        public TimeProvider? Time { get; init; }

        public ModelUsage Usage { get; private set; }

        /// <summary>What the last answer left.</summary>
        internal Transcript Transcript
        {
            get => Transcript.Read(_state!.Value);
            init => _state = value.ToBytes();
        }

        public async Task<GenerationResult> RunAsync(string prompt, CancellationToken cancellationToken = default)
        {
            await using var host = suite.Host(server, Time);
            Assert.True(SourceFiles.TryCreate(Files, out var current, out string? error), error);
            try
            {
                return await RunAsync(host, prompt, current, cancellationToken);
            }
            finally
            {
                Assert.All(server.Requests, suite.AssertEveryCallHasItsResult);
                // The same question gets the same answer: nothing is ever asked unchanged.
                Assert.Distinct(server.Requests.Select(request => request.Body.ToJsonString()));
            }
        }

        private async Task<GenerationResult> RunAsync(AiTestHost host, string prompt, SourceFiles current, CancellationToken cancellationToken)
        {
            while (true)
            {
                var request = new GenerationRequest("A widget", null, prompt, [.. Answers], [.. Earlier], current) { State = _state, Workbench = Bench };
                GenerationResult result;
                try
                {
                    result = await new AiWidgetGenerator(host.Clients, host.Time).GenerateAsync(request, Reports, cancellationToken);
                }
                catch (WorkbenchBusyException)
                {
                    continue;
                }

                _state = result.State ?? _state;
                Usage += result.Usage;
                if (result is not GenerationResult.Turn turn)
                {
                    return result;
                }

                Messages.Add(turn.Message);
            }
        }
    }

    /// <summary>What was reported while answers were streaming.</summary>
    private protected sealed class ReportList : IProgress<string>
    {
        private readonly ConcurrentQueue<string> _all = new();
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();

        public IReadOnlyList<string> All => [.. _all];

        public void Report(string value)
        {
            _all.Enqueue(value);
            Of(value).TrySetResult();
        }

        public Task WaitForAsync(string value) => Of(value).Task;

        private TaskCompletionSource Of(string value) => _awaited.GetOrAdd(value, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>Says of files what a test says.</summary>
    private protected sealed class ScriptedBench : IWorkbench
    {
        public List<string?> Faults { get; } = [];

        public int BusyTimes { get; set; }

        public int Checks { get; private set; }

        public Task<string?> CheckAsync(SourceFiles files, CancellationToken cancellationToken)
        {
            if (BusyTimes-- > 0)
            {
                throw new WorkbenchBusyException();
            }

            return Task.FromResult(Checks++ < Faults.Count ? Faults[Checks - 1] : null);
        }

        public Task<Trial> TryAsync(SourceFiles files, string input, CancellationToken cancellationToken) => throw new InvalidOperationException("A widget is not run.");
    }
}
