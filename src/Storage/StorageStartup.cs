using Jobs.Domain.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Jobs.Storage;

/// <summary>
/// Before the first request: creates missing tables and the container, and stores the hash of the first API key, if the setting <c>Jobs:InitialApiKey</c> has one.
/// It is an admin's; its organisation is the setting <c>Jobs:InitialTenant</c>.
/// </summary>
public sealed class StorageStartup(StorageAccount storage, ApiKeyStore keys, IConfiguration configuration) : IHostedLifecycleService
{
    /// <summary>The organisation of the first key when none is set.</summary>
    public const string DefaultTenant = "default";

    /// <summary>Runs before any other hosted service starts: the worker's own, which lets requests in, is registered before ours.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await storage.CreateIfNotExistsAsync(cancellationToken);
        if (configuration["Jobs:InitialApiKey"] is { Length: > 0 } key)
        {
            if (!ApiKey.IsWellFormed(key))
            {
                // The value is not shown: it may be a key with one wrong character.
                throw new InvalidOperationException("The setting Jobs:InitialApiKey is not a well-formed API key.");
            }

            await keys.AddAsync(
                ApiKey.Hash(key),
                new ApiKeyOwner(configuration["Jobs:InitialTenant"] ?? DefaultTenant, "initial-key", IsAdmin: true),
                cancellationToken);
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
