using System.Net;
using System.Net.Sockets;
using Azure.Core.Pipeline;
using Jobs.Local.Storage;
using Jobs.Local.Storage.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Jobs.Local.Host;

/// <summary>
/// Runs a function app in this process. Its parts start in this order: the app's hosted services, the durable worker, the listener, the timers;
/// they stop in the opposite order.
/// </summary>
internal sealed class LocalHost : IHost, IAsyncDisposable
{
    /// <summary>The largest request body in bytes: the real host's default.</summary>
    public const long MaxRequestBodySize = 104_857_600;

    /// <summary>Requests, timers and activities that still run when the host stops have this long to finish.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    private const string RetryAfterSeconds = "5";

    private readonly WebApplication _web;
    private readonly LocalHostOptions _options;
    private readonly ReservedPorts _ports;
    private DataFolderLock? _lock;
    private Uri? _address;

    private LocalHost(WebApplication web, LocalHostOptions options, ReservedPorts ports)
    {
        _web = web;
        _options = options;
        _ports = ports;
    }

    public IServiceProvider Services => _web.Services;

    /// <summary>The first address that the host accepts requests on, with the port that it really has. Throws before the host has started.</summary>
    public Uri Address => _address ?? throw new InvalidOperationException("The host has not started.");

    /// <summary>A builder for an app; nothing of ASP.NET Core's defaults but what is asked for here.</summary>
    public static LocalHostBuilder CreateBuilder(LocalHostOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = options.AppFolder,
            EnvironmentName = Environments.Development,
        });
        LocalSettings.AddTo(builder.Configuration, options);

        var ports = new ReservedPorts();
        options = options with { Urls = [.. options.Urls.Select(ports.Reserve)] };
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = ports.Take);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodySize;
        });
        builder.Host.UseDefaultServiceProvider(provider =>
        {
            provider.ValidateScopes = true;
            provider.ValidateOnBuild = true;
        });
        // Standard output belongs to the program; a log line is for whoever runs it.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole();
        // Why it did not start is told to whoever started it, in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // It would open a span and a logging scope for each request, whatever the level, which nothing here reads.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddRouting();
        return new LocalHostBuilder(builder, options, ports);
    }

    /// <summary>Throws <see cref="LocalHostException"/> where the app cannot be run as it is declared.</summary>
    public static LocalHost Build(WebApplicationBuilder builder, LocalHostOptions options, ReservedPorts ports, Func<HttpContext, Task?>? first)
    {
        if (builder.Configuration["WEBSITE_INSTANCE_ID"] is not null)
        {
            throw new LocalHostException("WEBSITE_INSTANCE_ID is set, so this is Azure: the local host is not made to serve there. Deploy src/Functions.");
        }

        var hostJson = HostJson.Read(options.AppFolder);
        var functions = LocalFunction.Find(options.Types);
        if (functions.Count == 0)
        {
            throw new LocalHostException("The app has no functions.");
        }

        builder.Services.AddSingleton<HostFailure>();
        if (builder.Configuration[LocalSettings.StorageSetting] == EmbeddedStorage.ConnectionString)
        {
            builder.Services.AddSingleton(services => OpenStorage(options.DataFolder, services));
            builder.Services.AddSingleton<HttpPipelineTransport>(services => services.GetRequiredService<EmbeddedStorage>().Transport);
        }

        // Hosted services start in the order of registration: after those of the app, before the listener, which the builder adds last.
        if (functions.Any(f => f.IsDurable))
        {
            builder.Services.AddSingleton(services => new DurableService(functions, hostJson, options, services));
            builder.Services.AddHostedService(services => services.GetRequiredService<DurableService>());
        }

        builder.Services.AddSingleton(services => new TimerService(functions, services));
        builder.Services.AddHostedService(services => services.GetRequiredService<TimerService>());

        var web = builder.Build();
        try
        {
            // Made now, because a route or a schedule may be refused.
            var router = new HttpRouter(functions, hostJson.RoutePrefix, web.Services);
            _ = web.Services.GetRequiredService<TimerService>();
            var durable = web.Services.GetService<DurableService>();
            ((IApplicationBuilder)web).Run(http => first?.Invoke(http) ?? (durable is { IsAvailable: false } && !HttpMethods.IsGet(http.Request.Method)
                ? RefuseAsync(http)
                : router.HandleAsync(http)));
            return new LocalHost(web, options, ports);
        }
        catch
        {
            ((IDisposable)web).Dispose();
            throw;
        }
    }

    /// <summary>Throws <see cref="LocalHostException"/>, with one line for the user, where the address or the data folder cannot be used.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        foreach (var url in _options.Urls)
        {
            if (!_ports.Has(url))
            {
                RequireFree(url);
            }

            _web.Urls.Add(url);
        }

        _lock = new DataFolderLock(_options.DataFolder);
        try
        {
            await _web.StartAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            _lock.Dispose();
            throw exception is EmbeddedStorageException ? new LocalHostException(exception.Message, exception) : exception;
        }

        _address = new Uri(_web.Urls.First());
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _web.StopAsync(cancellationToken);
        }
        finally
        {
            _lock?.Dispose();
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _ports.Dispose();
        _lock?.Dispose();
    }

    /// <summary>Work that nobody could do now is not taken: what can be read is still read.</summary>
    private static Task RefuseAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Task.CompletedTask;
    }

    private static EmbeddedStorage OpenStorage(string folder, IServiceProvider services)
    {
        var storage = EmbeddedStorage.Open(folder, services.GetRequiredService<ILoggerFactory>().CreateLogger<EmbeddedStorage>());
        services.GetRequiredService<HostFailure>().Watch("The storage", storage.Fatal);
        return storage;
    }

    /// <summary>Says in one line, before anything has started, what the listener would say later in a stack trace.</summary>
    private static void RequireFree(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.AbsolutePath != "/")
        {
            throw new LocalHostException($"--urls: '{url}' is not of the form http://127.0.0.1:7071.");
        }

        if (uri.Port == 0 || !IPAddress.TryParse(uri.Host, out var address))
        {
            return;
        }

        try
        {
            using var probe = new TcpListener(address, uri.Port);
            probe.Start();
        }
        catch (SocketException exception)
        {
            throw new LocalHostException($"Cannot listen on {url}: {exception.Message}. Choose another port with --urls http://127.0.0.1:PORT.", exception);
        }
    }
}
