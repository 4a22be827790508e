using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Domain.Generation;
using Jobs.Domain.Repositories;
using Jobs.Functions.Api.Repository;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>The app with forges, an agent and a check that do what a test says, and short ways to what contract 002 gives.</summary>
internal sealed class RepositoryApp : IAsyncDisposable
{
    private RepositoryApp(TestApp app, FakeLocalForge forge, FakeGitHub gitHub)
    {
        (App, Forge, GitHub) = (app, forge, gitHub);
        Client = NewClient(TestApp.Key);
        Admin = NewClient(TestApp.AdminKey);
        OtherTenant = NewClient(TestApp.OtherKey);
    }

    public TestApp App { get; }

    public FakeLocalForge Forge { get; }

    public FakeGitHub GitHub { get; }

    public HttpClient Client { get; }

    public HttpClient Admin { get; }

    public HttpClient OtherTenant { get; }

    /// <summary>Starts the app, with forges in memory unless it <paramref name="hasRealForges"/>; with <paramref name="isRegistered"/> the organisation "acme" has the repository "site".</summary>
    public static async Task<RepositoryApp> StartAsync(
        FakeRepositoryAgent? agent = null,
        FakeRepositoryCheck? check = null,
        FakeLocalForge? forge = null,
        FakeGitHub? gitHub = null,
        TimeProvider? time = null,
        string? data = null,
        string? account = null,
        bool isRegistered = true,
        bool hasRealForges = false,
        object? settings = null,
        Action<IServiceCollection>? configure = null,
        params string[] arguments)
    {
        var (local, remote) = (forge ?? new FakeLocalForge(), gitHub ?? new FakeGitHub());
        var app = await TestApp.StartAsync(
            services =>
            {
                if (!hasRealForges)
                {
                    services.RemoveAll<IForge>();
                    services.AddSingleton<IForge>(local).AddSingleton<IForge>(remote);
                }

                services
                    .AddSingleton<IRepositoryAgent>(agent ?? new FakeRepositoryAgent())
                    .AddSingleton<IRepositoryCheck>(check ?? new FakeRepositoryCheck());
                if (time is not null)
                {
                    services.AddSingleton(time);
                }

                configure?.Invoke(services);
            },
            data: data,
            account: account,
            arguments: ["--Repositories:GitHub:0", "acme=owner/*", "--Repositories:GitHub:1", "acme=octo-org/reports", .. arguments]);
        var started = new RepositoryApp(app, local, remote);
        if (isRegistered)
        {
            await started.RegisterAsync(settings ?? new { name = "site", kind = "local", location = "/repositories/site", autoMerge = true });
        }

        return started;
    }

    public HttpClient NewClient(string? key)
    {
        var client = App.NewClient(key: null);
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add(RepositoryEndpoint.KeyHeader, key);
        }

        return client;
    }

    public async Task RegisterAsync(object settings)
    {
        using var response = await Admin.PostAsJsonAsync("api/repositories", settings);
        Assert.True((int)response.StatusCode == 201, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Creates a job and gives its id.</summary>
    public async Task<string> CreateAsync(object? wanted = null, HttpClient? client = null)
    {
        using var response = await (client ?? Client).PostAsJsonAsync("api/create-job", wanted ?? new { job = "add a note" });
        var body = await response.ReadJsonAsync();
        Assert.True((int)response.StatusCode == 202, body.ToString());
        return body.GetProperty("job_id").GetString()!;
    }

    public Task<JsonElement> StatusAsync(string jobId, HttpClient? client = null) => (client ?? Client).GetFromJsonAsync<JsonElement>($"api/jobs/status?job_id={jobId}");

    /// <summary>Polls until the job is in a state; fails after 90 seconds.</summary>
    public Task<JsonElement> WaitAsync(string jobId, string status, HttpClient? client = null) => WaitAsync(jobId, job => job.GetProperty("status").GetString() == status, client);

    public async Task<JsonElement> WaitAsync(string jobId, Func<JsonElement, bool> isThere, HttpClient? client = null)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); ; await Task.Delay(10))
        {
            var job = await StatusAsync(jobId, client);
            if (isThere(job))
            {
                return job;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The job does not get there: {job}");
        }
    }

    /// <summary>Waits until something holds that is no job's state; fails after 90 seconds.</summary>
    public static async Task UntilAsync(Func<bool> isThere)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !isThere(); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not come to it.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Admin.Dispose();
        OtherTenant.Dispose();
        await App.DisposeAsync();
    }
}

/// <summary>Writes a note, or answers what a test says.</summary>
internal sealed class FakeRepositoryAgent(Func<RepositoryTask, int, CancellationToken, Task<RepositoryAnswer>>? work = null) : IRepositoryAgent
{
    public ModelUsage LeastToBegin { get; init; } = ModelUsage.None;

    private int _calls;

    public string Name => "the test's agent";

    public int Calls => _calls;

    public static RepositoryAnswer Write(string path, string content) =>
        new RepositoryAnswer.Edits([new FileEdit.Write(path, Encoding.UTF8.GetBytes(content))], $"Write {path}", $"Wrote {path} as asked.");

    public Task<RepositoryAnswer> WorkAsync(RepositoryTask task, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var call = Interlocked.Increment(ref _calls);
        return work?.Invoke(task, call, cancellationToken) ?? Task.FromResult(Write("notes/note.md", $"{task.Instruction}\n"));
    }
}

/// <summary>Passes, or says what a test says.</summary>
internal sealed class FakeRepositoryCheck(Func<IRepositoryTree, string, Task<CheckResult>>? run = null) : IRepositoryCheck
{
    public Task<CheckResult> RunAsync(IRepositoryTree tree, string command, CancellationToken cancellationToken) =>
        run?.Invoke(tree, command) ?? Task.FromResult(new CheckResult(HasPassed: true, "All is well.\n"));
}
