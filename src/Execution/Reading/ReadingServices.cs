using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Reading;

/// <summary>Registers the reader of documents.</summary>
public static class ReadingServices
{
    /// <summary>
    /// Adds <see cref="DocumentProcess"/>, which is prepared in the background when the host starts. Register a <see cref="DocumentReaderOptions"/> before to change how
    /// it runs.
    /// </summary>
    public static IServiceCollection AddDocumentReading(this IServiceCollection services)
    {
        services.TryAddSingleton(new DocumentReaderOptions());
        return services.AddSingleton<DocumentProcess>().AddHostedService<Preparation>();
    }

    private sealed class Preparation(DocumentProcess documents, ILogger<Preparation> logger) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                await documents.PrepareAsync(stoppingToken);
            }
            catch (DocumentReaderUnavailableException e)
            {
                logger.LogError(e, "Documents cannot be read until this is put right.");
            }
        }
    }
}
