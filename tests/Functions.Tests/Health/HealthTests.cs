using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;
using Jobs.Execution.Compilation;
using Jobs.Execution.Reading;
using Jobs.Execution.Sandbox;
using Jobs.Functions.Health;
using Jobs.Generation.Ai;
using Jobs.Local.Storage;
using Jobs.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Health;

/// <summary>What a platform is told that asks whether the app runs, and whether it can work.</summary>
public sealed class HealthTests
{
    /// <summary>Two seconds are promised; a busy machine keeps no promise about time.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Whole_app_is_ready_once_its_tools_have_run()
    {
        await using var model = await Endpoint.StartAsync();
        await using var app = await TestApp.StartAsync(real: true, arguments: ["--Ai:Model", "any", "--Ai:Endpoint", $"{model.Address}/v1", "--Ai:Key", "sk-never-sent"]);

        using var response = await UntilReadyAsync(app);

        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Payload.AssertMatches("health-ready.json", await response.ReadJsonAsync());
        // One question for the address alone: nothing that costs, and no key.
        var asked = Assert.Single(model.Requests);
        Assert.StartsWith("GET /v1/\n", asked);
        Assert.DoesNotContain("sk-never-sent", asked);
    }

    [Fact]
    public async Task Storage_that_hangs_is_named_in_time_and_the_process_lives()
    {
        Hanging? storage = null;
        await using var app = await TestApp.StartAsync(services => services.AddSingleton(provider => new StorageAccount(
            provider.GetRequiredService<IConfiguration>(), storage = new Hanging(provider.GetRequiredService<EmbeddedStorage>().Transport))));
        storage!.Hangs = true;

        var (response, took) = await AskAsync(app);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(Readiness.Lifetime, response.Headers.RetryAfter?.Delta);
        Payload.AssertMatches("health-failing.json", await response.ReadJsonAsync());
        Assert.InRange(took, TimeSpan.Zero, Soon);
        using var live = await app.Anonymous.GetAsync("health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Payload.AssertMatches("health-live.json", await live.ReadJsonAsync());
    }

    [Fact]
    public async Task Ai_that_accepts_connections_and_says_nothing_is_named_in_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var app = await TestApp.StartAsync(arguments: ["--Ai:Model", "silent", "--Ai:Endpoint", $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/v1"]);

        var (response, took) = await AskAsync(app);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(["ai"], await FailingAsync(response));
        Assert.InRange(took, TimeSpan.Zero, Soon);
    }

    [Fact]
    public async Task Ai_that_has_answered_is_not_asked_again_for_a_minute_and_one_out_of_order_is_named()
    {
        var time = new ManualTimeProvider();
        await using var model = await Endpoint.StartAsync();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time), arguments: ["--Ai:Model", "any", "--Ai:Endpoint", $"{model.Address}/v1"]);
        await AskAsync(app);

        time.Advance(AiReachability.Lifetime - TimeSpan.FromMilliseconds(1));
        await AskAsync(app);
        Assert.Single(model.Requests);
        time.Advance(Readiness.Lifetime);
        var (again, _) = await AskAsync(app);
        Assert.Equal(2, model.Requests.Count);
        Assert.Empty(await FailingAsync(again));

        model.Status = HttpStatusCode.BadGateway;
        time.Advance(AiReachability.Lifetime);
        var (failing, _) = await AskAsync(app);

        Assert.Equal(["ai"], await FailingAsync(failing));
    }

    [Fact]
    public async Task Tools_that_are_missing_are_named_without_a_path()
    {
        var empty = Directory.CreateTempSubdirectory("jobs-nothing-");
        await using var app = await TestApp.StartAsync(real: true, configure: services => services
            .AddSingleton(new CompilerOptions { ToolsSearchStart = empty.FullName })
            .AddSingleton(new SandboxOptions { ToolsSearchStart = empty.FullName })
            .AddSingleton(new DocumentReaderOptions { ReaderFolder = empty.FullName }));

        var (response, _) = await AskAsync(app);

        Assert.Equal(["compilers", "sandbox", "document_reader"], await FailingAsync(response));
        Assert.DoesNotContain(empty.Name, await response.Content.ReadAsStringAsync());
        empty.Delete(recursive: true);
    }

    [Fact]
    public async Task Many_who_ask_at_once_are_one_look_that_holds_for_some_seconds()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        var transactions = app.Services.GetRequiredService<EmbeddedStorage>().Transactions;
        var before = transactions.Of("Jobs").Reads;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => Assert.Equal(HttpStatusCode.OK, (await AskAsync(app)).Response.StatusCode)));
        Assert.Equal(before + 1, transactions.Of("Jobs").Reads);
        time.Advance(Readiness.Lifetime - TimeSpan.FromMilliseconds(1));
        await AskAsync(app);
        Assert.Equal(before + 1, transactions.Of("Jobs").Reads);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await AskAsync(app);

        Assert.Equal(before + 2, transactions.Of("Jobs").Reads);
    }

    private static async Task<HttpResponseMessage> UntilReadyAsync(TestApp app)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(Readiness.Lifetime / 2))
        {
            var (response, _) = await AskAsync(app);
            if (response.StatusCode is HttpStatusCode.OK)
            {
                return response;
            }

            Assert.True(clock.Elapsed < Patience, await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task<(HttpResponseMessage Response, TimeSpan Took)> AskAsync(TestApp app)
    {
        var clock = Stopwatch.StartNew();
        var response = await app.Anonymous.GetAsync("health/ready").WaitAsync(Patience);
        return (response, clock.Elapsed);
    }

    private static async Task<string[]> FailingAsync(HttpResponseMessage response) =>
        [.. (await response.ReadJsonAsync()).GetProperty("checks").EnumerateObject().Where(check => check.Value.GetString() == "failing").Select(check => check.Name)];

    /// <summary>Another transport, until it hangs.</summary>
    private sealed class Hanging(HttpPipelineTransport inner) : HttpPipelineTransport
    {
        public volatile bool Hangs;

        public override Request CreateRequest() => inner.CreateRequest();

        public override void Process(HttpMessage message) => throw new NotSupportedException("The app calls storage asynchronously.");

        public override async ValueTask ProcessAsync(HttpMessage message)
        {
            if (Hangs)
            {
                await Task.Delay(Timeout.Infinite, message.CancellationToken);
            }

            await inner.ProcessAsync(message);
        }
    }

    /// <summary>An AI's address, where nothing is served but a status.</summary>
    private sealed class Endpoint : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> _requests = new();
        private readonly WebApplication _web;

        private Endpoint(WebApplication web) => _web = web;

        public string Address => _web.Urls.Single();

        public HttpStatusCode Status { get; set; } = HttpStatusCode.NotFound;

        /// <summary>Method, path and headers.</summary>
        public IReadOnlyCollection<string> Requests => _requests;

        public static async Task<Endpoint> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            var endpoint = new Endpoint(builder.Build());
            ((IApplicationBuilder)endpoint._web).Run(context =>
            {
                var headers = string.Concat(context.Request.Headers.Select(header => $"{header.Key}: {header.Value}\n"));
                endpoint._requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n{headers}");
                context.Response.StatusCode = (int)endpoint.Status;
                return Task.CompletedTask;
            });
            await endpoint._web.StartAsync();
            return endpoint;
        }

        public ValueTask DisposeAsync() => _web.DisposeAsync();
    }
}
