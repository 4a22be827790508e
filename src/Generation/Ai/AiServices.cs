using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Jobs.Generation.Ai;

/// <summary>Registers the AI's settings and clients.</summary>
public static class AiServices
{
    /// <summary>
    /// Adds <see cref="AiOptions"/>, which are validated when the host starts, <see cref="AiClients"/>, <see cref="AiModel"/>, <see cref="AiEmbedder"/>, <see cref="AiCheck"/> and <see cref="AiReachability"/>. Needs a <see cref="TimeProvider"/>, a
    /// configuration and logging.
    /// </summary>
    public static IServiceCollection AddAi(this IServiceCollection services)
    {
        services.AddOptions<AiOptions>().BindConfiguration(AiOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AiOptions>, AiOptionsValidation>());
        services.TryAddSingleton<AiClients>();
        services.TryAddSingleton<AiModel>();
        services.TryAddSingleton<AiEmbedder>();
        services.TryAddSingleton<AiCheck>();
        services.TryAddSingleton<AiReachability>();
        return services;
    }
}
