using Jobs.Domain.Compilation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Compilation;

/// <summary>Registers the compilers.</summary>
public static class CompilationServices
{
    /// <summary>
    /// Adds <see cref="IWidgetCompiler"/> and <see cref="IAgentCompiler"/>, whose tools are prepared in the background when the host starts. Register a
    /// <see cref="CompilerOptions"/> before to change how they run.
    /// </summary>
    public static IServiceCollection AddCompilation(this IServiceCollection services)
    {
        services.TryAddSingleton(new CompilerOptions());
        return services
            .AddSingleton<SourceCompiler>()
            .AddSingleton<IWidgetCompiler, WidgetCompiler>()
            .AddSingleton<IAgentCompiler, AgentCompiler>()
            .AddHostedService<Preparation>();
    }

    private sealed class Preparation(SourceCompiler compiler, IWidgetCompiler widgets, ILogger<Preparation> logger) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                // A test that compiles nothing has another one.
                if (widgets is WidgetCompiler)
                {
                    await compiler.PrepareAsync(stoppingToken);
                }
            }
            catch (CompilerUnavailableException e)
            {
                logger.LogError(e, "Widgets and agents cannot be compiled until this is put right.");
            }
        }
    }
}
