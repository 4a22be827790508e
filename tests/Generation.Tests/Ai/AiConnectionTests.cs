using System.Globalization;
using Jobs.Generation.Ai;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Tests.Ai;

/// <summary>Repetitions, the circuit and the limits of time, on a clock that a test moves.</summary>
public sealed class AiConnectionTests
{
    private static readonly ScriptedAnswer Busy = OpenAiAnswers.Error(503, "busy");
    private static readonly ScriptedAnswer Fine = OpenAiAnswers.Text("Hello.");

    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string> Passing => ["429", "500", "503", "529", "408", "hung up"];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Answer_that_may_pass_is_asked_for_again(string name)
    {
        var bad = name == "hung up" ? ScriptedAnswer.HangUp : OpenAiAnswers.Error(int.Parse(name, CultureInfo.InvariantCulture), "for now");
        await using var server = await ScriptedServer.StartOpenAiAsync(bad, bad, Fine);
        await using var host = AiTestHost.OpenAi(server, _time);

        var response = await _time.RunAsync(host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi"));

        Assert.Equal("Hello.", response.Text);
        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.ToWire()).Distinct());
    }

    [Fact]
    public async Task Answer_that_does_not_pass_is_given_up_after_two_repetitions()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Busy, Busy, Busy, Fine);
        await using var host = AiTestHost.OpenAi(server, _time);

        var exception = await Assert.ThrowsAsync<AiException>(() => _time.RunAsync(host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi")));

        Assert.Equal(AiFailureKind.Overloaded, exception.Failure.Kind);
        Assert.Equal(1 + AiConnection.MaxRetries, server.Requests.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    public async Task Answer_that_does_not_change_is_asked_for_once(int status)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Error(status, "no"), Fine);
        await using var host = AiTestHost.OpenAi(server, _time);

        await Assert.ThrowsAsync<AiException>(() => _time.RunAsync(host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi")));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Anthropics_client_repeats_nothing_by_itself()
    {
        await using var server = await ScriptedServer.StartAnthropicAsync();
        server.Otherwise = AnthropicAnswers.Error(529, "busy", "overloaded_error").With("x-should-retry", "true");
        await using var host = AiTestHost.Anthropic(server, _time);

        await Assert.ThrowsAsync<AiException>(() => _time.RunAsync(host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi")));

        Assert.Equal(1 + AiConnection.MaxRetries, server.Requests.Count);
    }

    [Fact]
    public async Task Retry_After_within_the_bound_is_waited_for()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Error(429, "slow").With("Retry-After", "10"), Fine);
        await using var host = AiTestHost.OpenAi(server, _time);
        var start = _time.GetUtcNow();

        await _time.RunAsync(host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi"));

        Assert.Equal(TimeSpan.FromSeconds(10), _time.GetUtcNow() - start);
        Assert.Equal(AiConnection.LongestRetryAfter, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Retry_After_as_a_date_is_waited_for()
    {
        var date = (_time.GetUtcNow() + TimeSpan.FromSeconds(7)).ToString("R", CultureInfo.InvariantCulture);
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Error(503, "slow").With("Retry-After", date), Fine);
        await using var host = AiTestHost.OpenAi(server, _time);
        var start = _time.GetUtcNow();

        await _time.RunAsync(host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi"));

        Assert.Equal(TimeSpan.FromSeconds(7), _time.GetUtcNow() - start);
    }

    [Fact]
    public async Task Retry_After_beyond_the_bound_is_told_and_not_waited_for()
    {
        await using var openAi = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Error(429, "slow").With("Retry-After", "11"), Fine);
        await using var anthropic = await ScriptedServer.StartAnthropicAsync(AnthropicAnswers.Error(429, "slow", "rate_limit_error").With("Retry-After", "11"), AnthropicAnswers.Text("Hello."));
        await using var first = AiTestHost.OpenAi(openAi, _time);
        await using var second = AiTestHost.Anthropic(anthropic, _time);

        foreach (var host in new[] { first, second })
        {
            var exception = await Assert.ThrowsAsync<AiException>(() => host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi"));
            Assert.Equal(new AiFailure(AiFailureKind.RateLimited, TimeSpan.FromSeconds(11)), exception.Failure);
        }

        Assert.Single(openAi.Requests);
        Assert.Single(anthropic.Requests);
    }

    [Fact]
    public async Task Retry_After_of_years_is_an_hour()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Error(429, "slow").With("Retry-After", "99999999"));
        await using var host = AiTestHost.OpenAi(server, _time);

        var exception = await Assert.ThrowsAsync<AiException>(() => host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi"));

        Assert.Equal(TimeSpan.FromHours(1), exception.Failure.RetryAfter);
    }

    [Fact]
    public async Task Endpoint_that_keeps_failing_is_left_alone_for_all_its_models_and_asked_again_later()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = Busy;
        await using var host = AiTestHost.OpenAi(server, _time, ("Agents:Model", "another-model"));
        var (widgets, agents) = (host.Clients.Chat(AiUse.Widgets), host.Clients.Chat(AiUse.Agents));

        await Assert.ThrowsAsync<AiException>(() => _time.RunAsync(widgets.GetResponseAsync("Hi")));
        await Assert.ThrowsAsync<AiException>(() => _time.RunAsync(widgets.GetResponseAsync("Hi")));
        var asked = server.Requests.Count;
        var refused = await Assert.ThrowsAsync<AiException>(() => agents.GetResponseAsync("Hi"));
        server.Otherwise = Fine;
        _time.Advance(AiConnection.CircuitBreak);
        var answered = await agents.GetResponseAsync("Hi");

        Assert.Equal(AiConnection.FailureThroughput, asked);
        Assert.Equal(new AiFailure(AiFailureKind.CircuitOpen, AiConnection.CircuitBreak), refused.Failure);
        Assert.Equal(asked + 1, server.Requests.Count);
        Assert.Equal("Hello.", answered.Text);
    }

    [Fact]
    public async Task Endpoint_that_is_left_alone_keeps_no_other_out()
    {
        await using var bad = await ScriptedServer.StartOpenAiAsync();
        await using var good = await ScriptedServer.StartOpenAiAsync(Fine);
        bad.Otherwise = Busy;
        await using var host = AiTestHost.OpenAi(bad, _time, ("Agents:Endpoint", $"{good.Address}v1"));
        var widgets = host.Clients.Chat(AiUse.Widgets);
        await Assert.ThrowsAsync<AiException>(() => _time.RunAsync(widgets.GetResponseAsync("Hi")));
        await Assert.ThrowsAsync<AiException>(() => _time.RunAsync(widgets.GetResponseAsync("Hi")));

        Assert.Equal("Hello.", (await host.Clients.Chat(AiUse.Agents).GetResponseAsync("Hi")).Text);
        Assert.Equal(AiFailureKind.CircuitOpen, (await Assert.ThrowsAsync<AiException>(() => widgets.GetResponseAsync("Hi"))).Failure.Kind);
    }

    [Fact]
    public async Task Rate_limits_do_not_open_the_circuit()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = OpenAiAnswers.Error(429, "slow").With("Retry-After", "60");
        await using var host = AiTestHost.OpenAi(server, _time);

        for (var i = 0; i < 2 * AiConnection.FailureThroughput; i++)
        {
            Assert.Equal(AiFailureKind.RateLimited, (await Assert.ThrowsAsync<AiException>(() => host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi"))).Failure.Kind);
        }
    }

    [Fact]
    public async Task Answer_that_has_not_begun_after_half_of_the_time_is_given_up_and_not_asked_for_again()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(ScriptedAnswer.Silence, Fine);
        await using var host = AiTestHost.OpenAi(server, _time, ("TurnTimeLimit", "00:01:00"));
        var half = _time.GetUtcNow() + TimeSpan.FromSeconds(30);

        var asked = host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi");
        Assert.True(_time.HasTimerAt(half));
        await WaitForRequestsAsync(server, 1);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(asked.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(AiFailureKind.TimedOut, (await Assert.ThrowsAsync<AiException>(() => asked)).Failure.Kind);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Stream_that_stalls_is_given_up_when_the_time_is_over()
    {
        await using var openAi = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Stream(["One "]).After(2, ScriptedEnd.Never));
        await using var anthropic = await ScriptedServer.StartAnthropicAsync(AnthropicAnswers.Stream(["One "]).After(3, ScriptedEnd.Never));
        await using var first = AiTestHost.OpenAi(openAi, _time, ("TurnTimeLimit", "00:01:00"));
        await using var second = AiTestHost.Anthropic(anthropic, _time, ("TurnTimeLimit", "00:01:00"));

        foreach (var host in new[] { first, second })
        {
            await using var updates = host.Clients.Chat(AiUse.Widgets).GetStreamingResponseAsync("Hi").GetAsyncEnumerator();
            var text = "";
            while (text.Length == 0 && await updates.MoveNextAsync())
            {
                text = updates.Current.Text;
            }

            var next = updates.MoveNextAsync().AsTask();
            _time.Advance(TimeSpan.FromSeconds(60));

            Assert.Equal("One ", text);
            Assert.Equal(AiFailureKind.TimedOut, (await Assert.ThrowsAsync<AiException>(() => next)).Failure.Kind);
        }
    }

    [Fact]
    public async Task Caller_who_stops_waiting_gets_a_cancellation_and_the_log_no_failure()
    {
        await using var openAi = await ScriptedServer.StartOpenAiAsync(ScriptedAnswer.Silence);
        await using var anthropic = await ScriptedServer.StartAnthropicAsync(ScriptedAnswer.Silence);
        await using var first = AiTestHost.OpenAi(openAi, _time);
        await using var second = AiTestHost.Anthropic(anthropic, _time);

        foreach (var (host, server) in new[] { (first, openAi), (second, anthropic) })
        {
            using var stop = new CancellationTokenSource();
            var asked = host.Clients.Chat(AiUse.Widgets).GetStreamingResponseAsync("Hi", cancellationToken: stop.Token).ToChatResponseAsync(stop.Token);
            await WaitForRequestsAsync(server, 1);
            await stop.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
            Assert.DoesNotContain("A call to the AI", host.Logs);
        }
    }

    [Fact]
    public async Task Redirect_is_not_followed_so_the_key_goes_nowhere_else()
    {
        await using var elsewhere = await ScriptedServer.StartOpenAiAsync(Fine);
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Raw("", "text/plain") with { Status = 307 });
        server.Otherwise = (OpenAiAnswers.Raw("", "text/plain") with { Status = 307 }).With("Location", $"{elsewhere.Address}v1/chat/completions");
        await using var host = AiTestHost.OpenAi(server, _time);

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(AiFailureKind.WrongEndpoint, (await Assert.ThrowsAsync<AiException>(() => host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi"))).Failure.Kind);
        }

        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task Error_without_an_end_is_read_as_far_as_it_is_needed()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Raw(new string('x', AiErrorHandler.MaxErrorBytes)).After(1, ScriptedEnd.Never) with { Status = 400 });
        await using var host = AiTestHost.OpenAi(server, _time);

        Assert.Equal(AiFailureKind.RequestRefused, (await Assert.ThrowsAsync<AiException>(() => host.Clients.Chat(AiUse.Widgets).GetResponseAsync("Hi"))).Failure.Kind);
    }

    /// <summary>In real time, because a socket has no other; bounded by the test's own limit.</summary>
    private static async Task WaitForRequestsAsync(ScriptedServer server, int count)
    {
        while (server.Requests.Count < count)
        {
            await Task.Delay(5);
        }
    }
}
