using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Functions.Secrets;

/// <summary>Registers the secrets of agents.</summary>
public static class SecretServices
{
    /// <summary>Adds <see cref="SecretVault"/>; a malformed key stops the start.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services) => services
        .AddSingleton<SecretKeys>()
        .AddSingleton<SecretVault>()
        .AddHostedService<KeyCheck>();

    /// <summary>Hosted services are made before the first of them starts, and making this one reads the keys.</summary>
    private sealed class KeyCheck(SecretKeys keys) : IHostedService
    {
        public SecretKeys Keys { get; } = keys;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
