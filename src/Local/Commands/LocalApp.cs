using Jobs.Functions.Secrets;
using Jobs.Local.Host;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Local.Commands;

/// <summary>The function app, running in this process.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    /// <summary>The organisation that the development key belongs to.</summary>
    public const string Tenant = "local";

    private readonly IHost _host;
    private readonly LocalAzurite? _azurite;

    private LocalApp(IHost host, KeyFile key, LocalAzurite? azurite)
    {
        _host = host;
        Key = key;
        _azurite = azurite;
    }

    public KeyFile Key { get; }

    public Uri Address => _host.Services.GetRequiredService<LocalHostInfo>().Address;

    /// <summary>Cancelled once the app begins to stop, for example by a signal.</summary>
    public CancellationToken Stopping => _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <summary>Starts the app. Throws <see cref="LocalHostException"/> where it cannot run, with a message for the user.</summary>
    /// <param name="urls">What to listen on, separated by ';'.</param>
    /// <param name="dataFolder">Where everything is kept, as a full path.</param>
    /// <param name="useAzurite">Keeps tables and blobs in an Azurite of its own instead of in files.</param>
    public static async Task<LocalApp> StartAsync(string urls, string dataFolder, bool useAzurite)
    {
        var key = DevelopmentKey.ReadOrCreate(dataFolder);
        var secretsKey = SecretsKey.ReadOrCreate(dataFolder);
        // An orchestration must not go on against another store than it began with, so each has its own history.
        var hostFolder = useAzurite ? Path.Combine(dataFolder, "azurite") : dataFolder;
        var azurite = useAzurite ? await LocalAzurite.StartAsync(Path.Combine(hostFolder, "storage")) : null;
        IHost? host = null;
        try
        {
            string[] storage = azurite is null ? [] : ["--JobsStorage", azurite.ConnectionString];
            host = Jobs.Functions.Program.CreateBuilder(
                ["--urls", urls, "--data", hostFolder, "--Jobs:InitialApiKey", key.Value, "--Jobs:InitialTenant", Tenant, $"--{SecretKeys.SettingName}", secretsKey.Value, .. storage]).Build();
            await host.StartAsync();
            return new LocalApp(host, key, azurite);
        }
        catch
        {
            host?.Dispose();
            await (azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>Ends when the app is told to stop; disposing stops it.</summary>
    public async Task WaitForSignalAsync()
    {
        var signal = new TaskCompletionSource();
        await using var registration = Stopping.Register(signal.SetResult);
        await signal.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
