using Jobs.LocalRuntime.Engine;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.LocalRuntime.Tests.Engine;

/// <summary>An engine on a file of its own and on a clock that the test moves. It can be restarted on the same file.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private static readonly TimeSpan LongestTest = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jobs-engine-");
    private readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = [];
    private readonly Dictionary<string, Func<ActivityInvocation, CancellationToken, Task<object?>>> _activities = [];
    private DurableEngine? _engine;

    public ManualTimeProvider Clock { get; } = new();

    public string StorePath => Path.Combine(_folder.FullName, "durable.db");

    public DurableEngine Engine => _engine!;

    public DurableTaskClient Client => Engine.Client;

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    public int MaxConcurrentActivities { get; init; } = 4;

    public int MaxConcurrentOrchestrators { get; init; } = 16;

    public Action<FaultPoint>? OnFaultPoint { get; set; }

    /// <summary>Registers an orchestrator, or replaces the one of that name from the next start on.</summary>
    public TestEngine Orchestrator<T>(string name, Func<TaskOrchestrationContext, Task<T>> run)
    {
        _orchestrators[name] = async context => await run(context);
        return this;
    }

    /// <summary>Registers an activity, or replaces the one of that name from the next start on.</summary>
    public TestEngine Activity<TIn>(string name, Func<TIn?, Task<object?>> run) =>
        Activity(name, (invocation, _) => run((TIn?)invocation.GetInput(typeof(TIn))));

    public TestEngine Activity(string name, Func<ActivityInvocation, CancellationToken, Task<object?>> run)
    {
        _activities[name] = run;
        return this;
    }

    public async Task<TestEngine> StartAsync()
    {
        _engine = Create();
        await _engine.StartAsync(CancellationToken.None);
        return this;
    }

    public async Task RestartAsync()
    {
        await Engine.StopAsync(CancellationToken.None).WaitAsync(LongestTest);
        await StartAsync();
    }

    public DurableEngine Create()
    {
        var engine = new DurableEngine(new DurableEngineOptions
        {
            StorePath = StorePath,
            TimeProvider = Clock,
            LoggerFactory = LoggerFactory,
            MaxConcurrentActivities = MaxConcurrentActivities,
            MaxConcurrentOrchestrators = MaxConcurrentOrchestrators,
            OnFaultPoint = point => OnFaultPoint?.Invoke(point),
        });
        foreach (var (name, run) in _orchestrators)
            engine.RegisterOrchestrator(name, run);
        foreach (var (name, run) in _activities)
            engine.RegisterActivity(name, run);
        return engine;
    }

    public Task<string> ScheduleAsync(string orchestrator, object? input = null, string? id = null) =>
        Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id));

    public Task<OrchestrationMetadata> WaitAsync(string id) =>
        Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true).WaitAsync(LongestTest);

    public async Task<OrchestrationMetadata> RunAsync(string orchestrator, object? input = null) =>
        await WaitAsync(await ScheduleAsync(orchestrator, input));

    public async Task<OrchestrationMetadata> GetAsync(string id) =>
        await Client.GetInstanceAsync(id, getInputsAndOutputs: true) ?? throw new InvalidOperationException($"no instance {id}");

    public Task IdleAsync() => Engine.WhenIdleAsync().WaitAsync(LongestTest);

    /// <summary>Moves the clock from one due timer to the next; the engine comes to rest at each of them.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var end = Clock.GetUtcNow() + by;
        await IdleAsync();
        while (Clock.NextDue is { } due && due <= end)
        {
            Clock.Advance(due - Clock.GetUtcNow());
            await IdleAsync();
        }
        Clock.Advance(end - Clock.GetUtcNow());
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
