using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Host;

/// <summary>Collects an app's services and settings, then builds the host that runs its functions.</summary>
internal sealed class LocalHostBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly LocalHostOptions _options;

    internal LocalHostBuilder(WebApplicationBuilder web, LocalHostOptions options) => (_web, _options) = (web, options);

    /// <summary>Where the app registers itself.</summary>
    public IHostApplicationBuilder App => _web;

    public IServiceCollection Services => _web.Services;

    public ILoggingBuilder Logging => _web.Logging;

    /// <summary>Builds the host. Throws <see cref="LocalHostException"/> where a function cannot be run as it is declared, naming the function.</summary>
    public LocalHost Build() => LocalHost.Build(_web, _options);
}
