using DurableTask.Core;
using Jobs.Local.Durable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Local.Host;

/// <summary>
/// Runs the app's orchestrators and activities, each under its function's name, on the engine in this process or on Durable's own provider in a storage
/// account.
/// </summary>
internal sealed class DurableService : IHostedService, IAsyncDisposable
{
    private const string StoreName = "durable.db";

    private readonly EmbeddedEngine? _engine;
    private readonly IOrchestrationService _backend;
    private readonly DurableWorker _worker;
    private readonly HostFailure _failure;

    public DurableService(IReadOnlyList<LocalFunction> functions, HostJson hostJson, LocalHostOptions options, IServiceProvider services)
    {
        var loggers = services.GetRequiredService<ILoggerFactory>();
        // The real worker registers no TimeProvider either: an app that wants one brings it.
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var serializer = services.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer;
        var converter = serializer is null ? DurableWorkerOptions.DefaultDataConverter : new ObjectSerializerDataConverter(serializer);

        IOrchestrationServiceClient client;
        if (options.Account is { } account)
        {
            (_backend, client) = AzureStorageHub.Create(account, hostJson.Hub, hostJson.MaxConcurrentActivities, hostJson.MaxConcurrentOrchestrators, loggers);
        }
        else
        {
            var defaults = new EmbeddedEngineOptions { StorePath = Path.Combine(options.DataFolder, StoreName) };
            _engine = new EmbeddedEngine(new EmbeddedEngineOptions
            {
                StorePath = defaults.StorePath,
                TimeProvider = time,
                MaxConcurrentActivities = hostJson.MaxConcurrentActivities ?? defaults.MaxConcurrentActivities,
                MaxConcurrentOrchestrators = hostJson.MaxConcurrentOrchestrators ?? defaults.MaxConcurrentOrchestrators,
                LoggerFactory = loggers,
            });
            (_backend, client) = (_engine.Service, _engine.Client);
        }

        var scopes = services.GetRequiredService<IServiceScopeFactory>();
        var orchestrators = functions.Where(f => f.Trigger is OrchestrationTriggerAttribute)
            .Select(f => new DurableOrchestrator(f.Name, context => InvokeAsync(scopes, f, context, CancellationToken.None))).ToArray();
        var activities = functions.Where(f => f.Trigger is ActivityTriggerAttribute)
            .Select(f => new DurableActivity(f.Name, f.TriggerParameter.ParameterType, (_, input, stopping) => InvokeAsync(scopes, f, input, stopping)));
        _worker = new DurableWorker(_backend, orchestrators, activities, new DurableWorkerOptions { TimeProvider = time, DataConverter = converter, LoggerFactory = loggers });
        Client = new ServiceDurableTaskClient(client, orchestrators.Select(o => o.Name), converter);
        _failure = services.GetRequiredService<HostFailure>();
    }

    public DurableTaskClient Client { get; }

    /// <summary>False while work cannot be taken: its store is full, or the host stops.</summary>
    public bool IsAvailable => _engine is null || _engine.Status.IsAvailable;

    /// <summary>Throws <see cref="LocalHostException"/>, with one line for the user, where the engine's file cannot be used.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_engine is not null)
        {
            _failure.Watch("The durable engine", _engine.Failure);
        }
        else
        {
            await _backend.CreateIfNotExistsAsync();
        }

        try
        {
            await _worker.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (_engine is not null && exception is SqliteException or IOException or NotSupportedException)
        {
            throw new LocalHostException($"{_engine.Options.StorePath} cannot be used: {exception.Message}", exception);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _worker.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await (_engine?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Client.DisposeAsync();
    }

    // No ConfigureAwait(false): an orchestrator must stay in its synchronization context.
    private static async Task<object?> InvokeAsync(IServiceScopeFactory scopes, LocalFunction function, object? trigger, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await function.InvokeAsync(new Invocation(scope.ServiceProvider, trigger, cancellationToken));
    }
}
