using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Jobs.Execution.Egress;

/// <summary>Registers what calls addresses that others gave us.</summary>
public static class EgressServices
{
    /// <summary>
    /// Adds <see cref="GrantedHostsNetworkFactory"/> and <see cref="PublicWebFactory"/>. Register an <see cref="EgressOptions"/> before to change names and servers, and
    /// <see cref="LocalHosts"/> to have the second call hosts that are not public.
    /// </summary>
    public static IServiceCollection AddEgress(this IServiceCollection services)
    {
        services.TryAddSingleton(new EgressOptions());
        services.TryAddSingleton(LocalHosts.None);
        return services.AddSingleton<GrantedHostsNetworkFactory>().AddSingleton<PublicWebFactory>();
    }
}
