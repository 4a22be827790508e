using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Jobs.LocalRuntime.Host;

/// <summary>Puts the host together: settings, services, functions, and the order in which its parts start and stop.</summary>
internal static class LocalHost
{
    public static WebApplicationBuilder CreateWebBuilder(LocalHostOptions options) =>
        WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = options.Assembly.GetName().Name,
            ContentRootPath = options.AppFolder,
            EnvironmentName = Environments.Development,
        });

    public static IHost Build(WebApplicationBuilder builder, LocalHostOptions options, IReadOnlyCollection<Type> types, bool hasWebApplication) =>
        throw new NotSupportedException($"{options.Assembly.GetName().Name}: the local host is not there yet ({types.Count} types, {hasWebApplication}, {builder.Environment.EnvironmentName})");
}
