using System.Collections.Concurrent;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Local.Tests.Durable;

public class ReplayTests
{
    [Fact]
    public async Task Each_of_several_results_counts_after_a_restart()
    {
        await using var test = await new TestHub()
            .Orchestrator("Chain", async context =>
            {
                var sum = 0;
                for (var i = 1; i <= 3; i++)
                    sum += await context.CallActivityAsync<int>("Echo", i);
                return sum + await context.WaitForExternalEvent<int>("go");
            })
            .Activity<int>("Echo", input => Task.FromResult<object?>(input))
            .StartAsync();
        var id = await test.ScheduleAsync("Chain");
        await test.IdleAsync();

        await test.RestartAsync();
        await test.Client.RaiseEventAsync(id, "go", 10);

        Assert.Equal("16", (await test.WaitAsync(id)).SerializedOutput);
    }

    [Fact]
    public async Task Orchestrator_is_run_from_its_start_after_each_completion()
    {
        var runs = 0;
        await using var test = await new TestHub()
            .Orchestrator("Sum", async context =>
            {
                runs++;
                var sum = 0;
                for (var i = 1; i <= 3; i++)
                    sum += await context.CallActivityAsync<int>("Double", i);
                return sum;
            })
            .Activity<int>("Double", i => Task.FromResult<object?>(2 * i))
            .StartAsync();

        var done = await test.RunAsync("Sum");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, done.RuntimeStatus);
        Assert.Equal(12, done.ReadOutputAs<int>());
        Assert.Equal(4, runs);
    }

    [Fact]
    public async Task Time_and_ids_are_the_same_in_every_replay()
    {
        var seen = new ConcurrentBag<(int Step, DateTime Time, Guid Id)>();
        await using var test = await new TestHub()
            .Orchestrator("Clock", async context =>
            {
                for (var step = 0; step < 3; step++)
                {
                    seen.Add((step, context.CurrentUtcDateTime, context.NewGuid()));
                    await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                }
                return 0;
            })
            .StartAsync();
        var start = test.Clock.GetUtcNow().UtcDateTime;

        var id = await test.ScheduleAsync("Clock");
        await test.AdvanceAsync(TimeSpan.FromMinutes(3));
        await test.WaitAsync(id);

        var steps = seen.GroupBy(one => one.Step).OrderBy(group => group.Key).ToArray();
        Assert.Equal([4, 3, 2], steps.Select(step => step.Count()));
        Assert.All(steps, step => Assert.Single(step.Distinct()));
        Assert.Equal([0, 1, 2], steps.Select(step => (int)(step.First().Time - start).TotalMinutes));
        Assert.All(seen, one => Assert.Equal(DateTimeKind.Utc, one.Time.Kind));
        Assert.Equal(3, seen.Select(one => one.Id).Distinct().Count());
        Assert.All(seen, one => Assert.Equal(5, one.Id.Version));
    }

    [Fact]
    public async Task Replaying_is_true_only_for_what_was_done_before()
    {
        var seen = new List<string>();
        await using var test = await new TestHub()
            .Orchestrator("Steps", async context =>
            {
                seen.Add($"a{(context.IsReplaying ? "-" : "+")}");
                await context.CallActivityAsync("Nothing");
                seen.Add($"b{(context.IsReplaying ? "-" : "+")}");
                await context.CallActivityAsync("Nothing");
                seen.Add($"c{(context.IsReplaying ? "-" : "+")}");
                return 0;
            })
            .Activity<object>("Nothing", _ => Task.FromResult<object?>(null))
            .StartAsync();

        await test.RunAsync("Steps");

        Assert.Equal("a+ a- b+ a- b- c+", string.Join(' ', seen));
    }

    [Fact]
    public async Task Replay_safe_logger_logs_each_message_once()
    {
        var log = new ListLogger();
        await using var test = await new TestHub { LoggerFactory = log }
            .Orchestrator("Logs", async context =>
            {
                context.CreateReplaySafeLogger<ReplayTests>().LogInformation("start");
                await context.CallActivityAsync("Nothing");
                context.CreateReplaySafeLogger(typeof(ReplayTests)).LogInformation("middle");
                await context.CallActivityAsync("Nothing");
                context.CreateReplaySafeLogger("test").LogInformation("end");
                return 0;
            })
            .Activity<object>("Nothing", _ => Task.FromResult<object?>(null))
            .StartAsync();

        await test.RunAsync("Logs");

        Assert.Equal(["start", "middle", "end"], log.Messages);
    }

    [Fact]
    public async Task Values_cross_as_json_and_not_by_reference()
    {
        var given = new List<string> { "a" };
        await using var test = await new TestHub()
            .Orchestrator("Cross", async context =>
            {
                var list = context.GetInput<List<string>>()!;
                var call = context.CallActivityAsync<List<string>>("Append", list);
                list.Add("changed after the call");
                return await call;
            })
            .Activity<List<string>>("Append", list => Task.FromResult<object?>(list!.Append("b").ToList()))
            .StartAsync();

        var done = await test.RunAsync("Cross", given);

        Assert.Equal(["a", "b"], done.ReadOutputAs<List<string>>());
        Assert.Equal("""["a"]""", done.SerializedInput);
    }

    [Fact]
    public async Task Json_is_read_without_regard_to_case_as_the_functions_worker_does()
    {
        await using var test = await new TestHub()
            .Orchestrator("Read", context => Task.FromResult(context.GetInput<Named>()!.Name))
            .StartAsync();

        var done = await test.RunAsync("Read", new { name = "lower" });

        Assert.Equal("lower", done.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Restart_continues_where_the_history_ends()
    {
        var calls = new ConcurrentQueue<string>();
        await using var test = await new TestHub()
            .Orchestrator("Two", async context =>
            {
                var first = await context.CallActivityAsync<string>("Work", "one");
                await context.WaitForExternalEvent<string>("go");
                return first + await context.CallActivityAsync<string>("Work", "two");
            })
            .Activity<string>("Work", text =>
            {
                calls.Enqueue(text!);
                return Task.FromResult<object?>(text);
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Two");
        await test.IdleAsync();

        await test.RestartAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await test.GetAsync(id)).RuntimeStatus);
        await test.Client.RaiseEventAsync(id, "go", "now");
        var done = await test.WaitAsync(id);

        Assert.Equal("onetwo", done.ReadOutputAs<string>());
        Assert.Equal(["one", "two"], calls);
    }

    [Fact]
    public async Task Large_history_is_replayed_right()
    {
        const int steps = 500;
        await using var test = await new TestHub()
            .Orchestrator("Long", async context =>
            {
                var sum = 0;
                for (var i = 0; i < steps; i++)
                    sum += await context.CallActivityAsync<int>("Echo", i);
                return sum;
            })
            .Activity<int>("Echo", i => Task.FromResult<object?>(i))
            .StartAsync();

        var done = await test.RunAsync("Long");

        Assert.Equal(steps * (steps - 1) / 2, done.ReadOutputAs<int>());
    }

    [Fact]
    public async Task Large_values_are_kept_whole()
    {
        var text = new string('x', 1_000_000);
        await using var test = await new TestHub()
            .Orchestrator("Big", context => context.CallActivityAsync<string>("Echo", context.GetInput<string>()))
            .Activity<string>("Echo", value => Task.FromResult<object?>(value))
            .StartAsync();

        Assert.Equal(text, (await test.RunAsync("Big", text)).ReadOutputAs<string>());
    }

    private sealed record Named(string Name);

    private sealed class ListLogger : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public ILogger CreateLogger(string categoryName) => categoryName is "test" || categoryName.EndsWith(nameof(ReplayTests)) ? this : NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
