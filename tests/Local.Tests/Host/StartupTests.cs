using System.Net;
using System.Net.Sockets;
using Jobs.Local.Host;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Local.Tests.Host;

public sealed class StartupTests
{
    [Theory]
    [InlineData(typeof(SameName), "Function 'same' exists twice.")]
    [InlineData(typeof(BadName), "Function '1st': the name must start with a letter and have at most 128 letters, digits, '-' and '_'.")]
    [InlineData(typeof(NotPublic), "Function 'F': the method and its class must be public and not generic.")]
    [InlineData(typeof(TwoConstructors), "Function 'F': its class must have exactly one public constructor.")]
    [InlineData(typeof(NoTrigger), "Function 'F': there must be exactly one trigger, and there are 0.")]
    [InlineData(typeof(TwoTriggers), "Function 'F': there must be exactly one trigger, and there are 2.")]
    [InlineData(typeof(NeedsKey), "Function 'F': the local host has no keys of its own, so it runs only AuthorizationLevel.Anonymous and not Function.")]
    [InlineData(typeof(AsyncVoid), "Function 'F': an asynchronous method must return a Task, or nobody would wait for it.")]
    [InlineData(typeof(ReturnsValueTask), "Function 'F': the local host does not wait for ValueTask results; return a Task.")]
    [InlineData(typeof(BadSchedule), "Function 'F': its schedule '* * * * *' is not an NCRONTAB expression of six fields.")]
    [InlineData(typeof(ScheduleWithoutSetting), "Function 'F': its schedule is in the setting 'Nowhere', which does not exist.")]
    [InlineData(typeof(None), "The app has no functions.")]
    public void Function_that_cannot_run_is_refused_by_name(Type functions, string message) =>
        Assert.Equal(message, TestHost.Refuses(functions).Message);

    [Fact]
    public void In_Azure_the_host_does_not_start() =>
        Assert.StartsWith("WEBSITE_INSTANCE_ID is set", TestHost.Refuses(typeof(Hello), null, "--WEBSITE_INSTANCE_ID", "a").Message);

    [Fact]
    public async Task Port_in_use_is_one_clear_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new TestFolder();
        using var host = TestHost.CreateBuilder(folder, typeof(Hello), null, "--urls", $"http://{taken.LocalEndpoint}").Build();

        var refusal = await Assert.ThrowsAsync<LocalHostException>(() => host.StartAsync());

        Assert.StartsWith($"Cannot listen on http://{taken.LocalEndpoint}: Address already in use.", refusal.Message);
    }

    [Theory]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:0/base")]
    [InlineData("7071")]
    public async Task Url_that_is_not_served_is_refused(string url)
    {
        using var folder = new TestFolder();
        using var host = TestHost.CreateBuilder(folder, typeof(Hello), null, "--urls", url).Build();

        Assert.StartsWith($"--urls: '{url}'", (await Assert.ThrowsAsync<LocalHostException>(() => host.StartAsync())).Message);
    }

    [Fact]
    public async Task Data_folder_serves_one_host_at_a_time_and_is_private()
    {
        using var folder = new TestFolder();
        using var first = TestHost.CreateBuilder(folder, typeof(Hello)).Build();
        using var second = TestHost.CreateBuilder(folder, typeof(Hello)).Build();

        await first.StartAsync();
        var refusal = await Assert.ThrowsAsync<LocalHostException>(() => second.StartAsync());
        await first.StopAsync();
        using var third = TestHost.CreateBuilder(folder, typeof(Hello)).Build();
        await third.StartAsync();
        await third.StopAsync();

        Assert.Contains("another process uses it", refusal.Message);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(folder.Path, "data")));
        }
    }

    [Fact]
    public async Task Hosted_services_of_the_app_have_started_before_a_request_is_accepted()
    {
        var port = FreePort();
        var probe = new ConnectWhileStarting(port);
        await using var host = await TestHost.StartAsync(
            typeof(Hello), b => b.Services.AddHostedService(_ => probe), null, "--urls", $"http://127.0.0.1:{port}");

        Assert.Equal(SocketError.ConnectionRefused, probe.Seen);
        Assert.Equal("hello", await host.Client.GetStringAsync("/hello"));
    }

    [Fact]
    public async Task Stop_lets_a_request_that_runs_finish()
    {
        var gate = new Gate();
        using var folder = new TestFolder();
        var builder = TestHost.CreateBuilder(folder, typeof(Slow));
        builder.Services.AddSingleton(gate);
        using var host = builder.Build();
        await host.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };

        var call = client.GetStringAsync("/slow");
        await gate.Entered.Task.WaitAsync(TimeSpan.FromSeconds(100));
        var stop = host.StopAsync();
        Assert.False(stop.IsCompleted);
        gate.Open.SetResult();

        Assert.Equal("finished", await call);
        await stop;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static class Hello
    {
        [Function("Hello")]
        public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text("hello");
    }

    public sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new();

        public TaskCompletionSource Open { get; } = new();
    }

    public sealed class Slow(Gate gate)
    {
        [Function("Slow")]
        public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            gate.Entered.SetResult();
            await gate.Open.Task;
            return Results.Text("finished");
        }
    }

    public static class SameName
    {
        [Function("Same")]
        public static void One([HttpTrigger(AuthorizationLevel.Anonymous, Route = "one")] HttpRequest request) { }

        [Function("same")]
        public static void Two([HttpTrigger(AuthorizationLevel.Anonymous, Route = "two")] HttpRequest request) { }
    }

    public static class BadName
    {
        [Function("1st")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) { }
    }

    public static class NotPublic
    {
        [Function("F")]
        internal static void F([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) { }
    }

    public sealed class TwoConstructors
    {
        public TwoConstructors()
        {
        }

        public TwoConstructors(Gate gate) => _ = gate;

        [Function("F")]
        public void Run([TimerTrigger("0 0 0 1 1 *")] string timer)
        {
        }
    }

    public static class NoTrigger
    {
        [Function("F")]
        public static void F(HttpRequest request) { }
    }

    public static class TwoTriggers
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request, [TimerTrigger("0 * * * * *")] TimerInfo timer) { }
    }

    public static class NeedsKey
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) { }
    }

    public static class AsyncVoid
    {
        [Function("F")]
#pragma warning disable AZFW0002 // The analyzer says so when it is built; the host says so where nobody did.
        public static async void F([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => await Task.Yield();
#pragma warning restore AZFW0002
    }

    public static class ReturnsValueTask
    {
        [Function("F")]
        public static ValueTask<IResult> F([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => ValueTask.FromResult(Results.Ok());
    }

    public static class BadSchedule
    {
        [Function("F")]
        public static void F([TimerTrigger("* * * * *")] TimerInfo timer) { }
    }

    public static class ScheduleWithoutSetting
    {
        [Function("F")]
        public static void F([TimerTrigger("%Nowhere%")] TimerInfo timer) { }
    }

    public static class None;

    private sealed class ConnectWhileStarting(int port) : IHostedService
    {
        public SocketError? Seen { get; private set; }

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                Seen = SocketError.Success;
            }
            catch (SocketException exception)
            {
                Seen = exception.SocketErrorCode;
            }
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
