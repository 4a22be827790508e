using Jobs.Domain.Identity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Jobs.Storage;

/// <summary>
/// Before the first request: creates missing tables and the container, and stores the hash of the first API key, if <see cref="InitialKeyOptions"/> have one. It is an admin's.
/// </summary>
public sealed class StorageStartup(StorageAccount storage, ApiKeyStore keys, IOptions<InitialKeyOptions> initial) : IHostedLifecycleService
{
    /// <summary>Runs before any other hosted service starts: the worker's own, which lets requests in, is registered before ours.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await storage.CreateIfNotExistsAsync(cancellationToken);
        if (initial.Value.InitialApiKey is { Length: > 0 } key)
        {
            await keys.AddAsync(ApiKey.Hash(key), new ApiKeyOwner(initial.Value.InitialTenant, "initial-key", IsAdmin: true), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
