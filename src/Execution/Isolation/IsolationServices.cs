using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Execution.Isolation;

/// <summary>Registers what all jails have in common.</summary>
public static class IsolationServices
{
    /// <summary>Adds <see cref="IsolationOptions"/>, which are validated when the host starts. Needs a configuration.</summary>
    public static IServiceCollection AddIsolation(this IServiceCollection services)
    {
        services.AddOptions<IsolationOptions>()
            .BindConfiguration(IsolationOptions.Section)
            .Validate(
                options => IsolationWords.LevelOf(options.RequireIsolation) is not null,
                $"The setting {IsolationOptions.Setting} must be one of {string.Join(", ", IsolationWords.All)}.")
            .ValidateOnStart();
        return services;
    }
}
