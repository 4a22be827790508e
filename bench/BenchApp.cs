using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Identity;
using Jobs.Local.Commands;
using Jobs.Local.Host;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Bench;

/// <summary>The whole app on a free port of 127.0.0.1, on disk in a folder that is removed afterwards.</summary>
internal sealed class BenchApp : IAsyncDisposable
{
    private readonly LocalHost _host;
    private readonly DirectoryInfo _data;

    private BenchApp(LocalHost host, DirectoryInfo data, string key)
    {
        (_host, _data, Key) = (host, data, key);
        Client = new HttpClient { BaseAddress = Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public string Key { get; }

    public HttpClient Client { get; }

    public Uri Address => _host.Address;

    public string DataFolder => _data.FullName;

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts it.</summary>
    /// <param name="configure">What it has instead of its own.</param>
    /// <param name="account">The storage account for everything; null for the storage and the engine in this process.</param>
    public static async Task<BenchApp> StartAsync(Action<IServiceCollection>? configure = null, string? account = null)
    {
        var data = Directory.CreateTempSubdirectory("jobs-bench-");
        var key = ApiKey.Create();
        var builder = LocalApp.CreateBuilder(["--urls", "http://127.0.0.1:0", "--data", data.FullName, "--Jobs:InitialApiKey", key], account);
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new BenchApp(host, data, key);
    }

    /// <summary>Creates a widget and polls every 10 ms until <paramref name="done"/> holds; gives the job's id.</summary>
    public async Task<string> BuildAsync(string prompt, Func<JsonElement, bool> done)
    {
        using var response = await Client.PostAsJsonAsync("v1/widgets", new { name = "Bench", prompt });
        response.EnsureSuccessStatusCode();
        var jobId = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobId").GetString()!;
        while (!done(await Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}")))
        {
            await Task.Delay(10);
        }

        return jobId;
    }

    public static bool IsSettled(JsonElement job) =>
        job.TryGetProperty("buildStatus", out var build) && build.GetProperty("status").GetString() is "SUCCEEDED" or "FAILED"
        || job.GetProperty("status").GetString() is "failed";

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
