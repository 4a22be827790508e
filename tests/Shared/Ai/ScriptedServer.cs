using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Testing;

/// <summary>
/// A server on a free port of 127.0.0.1 that answers as an AI's endpoint would, by a script: each request gets the next answer, and is recorded. What goes to another path than
/// the protocol's gets 404 and no answer of the script.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly string[] _paths;
    private readonly ConcurrentQueue<ScriptedAnswer> _script = new();
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private int _givenUp;

    private ScriptedServer(WebApplication web, string[] paths)
    {
        (_web, _paths) = (web, paths);
        ((IApplicationBuilder)web).Run(AnswerAsync);
    }

    /// <summary>Where it listens, without a path.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What came, oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>How many clients did not wait for the end of an answer that never ends.</summary>
    public int GivenUp => Volatile.Read(ref _givenUp);

    /// <summary>How many answers nobody has asked for yet.</summary>
    public int Left => _script.Count;

    /// <summary>What a request gets when the script is over; by default 418.</summary>
    public ScriptedAnswer Otherwise { get; set; } = new(StatusCodes.Status418ImATeapot, "text/plain", ["The script is over."]);

    /// <summary>Chooses the answer by the request when the script is over, in place of <see cref="Otherwise"/>: what is asked again gets the same.</summary>
    public Func<RecordedRequest, ScriptedAnswer>? Reply { get; set; }

    /// <summary>One that speaks OpenAI's chat completions and embeddings, below <c>/v1</c> and below Azure's path.</summary>
    public static Task<ScriptedServer> StartOpenAiAsync(params ScriptedAnswer[] script) =>
        StartAsync(["/v1/chat/completions", "/v1/embeddings", "/openai/v1/chat/completions", "/openai/v1/embeddings"], script);

    /// <summary>One that speaks Anthropic's messages.</summary>
    public static Task<ScriptedServer> StartAnthropicAsync(params ScriptedAnswer[] script) => StartAsync(["/v1/messages"], script);

    /// <summary>Adds answers to the end of the script.</summary>
    public void Add(params ScriptedAnswer[] answers)
    {
        foreach (var answer in answers)
        {
            _script.Enqueue(answer);
        }
    }

    /// <summary>Returns once that many requests have come. Fails after 90 seconds.</summary>
    public async Task WaitForRequestsAsync(int count)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); _requests.Count < count; await Task.Delay(10))
        {
            if (DateTime.UtcNow > deadline)
            {
                throw new TimeoutException($"Only {_requests.Count} requests have come.");
            }
        }
    }

    /// <summary>Ends the script.</summary>
    public void Clear() => _script.Clear();

    public async ValueTask DisposeAsync() => await _web.DisposeAsync();

    private static async Task<ScriptedServer> StartAsync(string[] paths, ScriptedAnswer[] script)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        // What a test leaves hanging must not be waited for.
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var server = new ScriptedServer(builder.Build(), paths);
        server.Add(script);
        await server._web.StartAsync();
        server.Address = new Uri(server._web.Urls.First());
        return server;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (!_paths.Contains(http.Request.Path.Value))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await http.Response.WriteAsync("404 page not found", http.RequestAborted);
            return;
        }

        var request = new RecordedRequest(
            http.Request.Method,
            http.Request.Path + http.Request.QueryString,
            http.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
            (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!);
        _requests.Enqueue(request);
        var answer = _script.TryDequeue(out var next) ? next : Reply?.Invoke(request) ?? Otherwise;
        await answer.Gate.WaitAsync(http.RequestAborted);
        if (answer.Parts.Count > 0 || answer.End is ScriptedEnd.Complete)
        {
            await SendAsync(http, answer);
        }

        switch (answer.End)
        {
            case ScriptedEnd.Complete:
                break;
            case ScriptedEnd.Cut when answer.Parts.Count > 0:
                // The promised length is not reached, so the connection ends; but what was sent arrives, which an abort may take back.
                break;
            case ScriptedEnd.Cut:
                http.Abort();
                break;
            case ScriptedEnd.Never:
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                Interlocked.Increment(ref _givenUp);
                break;
        }
    }

    private static async Task SendAsync(HttpContext http, ScriptedAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
        {
            http.Response.Headers[name] = value;
        }

        if (answer.End is ScriptedEnd.Cut)
        {
            http.Response.ContentLength = answer.Parts.Sum(Encoding.UTF8.GetByteCount) + 1;
        }

        foreach (var part in answer.Parts)
        {
            await http.Response.WriteAsync(part, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }
}
