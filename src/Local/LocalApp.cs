using Jobs.LocalRuntime.Host;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Local;

/// <summary>The function app, running in this process.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    /// <summary>The organisation that the development key belongs to.</summary>
    private const string Tenant = "local";

    private readonly IHost _host;

    private LocalApp(IHost host, DevelopmentKey key)
    {
        _host = host;
        Key = key;
    }

    public DevelopmentKey Key { get; }

    public Uri Address => _host.Services.GetRequiredService<LocalHostInfo>().Address;

    /// <summary>Cancelled once the app begins to stop, for example by a signal.</summary>
    public CancellationToken Stopping => _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <summary>Starts the app. Throws <see cref="LocalHostException"/> where it cannot run, with a message for the user.</summary>
    public static async Task<LocalApp> StartAsync(string urls, string dataFolder)
    {
        var key = DevelopmentKey.ReadOrCreate(dataFolder);
        string[] settings =
        [
            "--urls", urls,
            "--data", dataFolder,
            "--Jobs:InitialApiKey", key.Value,
            "--Jobs:InitialTenant", Tenant,
        ];
        var host = Jobs.Functions.Program.CreateBuilder(settings).Build();
        try
        {
            await host.StartAsync();
            return new LocalApp(host, key);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public Task WaitForShutdownAsync() => _host.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
