using Jobs.Domain.Compilation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Compilation;

/// <summary>Registers the compiler.</summary>
public static class CompilationServices
{
    /// <summary>
    /// Adds <see cref="IWidgetCompiler"/>, which is prepared in the background when the host starts. Register a <see cref="CompilerOptions"/> before to
    /// change how it runs.
    /// </summary>
    public static IServiceCollection AddCompilation(this IServiceCollection services)
    {
        services.TryAddSingleton(new CompilerOptions());
        return services.AddSingleton<IWidgetCompiler, WidgetCompiler>().AddHostedService<Preparation>();
    }

    private sealed class Preparation(IWidgetCompiler compiler, ILogger<Preparation> logger) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                if (compiler is WidgetCompiler widgetCompiler)
                {
                    await widgetCompiler.PrepareAsync(stoppingToken);
                }
            }
            catch (CompilerUnavailableException e)
            {
                logger.LogError(e, "Widgets cannot be compiled until this is put right.");
            }
        }
    }
}
