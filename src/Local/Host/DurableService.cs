using Jobs.Local.Engine;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Host;

/// <summary>Runs the durable engine with the app's orchestrators and activities, each under its function's name.</summary>
internal sealed class DurableService : IHostedService, IAsyncDisposable
{
    private const string StoreName = "durable.db";

    private readonly DurableEngine _engine;

    public DurableService(IEnumerable<LocalFunction> functions, HostJson hostJson, string dataFolder, IServiceProvider services)
    {
        var defaults = new DurableEngineOptions { StorePath = Path.Combine(dataFolder, StoreName) };
        _engine = new DurableEngine(new DurableEngineOptions
        {
            StorePath = defaults.StorePath,
            TimeProvider = services.GetService<TimeProvider>() ?? defaults.TimeProvider,
            MaxConcurrentActivities = hostJson.MaxConcurrentActivities ?? defaults.MaxConcurrentActivities,
            MaxConcurrentOrchestrators = hostJson.MaxConcurrentOrchestrators ?? defaults.MaxConcurrentOrchestrators,
            LoggerFactory = services.GetRequiredService<ILoggerFactory>(),
        });

        var scopes = services.GetRequiredService<IServiceScopeFactory>();
        foreach (var function in functions)
        {
            switch (function.Trigger)
            {
                case OrchestrationTriggerAttribute:
                    _engine.RegisterOrchestrator(function.Name, context => InvokeAsync(scopes, function, context, CancellationToken.None));
                    break;
                case ActivityTriggerAttribute:
                    var inputType = function.TriggerParameter.ParameterType;
                    _engine.RegisterActivity(function.Name, (activity, stopping) => InvokeAsync(scopes, function, activity.GetInput(inputType), stopping));
                    break;
            }
        }
    }

    public DurableTaskClient Client => _engine.Client;

    public Task StartAsync(CancellationToken cancellationToken) => _engine.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _engine.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    // No ConfigureAwait(false): an orchestrator must stay in the engine's synchronization context.
    private static async Task<object?> InvokeAsync(IServiceScopeFactory scopes, LocalFunction function, object? trigger, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await function.InvokeAsync(new Invocation(function, scope.ServiceProvider, trigger, cancellationToken));
    }
}
