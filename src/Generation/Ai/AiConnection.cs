using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Polly;

namespace Jobs.Generation.Ai;

/// <summary>
/// The way to one endpoint, which all uses of it share, so that what one has learnt of it holds for all. A request that did no harm is repeated; an endpoint that keeps failing
/// is left alone; redirects are not followed, because they would take the key along.
/// </summary>
internal sealed class AiConnection : IDisposable
{
    /// <summary>How often a request is repeated after 408, 429, 5xx or a connection that failed. What timed out is not: it may have cost as much as an answer.</summary>
    internal const int MaxRetries = 2;

    /// <summary>The most that <c>Retry-After</c> may ask for and still be waited for here. Whoever is told to wait longer gives the processor, and the job's activity, back.</summary>
    internal static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>How long an endpoint is left alone that failed in <see cref="FailureRatio"/> of at least <see cref="FailureThroughput"/> requests within <see cref="FailureWindow"/>.</summary>
    internal static readonly TimeSpan CircuitBreak = TimeSpan.FromSeconds(15);

    /// <summary>See <see cref="CircuitBreak"/>.</summary>
    internal const double FailureRatio = 0.5;

    /// <summary>See <see cref="CircuitBreak"/>.</summary>
    internal const int FailureThroughput = 6;

    /// <summary>The most bytes of an answer with embeddings, which is read whole: 32 MiB hold <see cref="AiEmbedder.MaxTexts"/> of the longest vectors, also as decimal numbers.</summary>
    internal const long MaxEmbeddingBytes = 32 * 1024 * 1024;

    /// <summary>See <see cref="CircuitBreak"/>.</summary>
    internal static readonly TimeSpan FailureWindow = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConnectTimeLimit = TimeSpan.FromSeconds(10);

    /// <summary>After this a name is looked up again.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <param name="endpoint">Which endpoint; for the telemetry.</param>
    /// <param name="attemptTimeLimit">How long one request may take until its answer begins.</param>
    /// <param name="time">Measures all times but the connecting.</param>
    /// <param name="loggers">Where repetitions and an open circuit are written.</param>
    /// <param name="transport">Sends; by default over the network.</param>
    public AiConnection(Uri endpoint, TimeSpan attemptTimeLimit, TimeProvider time, ILoggerFactory loggers, HttpMessageHandler? transport = null)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { Name = "ai", InstanceName = endpoint.Authority, TimeProvider = time }
            .ConfigureTelemetry(loggers)
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstDelay,
                UseJitter = true,
                ShouldRetryAfterHeader = false,
                ShouldHandle = args => ValueTask.FromResult(IsFault(args.Outcome) || IsWorthWaitingFor(args.Outcome.Result, time)),
                DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result is { } response ? RetryAfter.Read(response, time) : null),
            })
            .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
            {
                FailureRatio = FailureRatio,
                MinimumThroughput = FailureThroughput,
                SamplingDuration = FailureWindow,
                BreakDuration = CircuitBreak,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is Polly.Timeout.TimeoutRejectedException || IsFault(args.Outcome) || args.Outcome.Result?.StatusCode >= HttpStatusCode.InternalServerError),
            })
            .AddTimeout(new HttpTimeoutStrategyOptions { Timeout = attemptTimeLimit })
            .Build();
        var handler = new AiErrorHandler(time)
        {
            InnerHandler = new ResilienceHandler(pipeline) { InnerHandler = transport ?? NewTransport() },
        };
        // The calls have limits of their own.
        Client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        EmbeddingClient = new HttpClient(new BoundedAnswerHandler(MaxEmbeddingBytes) { InnerHandler = handler }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>For the providers' clients.</summary>
    public HttpClient Client { get; }

    /// <summary>The same for embeddings, whose answers may be large.</summary>
    public HttpClient EmbeddingClient { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        EmbeddingClient.Dispose();
        Client.Dispose();
    }

    private static SocketsHttpHandler NewTransport() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = ConnectTimeLimit,
        PooledConnectionLifetime = ConnectionLifetime,
        // Our traces' ids are no business of the endpoint's.
        ActivityHeadersPropagator = null,
    };

    private static bool IsFault(Outcome<HttpResponseMessage> outcome) => outcome.Exception is HttpRequestException;

    /// <summary>Whether the same request may be answered in a moment, and the endpoint does not ask for more than one.</summary>
    private static bool IsWorthWaitingFor(HttpResponseMessage? response, TimeProvider time) =>
        response?.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
        && (RetryAfter.Read(response, time) is not { } wait || wait <= LongestRetryAfter);
}
