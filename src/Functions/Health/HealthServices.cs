using Jobs.Documents.Embedding;
using Jobs.Domain.Compilation;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Compilation;
using Jobs.Execution.Isolation;
using Jobs.Execution.Reading;
using Jobs.Execution.Sandbox;
using Jobs.Generation.Ai;
using Jobs.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Jobs.Functions.Health;

/// <summary>Registers what <c>/health/ready</c> looks at.</summary>
internal static class HealthServices
{
    /// <summary>Adds <see cref="Readiness"/> and its checks, and the demand for isolation. The AI is looked at where the settings name one. What a test has put in the place of a tool is taken to be well.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddIsolation().AddSingleton<Jails>().AddHostedService<IsolationStartup>();
        services.AddSingleton<Readiness>().AddHealthChecks()
            .AddProbe("store", (provider, cancellationToken) => provider.GetRequiredService<StorageProbe>().ReadTableAsync(cancellationToken))
            .AddProbe("artifacts", (provider, cancellationToken) => provider.GetRequiredService<StorageProbe>().ReadArtifactAsync(cancellationToken))
            // Preparing runs esbuild and tsc, or Deno; what is prepared already only has to be there still.
            .AddProbe("compilers", (provider, cancellationToken) =>
                provider.GetRequiredService<IWidgetCompiler>() is WidgetCompiler ? provider.GetRequiredService<SourceCompiler>().PrepareAsync(cancellationToken) : Task.CompletedTask)
            .AddProbe("sandbox", (provider, cancellationToken) =>
                provider.GetRequiredService<IAgentSandbox>() is DenoSandbox deno ? deno.PrepareAsync(cancellationToken) : Task.CompletedTask)
            // Neither of these is run: the one takes a copy of .NET and the other 0.15 GB, which most hosts never need.
            .AddProbe("document_reader", (provider, _) => Require(provider.GetRequiredService<DocumentProcess>().RequireInstalled))
            .AddProbe("embedding_model", (provider, _) => provider.GetRequiredService<IEmbedder>() is LocalEmbedder ? Require(LocalEmbedder.RequireInstalled) : Task.CompletedTask)
            .AddProbe("isolation", (provider, _) => Require(provider.GetRequiredService<Jails>().RequireIsolation));
        if (!string.IsNullOrEmpty(configuration.GetSection(AiOptions.Section)[nameof(AiOptions.Model)]))
        {
            services.AddHealthChecks().AddProbe("ai", (provider, cancellationToken) => provider.GetRequiredService<AiReachability>().RequireAsync(cancellationToken));
        }

        return services;
    }

    // One object for all looks: it knows what is under way.
    private static IHealthChecksBuilder AddProbe(this IHealthChecksBuilder checks, string name, Func<IServiceProvider, CancellationToken, Task> probe)
    {
        checks.Services.AddKeyedSingleton(
            name, (provider, _) => new HealthProbe(cancellationToken => probe(provider, cancellationToken), provider.GetRequiredService<TimeProvider>()));
        return checks.Add(new HealthCheckRegistration(name, provider => provider.GetRequiredKeyedService<HealthProbe>(name), HealthStatus.Unhealthy, tags: null));
    }

    private static Task Require(Action present)
    {
        present();
        return Task.CompletedTask;
    }
}
