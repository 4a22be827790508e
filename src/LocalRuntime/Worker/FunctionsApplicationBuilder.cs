using Jobs.LocalRuntime.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Collects an app's services and settings, then builds the host that runs its functions.</summary>
public class FunctionsApplicationBuilder
{
    private readonly LocalHostOptions _options;
    private readonly IReadOnlyCollection<Type> _types;
    private readonly WebApplicationBuilder _web;

    internal FunctionsApplicationBuilder(LocalHostOptions options, IReadOnlyCollection<Type> types)
    {
        _options = options;
        _types = types;
        _web = LocalHost.CreateWebBuilder(options);
    }

    public IServiceCollection Services => _web.Services;

    public ConfigurationManager Configuration => _web.Configuration;

    public IHostEnvironment Environment => _web.Environment;

    public ILoggingBuilder Logging => _web.Logging;

    internal bool HasWebApplication { get; set; }

    /// <summary>Builds the host. Throws where a function cannot be run as it is declared, naming the function.</summary>
    public IHost Build() => LocalHost.Build(_web, _options, _types, HasWebApplication);
}
