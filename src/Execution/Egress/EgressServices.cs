using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Jobs.Execution.Egress;

/// <summary>Registers what calls addresses that others gave us.</summary>
public static class EgressServices
{
    /// <summary>Adds <see cref="GrantedHostsNetworkFactory"/>. Register an <see cref="EgressOptions"/> before to change names and servers.</summary>
    public static IServiceCollection AddEgress(this IServiceCollection services)
    {
        services.TryAddSingleton(new EgressOptions());
        return services.AddSingleton<GrantedHostsNetworkFactory>();
    }
}
