using Jobs.Domain.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Jobs.Execution.Checks;

/// <summary>Registers the checks of repositories.</summary>
public static class CheckServices
{
    /// <summary>
    /// Adds <see cref="IRepositoryCheck"/>, which finds its isolation at the first check. Register a <see cref="RepositoryCheckOptions"/> before to change how it runs. Needs a
    /// <see cref="TimeProvider"/> and logging.
    /// </summary>
    public static IServiceCollection AddRepositoryCheck(this IServiceCollection services)
    {
        services.TryAddSingleton(new RepositoryCheckOptions());
        return services.AddSingleton<IRepositoryCheck, RepositoryCheck>();
    }
}
