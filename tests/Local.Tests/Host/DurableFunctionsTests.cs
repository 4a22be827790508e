using System.Net.Http.Json;
using System.Text.Json;
using Azure.Core.Serialization;
using Jobs.Local.Host;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Local.Tests.Host;

public sealed class DurableFunctionsTests
{
    [Fact]
    public async Task Orchestrator_and_activities_are_found_by_the_names_of_their_functions()
    {
        await using var host = await StartAsync();

        Assert.Equal("Completed:\"Good day, Ada and Grace!\"", await host.Client.GetStringAsync("/run/GreetPair/g1"));
    }

    [Fact]
    public async Task Activity_has_its_input_a_scope_of_its_own_and_a_token()
    {
        await using var host = await StartAsync();

        Assert.Equal("Completed:\"7|True|True\"", await host.Client.GetStringAsync("/run/CallInspect/i1"));
    }

    [Fact]
    public async Task Activity_that_throws_fails_its_orchestration()
    {
        await using var host = await StartAsync();

        Assert.StartsWith("Failed:", await host.Client.GetStringAsync("/run/CallFailing/f1"));
    }

    [Theory]
    [InlineData(false, """{"First":"Ada","Second":"Grace"}""")]
    [InlineData(true, """{"first":"Ada","second":"Grace"}""")]
    public async Task Inputs_cross_by_the_serializer_that_the_app_has_set_or_by_the_workers(bool isSet, string expected)
    {
        await using var host = await TestHost.StartAsync(typeof(Durable), b =>
        {
            b.Services.AddSingleton(new Greeting("Good day")).AddScoped<Scope>();
            if (isSet)
            {
                b.Services.Configure<WorkerOptions>(worker => worker.Serializer = new JsonObjectSerializer(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
            }
        });

        Assert.Equal("Completed:\"Good day, Ada and Grace!\"", await host.Client.GetStringAsync("/run/GreetPair/g1"));
        var instance = await host.Services.GetRequiredService<DurableService>().Client.GetInstanceAsync("g1", getInputsAndOutputs: true);
        Assert.Equal(expected, instance!.SerializedInput);
    }

    [Fact]
    public async Task Orchestration_goes_on_in_the_next_host_on_the_same_data()
    {
        using var folder = new TestFolder();
        await RunOnceAsync(folder, client => client.PostAsync("/start/AwaitEvent/w1", null));

        Assert.True(File.Exists(Path.Combine(folder.Path, "data", "durable.db")));
        await RunOnceAsync(folder, async client =>
        {
            (await client.PostAsync("/raise/w1", JsonContent.Create("the payload"))).EnsureSuccessStatusCode();
            Assert.Equal("Completed:\"the payload\"", await client.GetStringAsync("/wait/w1"));
        });
    }

    [Fact]
    public async Task Hosted_services_of_the_app_have_started_before_the_engine_goes_on_and_its_clock_is_the_apps()
    {
        using var folder = new TestFolder();
        var time = new ManualTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await RunOnceAsync(folder, StartAndWaitForTimerAsync, time);

        time.JumpTo(time.GetUtcNow().AddHours(1));
        await RunOnceAsync(folder, async client => Assert.Equal("Completed:true", await client.GetStringAsync("/wait/h1")), time, new SlowToStart());

        async Task StartAndWaitForTimerAsync(HttpClient client)
        {
            await client.PostAsync("/start/AfterAnHour/h1", null);
            await time.WaitForWaiterAsync();
        }
    }

    private static Task<TestHost> StartAsync() => TestHost.StartAsync(typeof(Durable), b => b.Services.AddSingleton(new Greeting("Good day")).AddScoped<Scope>());

    private static async Task RunOnceAsync(TestFolder folder, Func<HttpClient, Task> use, ManualTimeProvider? time = null, SlowToStart? service = null)
    {
        var builder = TestHost.CreateBuilder(folder, typeof(Durable));
        builder.Services.AddSingleton(new Greeting("Good day")).AddScoped<Scope>();
        if (time is not null)
        {
            builder.Services.AddSingleton<TimeProvider>(time);
        }

        if (service is not null)
        {
            builder.Services.AddSingleton(service).AddHostedService(_ => service);
        }

        using var host = builder.Build();
        await host.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        await use(client);
        await host.StopAsync();
    }

    public sealed record Greeting(string Words);

    public sealed record Pair(string First, string Second);

    public sealed class Scope : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    public sealed class SlowToStart : IHostedService
    {
        public static bool HasStarted { get; private set; }

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            // Time enough for an engine that would not wait.
            await Task.Delay(300, cancellationToken);
            HasStarted = true;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed class Durable(Greeting greeting, Scope scope)
    {
        [Function("Run")]
        public static async Task<IResult> Run(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "run/{name}/{id}")] HttpRequest request, [DurableClient] DurableTaskClient client, string name, string id)
        {
            await client.ScheduleNewOrchestrationInstanceAsync(name, new Pair("Ada", "Grace"), new StartOrchestrationOptions(id));
            return await DescribeAsync(client, id);
        }

        [Function("Start")]
        public static async Task Start(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start/{name}/{id}")] HttpRequest request, [DurableClient] DurableTaskClient client, string name, string id) =>
            await client.ScheduleNewOrchestrationInstanceAsync(name, null, new StartOrchestrationOptions(id));

        [Function("Raise")]
        public static async Task Raise([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "raise/{id}")] HttpRequest request, [DurableClient] DurableTaskClient client, string id) =>
            await client.RaiseEventAsync(id, "go", await request.ReadFromJsonAsync<string>());

        [Function("Wait")]
        public static Task<IResult> Wait([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "wait/{id}")] HttpRequest request, [DurableClient] DurableTaskClient client, string id) =>
            DescribeAsync(client, id);

        [Function("GreetPair")]
        public static async Task<string> GreetPair([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            var pair = context.GetInput<Pair>()!;
            return await context.CallActivityAsync<string>("Greet", pair);
        }

        [Function("Greet")]
        public string Greet([ActivityTrigger] Pair pair) => $"{greeting.Words}, {pair.First} and {pair.Second}!";

        [Function("CallInspect")]
        public static Task<string> CallInspect([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<string>("Inspect", 7);

        [Function("Inspect")]
        public string Inspect([ActivityTrigger] int number, CancellationToken cancellation) =>
            $"{number}|{!scope.IsDisposed}|{cancellation.CanBeCanceled}";

        [Function("CallFailing")]
        public static Task CallFailing([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<string>("Failing");

        [Function("Failing")]
        public static Task<string> Failing([ActivityTrigger] string? nothing) => throw new InvalidOperationException($"on purpose {nothing}");

        [Function("AwaitEvent")]
        public static Task<string> AwaitEvent([OrchestrationTrigger] TaskOrchestrationContext context) => context.WaitForExternalEvent<string>("go");

        [Function("AfterAnHour")]
        public static async Task<bool> AfterAnHour([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            return await context.CallActivityAsync<bool>("HasStarted");
        }

        [Function("HasStarted")]
        public static bool HasStarted([ActivityTrigger] string? nothing) => SlowToStart.HasStarted;

        private static async Task<IResult> DescribeAsync(DurableTaskClient client, string id)
        {
            var instance = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
            return Results.Text($"{instance.RuntimeStatus}:{instance.SerializedOutput}");
        }
    }
}
