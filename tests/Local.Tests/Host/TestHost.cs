using Jobs.Local.Host;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Tests.Host;

/// <summary>Runs the functions of given classes on a free port of 127.0.0.1, in a folder of its own that is deleted afterwards.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string NoPrefix = """{ "version": "2.0", "extensions": { "http": { "routePrefix": "" } } }""";

    private readonly TestFolder _folder;
    private readonly LocalHost _host;

    private TestHost(TestFolder folder, LocalHost host)
    {
        _folder = folder;
        _host = host;
        // The default of a second is short on a busy machine; after it a body is sent whether or not it is wanted.
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = host.Address };
    }

    public IServiceProvider Services => _host.Services;

    public HttpClient Client { get; }

    /// <summary>A builder whose app folder is <paramref name="folder"/>, with host.json in it.</summary>
    public static LocalHostBuilder CreateBuilder(TestFolder folder, Type functions, string? hostJson = null, params string[] args)
    {
        File.WriteAllText(Path.Combine(folder.Path, HostJson.FileName), hostJson ?? NoPrefix);
        string[] line = ["--urls", "http://127.0.0.1:0", "--data", Path.Combine(folder.Path, "data"), .. args];
        var builder = LocalHost.CreateBuilder(
            LocalHostOptions.Parse(line, functions.Assembly) with { AppFolder = folder.Path, Types = [functions, .. functions.GetNestedTypes()] });
        builder.Logging.ClearProviders();
        return builder;
    }

    public static async Task<TestHost> StartAsync(
        Type functions, Action<LocalHostBuilder>? configure = null, string? hostJson = null, params string[] args)
    {
        var folder = new TestFolder();
        var builder = CreateBuilder(folder, functions, hostJson, args);
        configure?.Invoke(builder);
        var host = builder.Build();
        await host.StartAsync();
        return new TestHost(folder, host);
    }

    /// <summary>Why the host does not start with these functions.</summary>
    public static LocalHostException Refuses(Type functions, string? hostJson = null, params string[] args)
    {
        using var folder = new TestFolder();
        return Assert.Throws<LocalHostException>(() => CreateBuilder(folder, functions, hostJson, args).Build());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}
