using Jobs.Domain.Repositories;
using Jobs.Repositories.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Jobs.Repositories;

/// <summary>Registers the forges.</summary>
public static class RepositoryServices
{
    /// <summary>Adds the forges, with settings that are checked at start.</summary>
    public static IServiceCollection AddRepositories(this IServiceCollection services)
    {
        services.AddOptions<LocalForgeOptions>().BindConfiguration(LocalForgeOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LocalForgeOptions>, LocalForgeOptionsValidation>());
        return services
            .AddSingleton<LocalForge>()
            .AddSingleton<ILocalForge>(provider => provider.GetRequiredService<LocalForge>())
            .AddSingleton<IForge>(provider => provider.GetRequiredService<LocalForge>());
    }
}
