using Jobs.Domain.Sandbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Sandbox;

/// <summary>Registers the sandbox.</summary>
public static class SandboxServices
{
    /// <summary>
    /// Adds <see cref="IAgentSandbox"/>, which is prepared in the background when the host starts. Register a <see cref="SandboxOptions"/> before to change how
    /// it runs.
    /// </summary>
    public static IServiceCollection AddSandbox(this IServiceCollection services)
    {
        services.TryAddSingleton(new SandboxOptions());
        return services.AddSingleton<IAgentSandbox, DenoSandbox>().AddHostedService<Preparation>();
    }

    private sealed class Preparation(IAgentSandbox sandbox, ILogger<Preparation> logger) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                if (sandbox is DenoSandbox deno)
                {
                    await deno.PrepareAsync(stoppingToken);
                }
            }
            catch (SandboxUnavailableException e)
            {
                logger.LogError(e, "Agents cannot run until this is put right.");
            }
        }
    }
}
