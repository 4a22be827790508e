using Jobs.Local.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Local.Tests.Durable;

/// <summary>An engine and a worker on a file of their own and on a clock that the test moves. They can be restarted on the same file.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private static readonly TimeSpan LongestTest = TimeSpan.FromSeconds(100);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jobs-engine-");
    private readonly Dictionary<string, DurableOrchestrator> _orchestrators = [];
    private readonly Dictionary<string, DurableActivity> _activities = [];
    private EmbeddedEngine? _engine;
    private DurableWorker? _worker;

    public ManualTimeProvider Clock { get; } = new();

    public string StorePath => Path.Combine(_folder.FullName, "durable.db");

    public EmbeddedEngine Engine => _engine!;

    public DurableTaskClient Client { get; private set; } = null!;

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    public int MaxConcurrentActivities { get; init; } = 4;

    public int MaxConcurrentOrchestrators { get; init; } = 16;

    public Action<FaultPoint>? OnFaultPoint { get; set; }

    /// <summary>Registers an orchestrator, or replaces the one of that name from the next start on.</summary>
    public TestHub Orchestrator<T>(string name, Func<TaskOrchestrationContext, Task<T>> run)
    {
        _orchestrators[name] = new DurableOrchestrator(name, async context => await run(context));
        return this;
    }

    /// <summary>Registers an activity, or replaces the one of that name from the next start on.</summary>
    public TestHub Activity<TIn>(string name, Func<TIn?, Task<object?>> run) => Activity<TIn>(name, (input, _) => run(input));

    public TestHub Activity<TIn>(string name, Func<TIn?, CancellationToken, Task<object?>> run)
    {
        _activities[name] = new DurableActivity(name, typeof(TIn), (_, input, cancellation) => run((TIn?)input, cancellation));
        return this;
    }

    /// <summary>Forgets an orchestrator from the next start on.</summary>
    public void Forget(string orchestrator) => _orchestrators.Remove(orchestrator);

    public async Task<TestHub> StartAsync()
    {
        _engine = new EmbeddedEngine(new EmbeddedEngineOptions
        {
            StorePath = StorePath,
            TimeProvider = Clock,
            LoggerFactory = LoggerFactory,
            MaxConcurrentActivities = MaxConcurrentActivities,
            MaxConcurrentOrchestrators = MaxConcurrentOrchestrators,
            OnFaultPoint = point => OnFaultPoint?.Invoke(point),
        });
        _worker = new DurableWorker(
            _engine.Service, _orchestrators.Values, _activities.Values, new DurableWorkerOptions { TimeProvider = Clock, LoggerFactory = LoggerFactory });
        Client = new ServiceDurableTaskClient(_engine.Client, _worker.Orchestrators, DurableWorkerOptions.DefaultDataConverter);
        await _worker.StartAsync(CancellationToken.None);
        return this;
    }

    public Task StopAsync(CancellationToken cancellation = default) => _worker!.StopAsync(cancellation).WaitAsync(LongestTest, CancellationToken.None);

    /// <summary>As good as a crash: nothing is waited for.</summary>
    public Task StopAtOnceAsync() => StopAsync(new CancellationToken(canceled: true));

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public Task<string> ScheduleAsync(string orchestrator, object? input = null, string? id = null) =>
        Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id)).WaitAsync(LongestTest);

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
        if (_worker is not null)
            await _worker.DisposeAsync();
        if (_engine is not null)
            await _engine.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
