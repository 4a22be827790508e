using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Jobs.Domain.Repositories;
using Jobs.Repositories.GitHub;
using Repository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Repositories.Tests.GitHub;

/// <summary>What GitHub answers when it does not do what was asked.</summary>
public sealed class GitHubFailureTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(90);
    private GitHubForgeFixture _github = null!;

    private GitHubServer Server => _github.Server;

    public async Task InitializeAsync() => _github = await GitHubForgeFixture.StartAsync();

    public async Task DisposeAsync() => await _github.DisposeAsync();

    [Theory]
    [InlineData(403, """{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}""", null, 60)]
    [InlineData(403, """{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}""", "17", 17)]
    [InlineData(403, """{"message":"You have triggered an abuse detection mechanism."}""", null, 60)]
    [InlineData(429, """{"message":"Too many requests"}""", "0", 1)]
    [InlineData(429, "slow down", null, 60)]
    [InlineData(429, "{}", "999999", 3600)]
    public async Task Secondary_limit_is_transient_and_github_is_left_alone_for_as_long(int status, string body, string? retryAfter, int seconds)
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(retryAfter is null ? Reply.Text(status, body) : Reply.Text(status, body).With("Retry-After", retryAfter));

        var error = await RefusedAsync();
        var meanwhile = await RefusedAsync();
        _github.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        var last = await RefusedAsync();
        var asked = Server.Calls.Count;
        Server.Instead = (_, _) => Task.FromResult<Reply?>(null);
        _github.Time.Advance(TimeSpan.FromMilliseconds(1));
        await _github.Forge.InspectAsync("octo-org/reports", default);

        Assert.True(error.IsTransient);
        Assert.Equal(TimeSpan.FromSeconds(seconds), error.RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(seconds), meanwhile.RetryAfter);
        Assert.Equal(TimeSpan.FromMilliseconds(1), last.RetryAfter);
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    public async Task Primary_limit_waits_for_its_reset_by_githubs_clock(int hoursAhead)
    {
        Server.Now = () => _github.Time.GetUtcNow().AddHours(hoursAhead);
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(403, """{"message":"API rate limit exceeded for installation ID 1."}""")
            .With("x-ratelimit-remaining", "0")
            .With("x-ratelimit-reset", Server.Now().AddMinutes(12).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));

        var error = await RefusedAsync();

        Assert.True(error.IsTransient);
        Assert.Equal(TimeSpan.FromMinutes(12), error.RetryAfter);
    }

    [Theory]
    [InlineData(500, null)]
    [InlineData(502, null)]
    [InlineData(503, 30)]
    [InlineData(504, null)]
    public async Task Server_error_is_transient(int status, int? retryAfter)
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(
            retryAfter is { } seconds ? Reply.Text(status, "<html>").With("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)) : Reply.Text(status, "<html>"));

        var error = await RefusedAsync();

        Assert.True(error.IsTransient);
        Assert.Equal(retryAfter, error.RetryAfter?.TotalSeconds);
        Assert.Equal($"GitHub is out of order ({status}).", error.Message);
    }

    [Theory]
    [InlineData("{\"full_name\":\"octo-org/repo", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("{}", "application/json")]
    [InlineData("null", "application/json")]
    [InlineData("[1,2]", "application/json")]
    [InlineData("7", "application/json")]
    [InlineData("{\"archived\":\"perhaps\"}", "application/json")]
    [InlineData("<html>Sign in to the network</html>", "text/html")]
    public async Task Answer_of_another_shape_is_transient_and_says_so(string body, string type)
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(200, body, type));

        var error = await RefusedAsync();

        Assert.True(error.IsTransient);
        Assert.Equal("GitHub gave an answer that cannot be read.", error.Message);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task Answer_that_is_nested_without_end_is_not_read(int status)
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(status, new string('[', 1_000_000)));

        await RefusedAsync();
    }

    [Fact]
    public async Task Answer_that_is_nested_without_end_is_not_read_where_only_its_status_matters()
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(202, new string('[', 1_000_000)));

        await _github.Forge.StopAsync(GitHubForgeFixture.Registered, 7, default);
    }

    [Fact]
    public async Task Answer_nested_as_deep_as_is_read_is_read_and_one_level_more_is_not()
    {
        var depth = GitHubLimits.Depth - 1;
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(
            200,
            $$"""{"id":1,"full_name":"octo-org/reports","default_branch":"main","new":{{new string('[', depth)}}{{new string(']', depth)}}}"""));

        Assert.Equal("main", (await _github.Forge.InspectAsync("octo-org/reports", default)).DefaultBranch);
        depth++;
        await RefusedAsync();
    }

    [Fact]
    public async Task Answer_beyond_the_limit_is_refused_and_one_at_the_limit_is_read()
    {
        var frame = Encoding.UTF8.GetByteCount(Described("").ToJsonString());
        var extra = 0;
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Of(200, Described(new string('a', GitHubLimits.AnswerBytes - frame + extra))));

        Assert.Equal("main", (await _github.Forge.InspectAsync("octo-org/reports", default)).DefaultBranch);
        extra = 1;
        var error = await RefusedAsync();

        Assert.False(error.IsTransient);

        static JsonObject Described(string text)
        {
            var repository = GitHubServer.RepositoryOf(1);
            repository["description"] = text;
            return repository;
        }
    }

    [Fact]
    public async Task Slow_answer_is_given_up_in_time()
    {
        var arrived = new TaskCompletionSource();
        Server.Instead = async (request, _) =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, request.HttpContext.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return new Reply(200, null);
        };
        var call = RefusedAsync();
        await arrived.Task.WaitAsync(Guard);

        _github.Time.Advance(GitHubLimits.RequestTime);
        var error = await call.WaitAsync(Guard);

        Assert.True(error.IsTransient);
        Assert.Equal("GitHub did not answer within 20 s.", error.Message);
    }

    [Fact]
    public async Task Answer_that_stops_in_the_middle_is_given_up_in_time()
    {
        var arrived = new TaskCompletionSource();
        Server.Instead = async (request, _) =>
        {
            var response = request.HttpContext.Response;
            response.ContentType = "application/json";
            await response.Body.WriteAsync("{\"full_name\":"u8.ToArray());
            await response.Body.FlushAsync();
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, request.HttpContext.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            throw new OperationCanceledException();
        };
        var call = RefusedAsync();
        await arrived.Task.WaitAsync(Guard);

        _github.Time.Advance(GitHubLimits.RequestTime);

        Assert.True((await call.WaitAsync(Guard)).IsTransient);
    }

    [Fact]
    public async Task So_many_requests_are_under_way_at_once_and_a_further_one_waits()
    {
        var (now, most) = (0, 0);
        var full = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        Server.Instead = async (_, _) =>
        {
            var here = Interlocked.Increment(ref now);
            lock (go)
            {
                most = Math.Max(most, here);
            }

            if (here == GitHubLimits.MaxConcurrent)
            {
                full.TrySetResult();
            }

            await go.Task;
            Interlocked.Decrement(ref now);
            return null;
        };

        var calls = Enumerable.Range(0, 3 * GitHubLimits.MaxConcurrent).Select(_ => _github.Forge.InspectAsync("octo-org/reports", default)).ToList();
        await full.Task.WaitAsync(Guard);
        go.SetResult();
        await Task.WhenAll(calls).WaitAsync(Guard);

        Assert.Equal(GitHubLimits.MaxConcurrent, most);
        Assert.Equal(3 * GitHubLimits.MaxConcurrent, Server.Calls.Count);
    }

    [Fact]
    public async Task Callers_cancellation_passes()
    {
        using var cancelled = new CancellationTokenSource();
        Server.Instead = async (request, _) =>
        {
            await cancelled.CancelAsync();
            await Task.Delay(Timeout.Infinite, request.HttpContext.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return new Reply(200, null);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _github.Forge.StartAsync(GitHubForgeFixture.Order, cancelled.Token)).WaitAsync(Guard);
    }

    [Fact]
    public async Task Server_that_is_not_there_is_transient()
    {
        await Server.DisposeAsync();

        var error = await RefusedAsync();

        Assert.True(error.IsTransient);
        Assert.Equal("GitHub cannot be reached, or broke off.", error.Message);
    }

    [Fact]
    public async Task Token_that_has_ended_is_said_and_not_shown()
    {
        Server.Tokens.Clear();

        var error = await RefusedAsync();

        Assert.False(error.IsTransient);
        Assert.Equal("GitHub does not accept our credential: it is wrong, has ended or was taken back.", error.Message);
        Assert.DoesNotContain(GitHubServer.PersonalToken, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_without_a_permission_is_said()
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(403, """{"message":"Resource not accessible by personal access token"}"""));

        var error = await RefusedAsync();

        Assert.False(error.IsTransient);
        Assert.Equal("GitHub does not allow this to our credential.", error.Message);
    }

    [Fact]
    public async Task What_github_says_of_a_refusal_is_plain_and_short()
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Of(409, new JsonObject { ["message"] = "Git Repository\r\nis empty.\u001b[31m\u202e" + new string('x', 1_000) }));

        var error = await RefusedAsync();

        Assert.False(error.IsTransient);
        Assert.StartsWith("GitHub refused the request (409): Git Repository is empty.[31mxxx", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 200, 240);
    }

    [Fact]
    public async Task Renamed_repository_is_read_where_it_is_now()
    {
        Server.Refs[$"heads/{GitHubForgeFixture.Branch}"] = Server.Refs["heads/main"];
        Rename(301);

        Assert.True((await _github.Forge.LookAsync(Old, GitHubForgeFixture.Branch, null, default)).Exists);
    }

    [Fact]
    public async Task Renamed_repository_is_written_to_by_redirects_that_keep_the_request()
    {
        Rename(307);

        var start = await _github.Forge.StartAsync(GitHubForgeFixture.Order with { Repository = Old }, default);

        Assert.Equal(start.HeadSha, Server.Refs[$"heads/{GitHubForgeFixture.Branch}"]);
    }

    [Theory]
    [InlineData("https://evil.example/repositories/1")]
    [InlineData("http://localhost:1/")]
    [InlineData("/repos/octo-org/loop")]
    public async Task Redirect_to_another_host_or_in_a_circle_is_not_followed(string location)
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(new Reply(301, null).With("Location", location));

        var error = await RefusedAsync();

        Assert.False(error.IsTransient);
        Assert.InRange(Server.Calls.Count, 1, GitHubLimits.MaxRedirects + 1);
    }

    [Theory]
    [InlineData(GitHubLimits.MaxRedirects, true)]
    [InlineData(GitHubLimits.MaxRedirects + 1, false)]
    public async Task So_many_redirects_are_followed(int hops, bool isFollowed)
    {
        Server.Instead = (request, _) => Task.FromResult(request.Query["hop"] != hops.ToString(CultureInfo.InvariantCulture)
            ? new Reply(301, null).With("Location", $"/repos/octo-org/reports?hop={(request.Query.TryGetValue("hop", out var hop) ? int.Parse(hop!, CultureInfo.InvariantCulture) : 0) + 1}")
            : null);

        if (isFollowed)
        {
            await _github.Forge.InspectAsync("octo-org/reports", default);
        }
        else
        {
            await RefusedAsync();
        }
    }

    [Fact]
    public void Address_without_https_is_only_one_of_this_machine()
    {
        Assert.Throws<ArgumentException>(() => new LocalGitHub(new Uri("http://192.168.0.1/")));
        Assert.Throws<ArgumentException>(() => new LocalGitHub(new Uri("https://api.github.com/")));
        Assert.Throws<ArgumentException>(() => new LocalGitHub(new Uri("file:///tmp/x")));
        Assert.Equal(1234, new LocalGitHub(new Uri("http://127.0.0.1:1234/")).Address.Port);
    }

    private static Repository Old { get; } = GitHubForgeFixture.Registered with { Location = "octo-org/old" };

    private void Rename(int status) => Server.Instead = (request, _) => Task.FromResult(
        request.Path.Value!.StartsWith("/repos/octo-org/old", StringComparison.Ordinal)
            ? new Reply(status, null).With("Location", new Uri(Server.Address, request.Path.Value.Replace("/old", "/reports", StringComparison.Ordinal) + request.QueryString).AbsoluteUri)
            : null);

    private Task<ForgeException> RefusedAsync() => Assert.ThrowsAsync<ForgeException>(() => _github.Forge.InspectAsync("octo-org/reports", default));
}
