using Jobs.Execution.Egress;
using Jobs.Functions;
using Jobs.Functions.Identity;
using Jobs.Functions.Secrets;
using Jobs.Local.Host;
using Jobs.Local.Identity;
using Jobs.Local.Storage;
using Jobs.Local.Storage.Listening;
using Jobs.Local.Storage.Protocol;
using Jobs.Repositories.Local;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Local.Commands;

/// <summary>What the local app is started with.</summary>
/// <param name="Urls">What to listen on, separated by ';'.</param>
/// <param name="DataFolder">Where everything is kept, as a full path.</param>
/// <param name="UseAzurite">Keeps tables, blobs and Durable's hub in an Azurite of its own instead of in files.</param>
/// <param name="StoragePort">The loopback port that storage tools may look into the running app through; null for none.</param>
/// <param name="CrawlHosts">What to put in the place of <see cref="LocalApp.CrawlHostsSetting"/>; null to leave it.</param>
internal sealed record LocalAppOptions(string Urls, string DataFolder, bool UseAzurite = false, int? StoragePort = null, string? CrawlHosts = null)
{
    /// <summary><c>.data</c> in the repository that <paramref name="start"/> is in, else in <paramref name="start"/> itself.</summary>
    public static DirectoryInfo DefaultDataFolder(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Jobs.sln")))
            {
                return new DirectoryInfo(Path.Combine(folder.FullName, LocalHostOptions.DefaultDataFolder));
            }
        }

        return new DirectoryInfo(Path.Combine(start, LocalHostOptions.DefaultDataFolder));
    }
}

/// <summary>The function app, running in this process.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    /// <summary>
    /// The setting that names hosts on this machine or its network that may be crawled, with their ports, separated by commas: <c>127.0.0.1:8080</c>. The app itself does not know it.
    /// </summary>
    public const string CrawlHostsSetting = "Local:CrawlHosts";

    /// <summary>The organisation that the development key belongs to.</summary>
    public const string Tenant = "local";

    private const string RootsSetting = $"{LocalForgeOptions.Section}:{nameof(LocalForgeOptions.LocalRoots)}";

    private const string AuthoritySetting = $"{IdentityOptions.Section}:{nameof(IdentityOptions.Authority)}";

    private readonly LocalHost _host;
    private readonly LocalAzurite? _azurite;
    private readonly StorageListener? _listener;

    private LocalApp(LocalHost host, KeyFile key, LocalAzurite? azurite, StorageListener? listener)
    {
        _host = host;
        Key = key;
        _azurite = azurite;
        _listener = listener;
    }

    public KeyFile Key { get; }

    public Uri Address => _host.Address;

    /// <summary>What storage tools connect with: Azurite's account, or ours where it listens; null where only the app reaches the storage.</summary>
    public string? StorageConnectionString => _azurite?.ConnectionString ?? _listener?.ConnectionString;

    /// <summary>Cancelled once the app begins to stop, for example by a signal.</summary>
    public CancellationToken Stopping => _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <summary>Why the app stopped by itself; null while it runs and when it was told to stop.</summary>
    public Exception? Failure => _host.Services.GetRequiredService<HostFailure>().Reason;

    /// <summary>The app, ready to be built; tests replace services before they do.</summary>
    /// <param name="arguments">As <see cref="LocalHostOptions.Parse"/> takes them.</param>
    /// <param name="account">The storage account for tables, blobs and Durable's hub; null for the storage and the engine in this process.</param>
    /// <param name="issuerKey">The development issuer's key; null for that of the data folder.</param>
    public static LocalHostBuilder CreateBuilder(IReadOnlyList<string> arguments, string? account = null, KeyFile? issuerKey = null)
    {
        var options = LocalHostOptions.Parse(arguments, typeof(Program).Assembly) with { Account = account };
        var builder = LocalHost.CreateBuilder(options);
        AddIssuer(builder, issuerKey ?? IssuerKey.ReadOrCreate(options.DataFolder));
        AddRepositories(builder, options.DataFolder);
        builder.App.AddJobsApp();
        builder.Services.AddSingleton(
            LocalHosts.TryParse(builder.App.Configuration[CrawlHostsSetting] ?? "", out var hosts, out var error) ? hosts : throw new LocalHostException($"{CrawlHostsSetting}: {error}"));
        return builder;
    }

    /// <summary>Starts the app. Throws <see cref="LocalHostException"/> where it cannot run, with a message for the user.</summary>
    public static async Task<LocalApp> StartAsync(LocalAppOptions options)
    {
        var key = DevelopmentKey.ReadOrCreate(options.DataFolder);
        var secretsKey = SecretsKey.ReadOrCreate(options.DataFolder);
        var issuerKey = IssuerKey.ReadOrCreate(options.DataFolder);
        // An orchestration must not go on against another store than it began with, so each has its own history.
        var hostFolder = HostFolderOf(options.DataFolder, options.UseAzurite);
        var azurite = options.UseAzurite ? await LocalAzurite.StartAsync(Path.Combine(hostFolder, "storage")) : null;
        LocalHost? host = null;
        try
        {
            host = CreateBuilder(
                [
                    "--urls", options.Urls, "--data", hostFolder, "--Jobs:InitialApiKey", key.Value, "--Jobs:InitialTenant", Tenant, $"--{SecretKeys.SettingName}", secretsKey.Value,
                    .. options.CrawlHosts is { } hosts ? new[] { $"--{CrawlHostsSetting}", hosts } : [],
                ],
                azurite?.ConnectionString,
                issuerKey).Build();
            await host.StartAsync();
            var listener = options.StoragePort is { } port ? await ListenAsync(host, port) : null;
            return new LocalApp(host, key, azurite, listener);
        }
        catch
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>The folder in which repositories may be registered, unless the settings name others.</summary>
    public static string RepositoriesOf(string hostFolder) => Path.Combine(hostFolder, "repositories");

    /// <summary>Where the host keeps what is its own.</summary>
    public static string HostFolderOf(string dataFolder, bool useAzurite) => useAzurite ? Path.Combine(dataFolder, "azurite") : dataFolder;

    /// <summary>Ends when the app is told to stop, or stops by itself; disposing stops it.</summary>
    public async Task WaitForStopAsync()
    {
        var signal = new TaskCompletionSource();
        await using var registration = Stopping.Register(signal.SetResult);
        await signal.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await (_listener?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _host.StopAsync();
        await _host.DisposeAsync();
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Serves the development issuer, has the app honour its tokens and the page offer them, unless the settings name another issuer.</summary>
    private static void AddIssuer(LocalHostBuilder builder, KeyFile key)
    {
        if (!string.IsNullOrEmpty(builder.App.Configuration[AuthoritySetting]) || DevelopmentIssuer.AddressOf(builder.Urls) is not { } address)
        {
            return;
        }

        builder.App.Configuration.AddInMemoryCollection([new(AuthoritySetting, address), new($"{IdentityOptions.Section}:{nameof(IdentityOptions.Audiences)}", DevelopmentIssuer.Audience)]);
        var issuer = new DevelopmentIssuer(address, key.Value);
        builder.First = issuer.TryAnswer;
        builder.Services.AddSingleton(DevelopmentSignIn.Script());
    }

    private static void AddRepositories(LocalHostBuilder builder, string hostFolder)
    {
        if (builder.App.Configuration.GetSection(RootsSetting).GetChildren().Any(root => !string.IsNullOrEmpty(root.Value)))
        {
            return;
        }

        builder.App.Configuration.AddInMemoryCollection([new($"{RootsSetting}:0", Directory.CreateDirectory(RepositoriesOf(hostFolder)).FullName)]);
    }

    private static async Task<StorageListener> ListenAsync(LocalHost host, int port)
    {
        if (host.Services.GetService<EmbeddedStorage>() is not { } storage)
        {
            throw new LocalHostException("--storage-port opens the storage of the local app. With --azurite, connect to Azurite itself.");
        }

        try
        {
            return await StorageListener.StartAsync(storage, port, TimeProvider.System, CancellationToken.None);
        }
        catch (EmbeddedStorageException exception)
        {
            throw new LocalHostException($"--storage-port: {exception.Message}", exception);
        }
    }
}
