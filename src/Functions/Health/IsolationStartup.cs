using Jobs.Domain.Repositories;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Health;

/// <summary>
/// Before the first request: where an operator demands an isolation, finds out whether the machine offers it for every kind of work, and does not let the app start otherwise. Work that
/// came to such a machine could only fail; without it, it waits for one that can do it. Where nothing is demanded, what the machine offers is found out beside the start and stands in the
/// log; for documents with the first, because their folder has a copy of .NET.
/// </summary>
internal sealed class IsolationStartup(Jails jails) : BackgroundService, IHostedLifecycleService
{
    /// <summary>Throws <see cref="OptionsValidationException"/> where the machine offers less than is demanded.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (jails.Required is IsolationLevel.None)
        {
            return;
        }

        var faults = new List<string>();
        foreach (var jail in jails.All)
        {
            try
            {
                await jail.PrepareAsync(cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever keeps it from being shown: a demand that is not met is no demand.
                faults.Add($"{jail.Name}: {error.Message}");
            }
        }

        if (faults.Count > 0)
        {
            throw new OptionsValidationException(
                nameof(IsolationOptions),
                typeof(IsolationOptions),
                [$"The setting {IsolationOptions.Setting} is '{jails.Required.WordOf()}', which this machine does not offer for everything. {string.Join(" ", faults)}"]);
        }
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The compilers and the sandbox prepare themselves.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(jails.All.Where(jail => jail.Name == Jails.Checks).Select(jail => jail.PrepareAsync(stoppingToken)));
        }
        catch (ForgeException)
        {
            // It has written why: no check is run here.
        }
    }
}
