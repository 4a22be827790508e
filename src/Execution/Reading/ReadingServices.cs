using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Jobs.Execution.Reading;

/// <summary>Registers the reader of documents.</summary>
public static class ReadingServices
{
    /// <summary>
    /// Adds <see cref="DocumentProcess"/>, which the first document prepares: its folder has a copy of .NET, and most hosts are started for something else. Register a
    /// <see cref="DocumentReaderOptions"/> before to change how it runs.
    /// </summary>
    public static IServiceCollection AddDocumentReading(this IServiceCollection services)
    {
        services.TryAddSingleton(new DocumentReaderOptions());
        return services.AddSingleton<DocumentProcess>();
    }
}
