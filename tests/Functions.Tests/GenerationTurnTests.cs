using System.Net.Http.Json;
using System.Text;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Sandbox;
using Jobs.Domain.Widgets;
using Jobs.Execution.Compilation;
using Jobs.Functions.Activities;
using Jobs.Functions.Orchestrations;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>Generators that do their work in parts, and try their files before they are done.</summary>
public sealed class GenerationTurnTests
{
    [Fact]
    public async Task Each_turn_goes_on_from_what_the_last_one_left_and_what_models_took_is_summed()
    {
        var states = new List<string?>();
        var generator = new FakeGenerator((request, call) =>
        {
            states.Add(TextOf(request.State));
            return Task.FromResult(call switch
            {
                1 => Turn("one", "Planning") with { Usage = new(100, 0, 10) },
                // A turn that leaves nothing new.
                2 => new GenerationResult.Turn("Writing") { Usage = new(200, 90, 20) },
                _ => FakeGenerator.OneFile with { Usage = new(300, 200, 30) },
            });
        });
        await using var app = await StartAsync(generator);
        var (_, jobId) = await app.CreateWidgetAsync();

        await app.WaitUntilSettledAsync(jobId);

        Assert.Equal([null, "one", "one"], states);
        var job = await JobAsync(app, jobId);
        Assert.Equal((3, JobStatus.Succeeded, new ModelUsage(600, 290, 60)), (job.Turns, job.Status, job.Usage));
    }

    [Fact]
    public async Task Turn_says_how_far_it_is()
    {
        var gate = new TaskCompletionSource<GenerationResult>();
        var generator = new FakeGenerator((_, call) => call == 1 ? Task.FromResult(Turn("one", "Writing src/App.tsx (1 of 2)")) : gate.Task);
        await using var app = await StartAsync(generator);
        var (_, jobId) = await app.CreateWidgetAsync();

        // Also while the next part is being worked at, which has nothing to say yet.
        await app.WaitForJobAsync(jobId, _ => generator.Calls == 2);
        var job = await app.GetJobAsync(jobId);
        gate.SetResult(FakeGenerator.OneFile);
        await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("Writing src/App.tsx (1 of 2)", job.GetProperty("progress").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Progress_is_written_no_more_often_than_its_interval_and_then_the_latest()
    {
        var time = new ManualTimeProvider();
        var generator = new ReportingGenerator();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time).AddSingleton<IWidgetGenerator>(generator));
        var (_, jobId) = await app.CreateWidgetAsync();
        var progress = await generator.Started;

        foreach (var round in (string[])["first", "second"])
        {
            for (var i = 1; i <= 1_000; i++)
            {
                progress.Report($"{round} {i}");
            }

            await app.WaitForJobAsync(jobId, job =>
            {
                time.Advance(BuildActivities.ProgressInterval / 10);
                return job.GetProperty("progress").GetProperty("message").GetString() == $"{round} 1000";
            });
        }

        generator.End();
        await app.WaitUntilSettledAsync(jobId);
        Assert.Equal(["first 1000", "second 1000"], (await AiBuildScript.MessagesOfAsync(app, jobId)).Where(message => message.EndsWith("000", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Attempt_after_a_failure_goes_on_from_the_last_turn_and_not_from_the_start()
    {
        var time = new ManualTimeProvider();
        var states = new List<string?>();
        var generator = new FakeGenerator((request, call) =>
        {
            states.Add(TextOf(request.State));
            return call switch
            {
                1 => Task.FromResult(Turn("one", "Planning")),
                2 => throw new GenerationException("Too many requests.", isTransient: true),
                _ => Task.FromResult(FakeGenerator.OneFile),
            };
        });
        await using var app = await StartAsync(generator, services => services.AddSingleton<TimeProvider>(time));
        var (_, jobId) = await app.CreateWidgetAsync();

        await time.AdvanceUntilAsync(() => generator.Calls == 3);
        await app.WaitUntilSettledAsync(jobId);

        Assert.Equal([null, "one", "one"], states);
    }

    [Fact]
    public async Task Failures_are_counted_anew_after_each_turn()
    {
        var time = new ManualTimeProvider();
        var generator = new FakeGenerator((_, call) => call switch
        {
            1 or 2 or 4 or 5 => throw new GenerationException("Too many requests.", isTransient: true),
            3 => Task.FromResult(Turn("one", "Planning")),
            _ => Task.FromResult(FakeGenerator.OneFile),
        });
        await using var app = await StartAsync(generator, services => services.AddSingleton<TimeProvider>(time));
        var (_, jobId) = await app.CreateWidgetAsync();

        await time.AdvanceUntilAsync(() => generator.Calls == 6);
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("completed", job.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Question_keeps_what_was_done_before_it()
    {
        var states = new List<string?>();
        var generator = new FakeGenerator((request, call) =>
        {
            states.Add(TextOf(request.State));
            return Task.FromResult(call == 1 ? new GenerationResult.Question("Which?", []) { State = Bytes("asked") } : FakeGenerator.OneFile);
        });
        await using var app = await StartAsync(generator);
        var (id, jobId) = await app.CreateWidgetAsync();
        await app.WaitForJobAsync(jobId, job => job.GetProperty("progress").GetProperty("step").GetString() == "waiting_for_input");

        using var answered = await app.Client.PostAsJsonAsync($"v1/widgets/{id}/messages", new { content = "This" });
        Assert.Equal(202, (int)answered.StatusCode);
        await app.WaitUntilSettledAsync(jobId);

        Assert.Equal([null, "asked"], states);
    }

    [Theory]
    [InlineData(Job.MaxTurns - 1, true)]
    [InlineData(Job.MaxTurns, false)]
    public async Task Turns_may_be_as_many_as_the_limit_says_and_not_more(int turns, bool isBuilt)
    {
        var generator = new FakeGenerator((_, call) => Task.FromResult(call <= turns ? Turn($"{call}", "Thinking") : FakeGenerator.OneFile));
        await using var app = await StartAsync(generator);
        var (_, jobId) = await app.CreateWidgetAsync();

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal(isBuilt ? null : "The generator was not done after 100 turns.", job.TryGetProperty("error", out var error) ? error.GetString() : null);
    }

    [Theory]
    [InlineData(GenerationResult.MaxStateBytes, true)]
    [InlineData(GenerationResult.MaxStateBytes + 1, false)]
    public async Task State_may_be_as_large_as_the_limit_says_and_not_larger(int bytes, bool isBuilt)
    {
        var generator = new FakeGenerator((_, call) => Task.FromResult(
            call == 1 ? new GenerationResult.Turn("Thinking") { State = new byte[bytes] } : FakeGenerator.OneFile));
        await using var app = await StartAsync(generator);
        var (_, jobId) = await app.CreateWidgetAsync();

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal(isBuilt ? "completed" : "failed", job.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Widget_is_checked_by_the_compiler_before_it_is_done()
    {
        var said = new List<string?>();
        var compiler = new FakeCompiler
        {
            OnCompile = call => Task.FromResult<CompileResult>(call == 1
                ? new CompileResult.Failed("src/App.tsx(1,1): error TS1: no")
                : new CompileResult.Succeeded("export const mount = () => {};"u8.ToArray(), ""u8.ToArray(), TimeSpan.Zero, TimeSpan.Zero)),
        };
        var generator = new FakeGenerator(async (request, call) =>
        {
            said.Add(await request.Workbench.CheckAsync(Files, CancellationToken.None));
            return call == 1 ? Turn("one", "Checking") : FakeGenerator.OneFile;
        });
        await using var app = await StartAsync(generator, services => services.AddSingleton<IWidgetCompiler>(compiler));
        var (_, jobId) = await app.CreateWidgetAsync();

        await app.WaitUntilSettledAsync(jobId);

        Assert.Equal(["src/App.tsx(1,1): error TS1: no", null], said);
    }

    [Fact]
    public async Task Agent_is_tried_in_the_sandbox_without_secrets_and_without_a_network()
    {
        SandboxRequest? tried = null;
        Trial? trial = null;
        var sandbox = new FakeSandbox((request, _, _) =>
        {
            tried = request;
            return Task.FromResult(FakeSandbox.Result("2", "hello"));
        });
        var generator = new FakeGenerator(async (request, _) =>
        {
            Assert.True(SourceFiles.TryCreate(((GenerationResult.Files)FakeGenerator.Agent).Content, out var files, out string? _));
            trial = await request.Workbench.TryAsync(files, """{"a":1}""", CancellationToken.None);
            return FakeGenerator.Agent;
        });
        await using var app = await StartAsync(generator, services => services.AddSingleton<IAgentSandbox>(sandbox).AddSingleton<IAgentCompiler>(new FakeAgentCompiler()));
        var (_, jobId) = await app.CreateAgentAsync();

        await app.WaitUntilSettledAsync(jobId);

        Assert.Equal(new Trial("2", null, "hello"), trial);
        Assert.Equal(("""{"a":1}""", 0, null), (tried!.Input, tried.Secrets.Count, tried.Network));
    }

    [Fact]
    public async Task Trial_that_finds_no_place_holds_no_activity_and_is_made_when_its_turn_has_come()
    {
        var gate = new TaskCompletionSource<CompileResult>();
        var compiler = new FakeCompiler { OnCompile = _ => gate.Task };
        var states = new List<string?>();
        var generator = new FakeGenerator(async (request, _) =>
        {
            if (request.Prompt == "first")
            {
                return FakeGenerator.OneFile;
            }

            states.Add(TextOf(request.State));
            if (request.State is null)
            {
                return Turn("to be checked", "Checking");
            }

            await request.Workbench.CheckAsync(Files, CancellationToken.None);
            return FakeGenerator.OneFile;
        });
        await using var app = await StartAsync(
            generator, services => services.AddSingleton<IWidgetCompiler>(compiler).AddSingleton(new CompilerOptions { MaxConcurrent = 1 }));
        var (_, first) = await app.CreateWidgetAsync("first");
        await app.WaitForJobAsync(first, _ => compiler.Calls == 1);

        var (_, second) = await app.CreateWidgetAsync("second");
        await app.WaitForJobAsync(second, _ => states.Count == 2);
        Assert.Equal(1, compiler.Calls);
        gate.SetResult(new CompileResult.Succeeded("export const mount = () => {};"u8.ToArray(), ""u8.ToArray(), TimeSpan.Zero, TimeSpan.Zero));
        await app.WaitUntilSettledAsync(first);
        await app.WaitUntilSettledAsync(second);

        Assert.Equal([null, "to be checked", "to be checked"], states);
        Assert.Equal(3, compiler.Calls);
    }

    [Theory]
    [InlineData("export default function App() { return <p>Hi</p>; }")]
    [InlineData("export default function App() { const count: number = \"five\"; return <p>{count}</p>; }")]
    [InlineData("import \"left-pad\"; export default function App() { return <p>Hi</p>; }")]
    [InlineData("export const App = 1;")]
    public async Task Widget_that_passes_the_check_compiles_and_one_that_does_not_fails_with_the_same_words(string source)
    {
        Assert.True(SourceFiles.TryCreate([new("src/App.tsx", source)], out var files, out string? _));
        string? said = null;
        var generator = new FakeGenerator(async (request, _) =>
        {
            said = await request.Workbench.CheckAsync(files, CancellationToken.None);
            return new GenerationResult.Files(files.Files, "Done.");
        });
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(generator), real: true);
        var (_, jobId) = await app.CreateWidgetAsync();

        var build = (await app.WaitUntilSettledAsync(jobId)).GetProperty("buildStatus");

        Assert.Equal(said is null ? "SUCCEEDED" : "FAILED", build.GetProperty("status").GetString());
        Assert.Equal(said, build.TryGetProperty("failureDetails", out var details) ? details.GetString() : null);
    }

    [Theory]
    [InlineData("export default async () => ({ greeting: \"hello\" });", "{}")]
    [InlineData("export default async (): Promise<string> => 1;", "{}")]
    [InlineData("export default async () => 1;", "\"no schema\"")]
    public async Task Agent_that_passes_the_check_is_built_and_one_that_does_not_fails_with_the_same_words(string source, string schema)
    {
        Assert.True(SourceFiles.TryCreate(
            [new("functions/main.ts", source), new("agent.json", $$"""{"name":"A","description":"B.","input":{{schema}},"output":{},"secrets":[]}""")], out var files, out string? _));
        string? said = null;
        var generator = new FakeGenerator(async (request, _) =>
        {
            said = await request.Workbench.CheckAsync(files, CancellationToken.None);
            return new GenerationResult.Files(files.Files, "Done.");
        });
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IAgentGenerator>(generator), real: true);
        var (_, jobId) = await app.CreateAgentAsync();

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal(said is null ? "completed" : "failed", job.GetProperty("status").GetString());
        Assert.EndsWith(said ?? "", job.GetProperty("error").GetString() ?? "");
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(60, 62)]
    [InlineData(600, 602)]
    [InlineData(601, 602)]
    [InlineData(86_400, 602)]
    public void Delay_is_never_shorter_than_what_was_asked_for_up_to_the_limit(int asked, int longest)
    {
        var delay = Retries.DelayAfter(1, Guid.Empty, TimeSpan.FromSeconds(asked));

        Assert.InRange(delay, TimeSpan.FromSeconds(Math.Min(asked, Retries.MaxRetryAfter.TotalSeconds)), TimeSpan.FromSeconds(longest));
    }

    /// <summary>Gives its progress to a test, and ends when that says so.</summary>
    private sealed class ReportingGenerator : IWidgetGenerator
    {
        private readonly TaskCompletionSource<IProgress<string>> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<GenerationResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "the test's generator";

        public Task<IProgress<string>> Started => _started.Task;

        public void End() => _end.SetResult(FakeGenerator.OneFile);

        public Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
        {
            _started.SetResult(progress);
            return _end.Task;
        }
    }

    private static SourceFiles Files
    {
        get
        {
            Assert.True(SourceFiles.TryCreate(((GenerationResult.Files)FakeGenerator.OneFile).Content, out var files, out string? _));
            return files;
        }
    }

    private static Task<TestApp> StartAsync(FakeGenerator generator, Action<IServiceCollection>? configure = null) => TestApp.StartAsync(services =>
    {
        services.AddSingleton<IWidgetGenerator>(generator).AddSingleton<IAgentGenerator>(generator).AddSingleton<IWidgetCompiler>(new FakeCompiler());
        configure?.Invoke(services);
    });

    private static GenerationResult Turn(string state, string message) => new GenerationResult.Turn(message) { State = Bytes(state) };

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? TextOf(ReadOnlyMemory<byte>? state) => state is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    private static async Task<Job> JobAsync(TestApp app, string jobId) => (await app.Services.GetRequiredService<JobStore>().ReadAsync(jobId, CancellationToken.None))!.Job;
}
