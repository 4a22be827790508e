using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Domain.Sandbox;
using Jobs.Domain.Widgets;
using Jobs.Functions.Tests.Repositories;
using Jobs.Local.Commands;
using Jobs.Local.Host;
using Jobs.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Tests;

/// <summary>The whole app on a free port of 127.0.0.1, with its data in a folder of its own and keys of two tenants.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly LocalHost _host;
    private readonly string _data;
    private readonly bool _keepData;

    private readonly bool _isOnEmulator;

    private TestApp(LocalHost host, string data, bool keepData, bool isOnEmulator)
    {
        (_host, _data, _keepData, _isOnEmulator) = (host, data, keepData, isOnEmulator);
        Address = host.Address;
        Client = NewClient(Key);
        OtherTenant = NewClient(OtherKey);
        Admin = NewClient(AdminKey);
        Anonymous = NewClient(null);
    }

    public static string Key { get; } = ApiKey.Create();

    public static string OtherKey { get; } = ApiKey.Create();

    public static string AdminKey { get; } = ApiKey.Create();

    /// <summary>The setting that every app of the tests has, so that agents can have secrets.</summary>
    public static string SecretsKey { get; } = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    public Uri Address { get; }

    public string DataFolder => _data;

    /// <summary>A caller of the tenant "acme", who is no admin.</summary>
    public HttpClient Client { get; }

    /// <summary>An admin of the tenant "acme".</summary>
    public HttpClient Admin { get; }

    /// <summary>A caller of the tenant "other".</summary>
    public HttpClient OtherTenant { get; }

    /// <summary>A caller without a key.</summary>
    public HttpClient Anonymous { get; }

    public IServiceProvider Services => _host.Services;

    public DurableTaskClient DurableClient => Services.GetRequiredService<DurableService>().Client;

    /// <summary>
    /// Starts the app. Without <paramref name="real"/> the compilers and the sandbox are fakes, because most tests are not about them. With an
    /// <paramref name="account"/> its tables, blobs and Durable's hub are there.
    /// </summary>
    public static async Task<TestApp> StartAsync(
        Action<IServiceCollection>? configure = null,
        bool real = false,
        string? data = null,
        string? account = null,
        params string[] arguments)
    {
        var folder = data ?? Path.Combine(Path.GetTempPath(), $"jobs-test-{Guid.NewGuid():N}");
        var builder = LocalApp.CreateBuilder(["--urls", "http://127.0.0.1:0", "--data", folder, "--Jobs:SecretsKey", SecretsKey, .. arguments], account);
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        if (!real)
        {
            builder.Services.AddSingleton<IWidgetCompiler>(new FakeCompiler()).AddSingleton<IAgentCompiler>(new FakeAgentCompiler())
                .AddSingleton<IAgentSandbox>(new FakeSandbox()).AddSingleton<IRepositoryAgent>(new FakeRepositoryAgent()).AddSingleton<IRepositoryCheck>(new FakeRepositoryCheck());
        }

        configure?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        var keys = host.Services.GetRequiredService<ApiKeyStore>();
        await keys.AddAsync(ApiKey.Hash(Key), new ApiKeyOwner("acme", "ann", IsAdmin: false), CancellationToken.None);
        await keys.AddAsync(ApiKey.Hash(OtherKey), new ApiKeyOwner("other", "otto", IsAdmin: false), CancellationToken.None);
        await keys.AddAsync(ApiKey.Hash(AdminKey), new ApiKeyOwner("acme", "ada", IsAdmin: true), CancellationToken.None);
        return new TestApp(host, folder, keepData: data is not null, isOnEmulator: account is not null);
    }

    public HttpClient NewClient(string? key)
    {
        var client = new HttpClient(_isOnEmulator ? new PatientHandler() : new SocketsHttpHandler()) { BaseAddress = Address };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return client;
    }

    /// <summary>A token of the development issuer.</summary>
    public async Task<string> TokenAsync(string user, string? roles = null)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["sub"] = user, ["roles"] = roles ?? "" });
        using var response = await Anonymous.PostAsync("token", form);
        Assert.Equal(200, (int)response.StatusCode);
        return (await response.ReadJsonAsync()).GetProperty("access_token").GetString()!;
    }

    /// <summary>A user with a token of the development issuer.</summary>
    public async Task<HttpClient> NewUserAsync(string user, string? roles = null) => NewClient(await TokenAsync(user, roles));

    /// <summary>Creates a widget with a build and gives both ids.</summary>
    public async Task<(string WidgetId, string JobId)> CreateWidgetAsync(string prompt = "a counter", string name = "Counter")
    {
        using var response = await Client.PostAsJsonAsync("v1/widgets", new { name, prompt });
        Assert.Equal(202, (int)response.StatusCode);
        var body = await response.ReadJsonAsync();
        return (body.GetProperty("widgetId").GetString()!, body.GetProperty("jobId").GetString()!);
    }

    /// <summary>Creates an agent with a build and gives both ids.</summary>
    public async Task<(string AgentId, string JobId)> CreateAgentAsync(string prompt = "say hello", string name = "Greeter")
    {
        using var response = await Client.PostAsJsonAsync("v1/agents", new { name, prompt });
        Assert.Equal(202, (int)response.StatusCode);
        var body = await response.ReadJsonAsync();
        return (body.GetProperty("agentId").GetString()!, body.GetProperty("jobId").GetString()!);
    }

    /// <summary>A job of two minutes ago that was stored but never started; the sweeper meets it if it was announced.</summary>
    public async Task<Job> LayJobAsync(string widgetId, bool isAnnounced = true)
    {
        var longAgo = Services.GetRequiredService<TimeProvider>().GetUtcNow() - TimeSpan.FromMinutes(2);
        var input = await Services.GetRequiredService<ArtifactStore>().WriteAsync("acme", widgetId, "a counter"u8.ToArray(), CancellationToken.None);
        var job = new Job
        {
            Id = Ids.NewJobId(longAgo),
            Tenant = "acme",
            Owner = "ann",
            Kind = JobKind.WidgetBuild,
            ResourceId = widgetId,
            BuildId = Ids.NewBuildId(),
            InputRef = input,
            Message = "Waiting to start",
            CreatedAt = longAgo,
            UpdatedAt = longAgo,
        };
        if (isAnnounced)
        {
            await Services.GetRequiredService<SweepList>().AddAsync(new SweepEntry(SweepKind.Job, job.Id, "acme", longAgo), CancellationToken.None);
        }

        await Services.GetRequiredService<JobStore>().CreateAsync(job, CancellationToken.None);
        return job;
    }

    /// <summary>A job as <see cref="LayJobAsync"/>, with its widget.</summary>
    public async Task<Job> LayJobAndWidgetAsync(bool isAnnounced = false)
    {
        var widgetId = Ids.NewResourceId();
        var job = await LayJobAsync(widgetId, isAnnounced);
        await Services.GetRequiredService<WidgetStore>().CreateAsync(
            new Widget { Id = widgetId, Tenant = "acme", Name = "Left behind", CreatedAt = job.CreatedAt, CurrentJobId = job.Id, ClaimedAt = job.CreatedAt },
            prompt: null,
            CancellationToken.None);
        return job;
    }

    public Task<JsonElement> GetJobAsync(string jobId) => Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}");

    /// <summary>Polls until <paramref name="done"/> holds; fails after 90 seconds with the last state.</summary>
    public async Task<JsonElement> WaitForJobAsync(string jobId, Func<JsonElement, bool> done)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (true)
        {
            var job = await GetJobAsync(jobId);
            if (done(job))
            {
                return job;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The job does not get there: {job}");
            await Task.Delay(10);
        }
    }

    /// <summary>The conversation, once it has <paramref name="count"/> messages: it follows the job, so its last message may come a moment after the job's end.</summary>
    public async Task<JsonElement[]> WaitForMessagesAsync(string collection, string id, int count)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (true)
        {
            JsonElement[] messages = [.. (await Client.GetFromJsonAsync<JsonElement>($"v1/{collection}/{id}/messages")).GetProperty("messages").EnumerateArray()];
            if (messages.Length >= count)
            {
                return messages;
            }

            Assert.True(DateTime.UtcNow < deadline, $"There are only {messages.Length} messages.");
            await Task.Delay(10);
        }
    }

    /// <summary>Until it is disposed, every write of an artifact fails: its folder is a file.</summary>
    public IDisposable BreakArtifacts() => new BrokenFolder(Path.Combine(_data, "blobs"));

    /// <summary>Polls until nothing about the job can change any more.</summary>
    public Task<JsonElement> WaitUntilSettledAsync(string jobId) => WaitForJobAsync(jobId, IsSettled);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        OtherTenant.Dispose();
        Admin.Dispose();
        Anonymous.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        if (!_keepData)
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private static bool IsSettled(JsonElement job) => job.GetProperty("status").GetString() switch
    {
        "failed" => true,
        "completed" => !job.TryGetProperty("buildStatus", out var compile) || compile.GetProperty("status").GetString() is not "IN_PROGRESS",
        _ => false,
    };
}

internal sealed class BrokenFolder : IDisposable
{
    private readonly string _folder;

    public BrokenFolder(string folder)
    {
        _folder = folder;
        Directory.Move(folder, $"{folder}.aside");
        File.WriteAllText(folder, "");
    }

    public void Dispose()
    {
        File.Delete(_folder);
        Directory.Move($"{_folder}.aside", _folder);
    }
}

internal static class HttpResponses
{
    public static Task<JsonElement> ReadJsonAsync(this HttpResponseMessage response) => response.Content.ReadFromJsonAsync<JsonElement>();
}

/// <summary>Compiles nothing; waits at a gate, fails or throws when a test says so.</summary>
internal sealed class FakeCompiler : IWidgetCompiler
{
    public Func<int, Task<CompileResult>>? OnCompile { get; init; }

    public int Calls { get; private set; }

    public async Task<CompileResult> CompileAsync(
        Domain.Widgets.SourceFiles sources,
        Func<CompilePhase, Task> onPhase,
        CancellationToken cancellationToken)
    {
        Calls++;
        await onPhase(CompilePhase.PreBuild);
        var result = OnCompile is null
            ? new CompileResult.Succeeded("export const mount = () => {};"u8.ToArray(), ".root{}"u8.ToArray(), TimeSpan.Zero, TimeSpan.Zero)
            : await OnCompile(Calls);
        if (result is CompileResult.Succeeded)
        {
            await onPhase(CompilePhase.Build);
        }

        return result;
    }
}

/// <summary>Makes a program of <c>functions/main.ts</c> as it stands; fails or throws when a test says so.</summary>
internal sealed class FakeAgentCompiler : IAgentCompiler
{
    public Func<int, Task<AgentCompileResult>>? OnCompile { get; init; }

    public int Calls { get; private set; }

    public Task<AgentCompileResult> CompileAsync(Domain.Widgets.SourceFiles sources, CancellationToken cancellationToken)
    {
        Calls++;
        return OnCompile?.Invoke(Calls) ?? Task.FromResult<AgentCompileResult>(new AgentCompileResult.Succeeded(sources.Files["functions/main.ts"]));
    }
}

/// <summary>Runs nothing and gives the input as its output; gives, waits or throws what a test says.</summary>
internal sealed class FakeSandbox(Func<SandboxRequest, int, CancellationToken, Task<SandboxResult>>? onRun = null) : IAgentSandbox
{
    private int _calls;

    public int Calls => _calls;

    public static SandboxResult Result(string? output, string logs = "", SandboxError? error = null) =>
        new(output, error, logs, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(2));

    public Task<SandboxResult> RunAsync(SandboxRequest request, CancellationToken cancellationToken)
    {
        var call = Interlocked.Increment(ref _calls);
        return onRun?.Invoke(request, call, cancellationToken) ?? Task.FromResult(Result(request.Input));
    }
}

/// <summary>Generates what a test says.</summary>
internal sealed class FakeGenerator(Func<GenerationRequest, int, Task<GenerationResult>> generate) : IWidgetGenerator, IAgentGenerator
{
    public string Name => "the test's generator";

    public int Calls { get; private set; }

    public static GenerationResult OneFile { get; } = new GenerationResult.Files(
        new Dictionary<string, string> { ["src/App.tsx"] = "export default function App() { return <p>Hello</p>; }" },
        "Built one file");

    /// <summary>An agent that greets.</summary>
    public static GenerationResult Agent { get; } = new GenerationResult.Files(
        new Dictionary<string, string>
        {
            ["functions/main.ts"] = "export default async () => ({ greeting: \"hello\" });",
            ["agent.json"] = """{"name":"Greeter","description":"Greets.","input":{"type":"object"},"output":{"type":"object"},"secrets":[]}""",
            ["README.md"] = "# Greeter",
        },
        "Built an agent that greets");

    public Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken) =>
        generate(request, ++Calls);
}

/// <summary>Reads again, as the answer says, where the emulator of a busy machine took longer than a caller is made to wait.</summary>
internal sealed class PatientHandler() : DelegatingHandler(new SocketsHttpHandler())
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var deadline = DateTime.UtcNow + Patience; ;)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method != HttpMethod.Get || response is not { StatusCode: System.Net.HttpStatusCode.ServiceUnavailable, Headers.RetryAfter.Delta: { } pause } || DateTime.UtcNow > deadline)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(pause, cancellationToken);
        }
    }
}
