using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Jobs.LocalRuntime.Engine;

internal sealed class DurableEngine(DurableEngineOptions options) : IAsyncDisposable
{
    public DurableTaskClient Client => throw new NotImplementedException(options.StorePath);

    /// <summary>Before <see cref="StartAsync"/>. The delegate must not leave the synchronization context (no ConfigureAwait(false)).</summary>
    public void RegisterOrchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> run) => throw new NotImplementedException();

    /// <summary>Before <see cref="StartAsync"/>. The token is cancelled once the time given to <see cref="StopAsync"/> is over.</summary>
    public void RegisterActivity(string name, Func<ActivityInvocation, CancellationToken, Task<object?>> run) => throw new NotImplementedException();

    /// <summary>Opens the store and continues every unfinished instance.</summary>
    public Task StartAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Starts nothing new, waits for what runs until the token is cancelled, then cancels it. What is unfinished continues at the next start.</summary>
    public Task StopAsync(CancellationToken cancellation) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
