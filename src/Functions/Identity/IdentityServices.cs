using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Identity;

/// <summary>Registers the validation of tokens.</summary>
public static class IdentityServices
{
    /// <summary>Adds <see cref="IdentityOptions"/>, which are validated when the host starts, and <see cref="TokenValidator"/>. Needs a <see cref="TimeProvider"/>, a configuration and logging.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddOptions<IdentityOptions>().BindConfiguration(IdentityOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IdentityOptions>, IdentityOptionsValidation>());
        return services.AddSingleton<IssuerKeys>().AddSingleton<TokenValidator>();
    }
}
