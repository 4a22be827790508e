using Jobs.Domain.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Jobs.Repositories.GitHub;

/// <summary>Registers what works with GitHub.</summary>
public static class GitHubServices
{
    /// <summary>
    /// Adds <see cref="GitHubForge"/> as an <see cref="IForge"/>, <see cref="GitHubWebhooks"/>, and <see cref="GitHubOptions"/>, which are validated when the host starts. Needs a
    /// <see cref="TimeProvider"/>, a configuration and an <see cref="IPublicDownload"/>. Register a <see cref="LocalGitHub"/> to have another server on this machine asked.
    /// </summary>
    public static IServiceCollection AddGitHub(this IServiceCollection services)
    {
        services.AddOptions<GitHubOptions>().BindConfiguration(GitHubOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GitHubOptions>, GitHubOptionsValidation>());
        services.AddSingleton(provider => new GitHubForge(
            provider.GetRequiredService<IOptions<GitHubOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IPublicDownload>(),
            provider.GetService<LocalGitHub>()));
        return services
            .AddSingleton<IForge>(provider => provider.GetRequiredService<GitHubForge>())
            .AddSingleton(provider => new GitHubWebhooks(provider.GetRequiredService<IOptions<GitHubOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
    }
}
