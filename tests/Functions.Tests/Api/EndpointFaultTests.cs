using System.Text.Json;
using Azure;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Tests.Api;

/// <summary>What a caller gets when a call of ours goes wrong, and what is logged of it.</summary>
public sealed class EndpointFaultTests
{
    public static TheoryData<Exception> StorageThatIsAway() =>
    [
        new RequestFailedException(0, "no answer"),
        .. new[] { 408, 429, 500, 502, 503, 504 }.Select(status => new RequestFailedException(status, "away")),
        new AggregateException(new RequestFailedException(503, "busy"), new HttpRequestException("refused")),
        new TaskCanceledException("exceeded the configured timeout"),
        new HttpIOException(HttpRequestError.ResponseEnded),
        new IOException("reset", new System.Net.Sockets.SocketException(104)),
    ];

    public static TheoryData<Exception> OtherFaults() =>
    [
        new RequestFailedException(403, "wrong key"),
        new AggregateException(new RequestFailedException(503, "busy"), new InvalidOperationException("a bug")),
        new AggregateException(),
        new IOException("the disk"),
        new InvalidOperationException("a bug"),
    ];

    [Theory]
    [MemberData(nameof(StorageThatIsAway))]
    public async Task Storage_that_is_away_is_503_with_Retry_After_and_does_not_say_that_nothing_was_done(Exception error)
    {
        var log = new LogLevels();

        var (http, body) = await RunAsync(_ => throw error, log);

        Assert.Equal(503, http.Response.StatusCode);
        Assert.Equal("5", http.Response.Headers.RetryAfter);
        Assert.Equal(Problem.ContentType, http.Response.ContentType);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal("storage_unavailable", problem.GetProperty("code").GetString());
        Assert.Contains("may have been done", problem.GetProperty("detail").GetString());
        Assert.Equal([LogLevel.Error], log.Seen);
    }

    [Theory]
    [MemberData(nameof(OtherFaults))]
    public async Task Any_other_fault_is_500_without_Retry_After(Exception error)
    {
        var log = new LogLevels();

        var (http, body) = await RunAsync(_ => throw error, log);

        Assert.Equal(500, http.Response.StatusCode);
        Assert.False(http.Response.Headers.ContainsKey("Retry-After"));
        Assert.Equal("internal_error", JsonDocument.Parse(body).RootElement.GetProperty("code").GetString());
        Assert.Equal([LogLevel.Error], log.Seen);
    }

    [Fact]
    public async Task Caller_who_hangs_up_ends_the_function_quietly()
    {
        var log = new LogLevels();
        using var hangUp = new CancellationTokenSource();

        var (http, body) = await RunAsync(
            async cancellationToken =>
            {
                await hangUp.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
                return Results.Ok();
            },
            log,
            hangUp.Token);

        Assert.Equal(499, http.Response.StatusCode);
        Assert.Equal("", body);
        Assert.Empty(log.Seen);
    }

    [Fact]
    public async Task Fault_of_ours_is_logged_although_the_caller_has_hung_up()
    {
        var log = new LogLevels();

        await RunAsync(_ => throw new InvalidOperationException("a bug"), log, new CancellationToken(canceled: true));

        Assert.Equal([LogLevel.Error], log.Seen);
    }

    [Fact]
    public async Task Caller_who_hangs_up_while_the_answer_is_sent_ends_it_quietly()
    {
        var gone = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) };
        var here = new DefaultHttpContext();

        await new SentResult(new BrokenOff()).ExecuteAsync(gone);

        await Assert.ThrowsAsync<OperationCanceledException>(() => new SentResult(new BrokenOff()).ExecuteAsync(here));
    }

    private static async Task<(HttpContext Http, string Body)> RunAsync(
        Func<CancellationToken, Task<IResult>> work, ILogger<BuilderEndpoint> log, CancellationToken hangUp = default)
    {
        var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = services, RequestAborted = hangUp, Response = { Body = body } };
        http.Request.Method = "GET";
        http.Request.Path = "/v1/widgets";

        // A public call asks for no key.
        var result = await new BuilderEndpoint(authenticator: null!, log).RunPublicAsync(http.Request, work);

        await Assert.IsType<SentResult>(result).ExecuteAsync(http);
        return (http, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }

    private sealed class BrokenOff : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => throw new OperationCanceledException();
    }

    private sealed class LogLevels : ILogger<BuilderEndpoint>
    {
        public List<LogLevel> Seen { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Seen.Add(logLevel);
    }
}
