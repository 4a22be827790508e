using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Local.Tests.Host;

public sealed class BindingTests
{
    private const string AnId = "0e4f7f4e-6a5b-4d6a-9d3f-1a2b3c4d5e6f";

    [Theory]
    [InlineData("/values/text/-12/" + AnId, "text|-12|" + AnId)]
    [InlineData("/nullable", "null")]
    [InlineData("/nullable/5", "5")]
    public async Task Route_parameters_bind_by_name(string path, string expected)
    {
        await using var host = await TestHost.StartAsync(typeof(Values));

        Assert.Equal(expected, await host.Client.GetStringAsync(path));
    }

    [Theory]
    [InlineData("/values/text/twelve/" + AnId)]
    [InlineData("/values/text/99999999999/" + AnId)]
    [InlineData("/values/text/12/no-guid")]
    public async Task Route_value_of_the_wrong_type_is_500_without_a_body(string path)
    {
        await using var host = await TestHost.StartAsync(typeof(Values));

        var response = await host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Request_and_token_bind()
    {
        await using var host = await TestHost.StartAsync(typeof(Whole));

        var response = await host.Client.PostAsync("/whole?q=1", new StringContent("the body", Encoding.UTF8));
        var parts = (await response.Content.ReadAsStringAsync()).Split('|');

        Assert.Equal(["the body", "?q=1", "True"], parts);
    }

    [Fact]
    public async Task Token_is_cancelled_when_the_caller_hangs_up()
    {
        var hangUp = new HangUp();
        await using var host = await TestHost.StartAsync(typeof(Waiting), b => b.Services.AddSingleton(hangUp));
        using var caller = new CancellationTokenSource();

        var call = host.Client.GetAsync("/wait", caller.Token);
        await hangUp.Started.Task.WaitAsync(TimeSpan.FromSeconds(100));
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await hangUp.Noticed.Task.WaitAsync(TimeSpan.FromSeconds(100));
    }

    [Fact]
    public async Task Class_is_made_anew_for_each_invocation_from_its_own_scope()
    {
        await using var host = await TestHost.StartAsync(typeof(Scopes), b => b.Services.AddScoped<ScopedThing>());

        var first = await host.Client.GetStringAsync("/scope");
        var second = await host.Client.GetStringAsync("/scope");

        // Constructor and request see the same scope, its service is disposed with it, and the next invocation has another.
        Assert.All([first, second], answer => Assert.EndsWith("|same|1", answer));
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData(typeof(NotInRoute), "Function 'F': parameter 'id' of type String cannot be bound.")]
    [InlineData(typeof(ServiceParameter), "Function 'F': parameter 'clock' of type TimeProvider cannot be bound.")]
    [InlineData(typeof(WrongRouteType), "Function 'F': route parameter 'id' must be a string, int or Guid.")]
    [InlineData(typeof(OptionalNotNullable), "Function 'F': route parameter 'id' is optional, so its type must allow null.")]
    [InlineData(typeof(WrongRequest), "Function 'F': parameter 'request' must be of type HttpRequest, the only one that the local host binds to this attribute.")]
    [InlineData(typeof(WrongTimer), "Function 'F': parameter 'timer' must be of type TimerInfo, the only one that the local host binds to this attribute.")]
    [InlineData(typeof(WrongClient), "Function 'F': parameter 'client' must be of type DurableTaskClient exactly.")]
    [InlineData(typeof(WrongOrchestrator), "Function 'F': parameter 'context' must be of type TaskOrchestrationContext, the only one that the local host binds to this attribute.")]
    [InlineData(typeof(SecondInput), "Function 'F': parameter 'other' of type String cannot be bound.")]
    public void Parameter_without_a_source_is_refused(Type functions, string message) =>
        Assert.Equal(message, TestHost.Refuses(functions).Message);

    public static class Values
    {
        [Function("Values")]
        public static IResult All([HttpTrigger(AuthorizationLevel.Anonymous, Route = "values/{text}/{number}/{id}")] HttpRequest request, Guid id, string text, int number) =>
            Results.Text($"{text}|{number}|{id}");

        [Function("Nullable")]
        public static IResult Nullable([HttpTrigger(AuthorizationLevel.Anonymous, Route = "nullable/{number:int?}")] HttpRequest request, int? number) =>
            Results.Text(number?.ToString() ?? "null");
    }

    public static class Whole
    {
        [Function("Whole")]
        public static async Task<IResult> All(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "whole")] HttpRequest request, CancellationToken cancellation)
        {
            var body = await new StreamReader(request.Body).ReadToEndAsync(cancellation);
            var sameToken = cancellation == request.HttpContext.RequestAborted && cancellation.CanBeCanceled;
            return Results.Text($"{body}|{request.QueryString}|{sameToken}");
        }
    }

    public sealed class HangUp
    {
        public TaskCompletionSource Started { get; } = new();

        public TaskCompletionSource Noticed { get; } = new();
    }

    public sealed class Waiting(HangUp hangUp)
    {
        [Function("Waiting")]
        public async Task Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "wait")] HttpRequest request, CancellationToken cancellation)
        {
            using var registration = cancellation.Register(() => hangUp.Noticed.SetResult());
            hangUp.Started.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        }
    }

    public sealed class ScopedThing : IDisposable
    {
        public static int Undisposed { get; private set; }

        public Guid Id { get; } = Guid.NewGuid();

        public ScopedThing() => Undisposed++;

        public void Dispose() => Undisposed--;
    }

    public sealed class Scopes(ScopedThing thing)
    {
        private int _calls;

        [Function("Scopes")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "scope")] HttpRequest request)
        {
            var same = request.HttpContext.RequestServices.GetRequiredService<ScopedThing>() == thing && ScopedThing.Undisposed == 1;
            return Results.Text($"{thing.Id}|{(same ? "same" : "another")}|{++_calls}");
        }
    }

    public static class NotInRoute
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x/{other}")] HttpRequest request, string id) { }
    }

    public static class ServiceParameter
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request, TimeProvider clock) { }
    }

    public static class WrongRouteType
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x/{id}")] HttpRequest request, DateTime id) { }
    }

    public static class OptionalNotNullable
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x/{id?}")] HttpRequest request, int id) { }
    }

    public static class WrongRequest
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous)] string request) { }
    }

    public static class WrongTimer
    {
        [Function("F")]
        public static void F([TimerTrigger("0 * * * * *")] string timer) { }
    }

    public static class WrongClient
    {
        [Function("F")]
        public static void F([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request, [DurableClient] object client) { }
    }

    public static class WrongOrchestrator
    {
        [Function("F")]
        public static Task F([OrchestrationTrigger] string context) => Task.CompletedTask;
    }

    public static class SecondInput
    {
        [Function("F")]
        public static string F([ActivityTrigger] string input, string other, [DurableClient] DurableTaskClient client) => input + other + client;
    }
}
