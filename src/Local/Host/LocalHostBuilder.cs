using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Host;

/// <summary>Collects an app's services and settings, then builds the host that runs its functions.</summary>
internal sealed class LocalHostBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly LocalHostOptions _options;
    private readonly ReservedPorts _ports;

    internal LocalHostBuilder(WebApplicationBuilder web, LocalHostOptions options, ReservedPorts ports) => (_web, _options, _ports) = (web, options, ports);

    /// <summary>Where the app registers itself.</summary>
    public IHostApplicationBuilder App => _web;

    public IServiceCollection Services => _web.Services;

    public ILoggingBuilder Logging => _web.Logging;

    /// <summary>What the host will listen on, with the ports that it will really have.</summary>
    public IReadOnlyList<string> Urls => _options.Urls;

    /// <summary>Is asked for every request before the app is; null from it leaves the request to the app.</summary>
    public Func<HttpContext, Task?>? First { get; set; }

    /// <summary>Builds the host. Throws <see cref="LocalHostException"/> where a function cannot be run as it is declared, naming the function.</summary>
    public LocalHost Build() => LocalHost.Build(_web, _options, _ports, First);
}
