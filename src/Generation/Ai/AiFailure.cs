using System.ClientModel;
using System.Text.Json;
using Anthropic.Exceptions;
using Anthropic.Models;
using Azure.Identity;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Jobs.Generation.Ai;

/// <summary>What went wrong with a call to an AI, in words of ours alone.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="RetryAfter">How long the endpoint asks to be left alone, at most <see cref="MaxRetryAfter"/>; null where it does not say.</param>
public sealed record AiFailure(AiFailureKind Kind, TimeSpan? RetryAfter = null)
{
    /// <summary>The most that <see cref="RetryAfter"/> is: whoever asks for more is asked again then.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsTransient => Kind switch
    {
        AiFailureKind.RateLimited => true,
        AiFailureKind.QuotaExhausted => false,
        AiFailureKind.Overloaded => true,
        AiFailureKind.Unauthorised => false,
        AiFailureKind.UnknownModel => false,
        AiFailureKind.WrongEndpoint => false,
        AiFailureKind.RequestRefused => false,
        AiFailureKind.ContextTooLong => false,
        AiFailureKind.ContentFiltered => false,
        AiFailureKind.TimedOut => true,
        AiFailureKind.ConnectionFailed => true,
        AiFailureKind.AnswerCut => true,
        AiFailureKind.MalformedAnswer => true,
        AiFailureKind.CircuitOpen => true,
        AiFailureKind.Unexpected => false,
    };

    /// <summary>Whether the provider may have worked at an answer, and want it paid, although none of it came.</summary>
    public bool MayCost => Kind switch
    {
        AiFailureKind.RateLimited => false,
        AiFailureKind.QuotaExhausted => false,
        AiFailureKind.Overloaded => false,
        AiFailureKind.Unauthorised => false,
        AiFailureKind.UnknownModel => false,
        AiFailureKind.WrongEndpoint => false,
        AiFailureKind.RequestRefused => false,
        AiFailureKind.ContextTooLong => false,
        AiFailureKind.ContentFiltered => false,
        AiFailureKind.TimedOut => true,
        AiFailureKind.ConnectionFailed => false,
        AiFailureKind.AnswerCut => true,
        AiFailureKind.MalformedAnswer => true,
        AiFailureKind.CircuitOpen => false,
        AiFailureKind.Unexpected => true,
    };

    /// <summary>One sentence for whoever asked for the work.</summary>
    public string Sentence => Kind switch
    {
        AiFailureKind.RateLimited => "The AI service takes no more requests of ours for now.",
        AiFailureKind.QuotaExhausted => "The AI service's quota for us is used up.",
        AiFailureKind.Overloaded => "The AI service is overloaded or out of order.",
        AiFailureKind.Unauthorised => "The AI service does not let us in.",
        AiFailureKind.UnknownModel => "The AI service does not have the model that we ask for.",
        AiFailureKind.WrongEndpoint => "There is no AI service at the address where we look for it.",
        AiFailureKind.RequestRefused => "The AI service refused the request.",
        AiFailureKind.ContextTooLong => "This is more than the AI model can read at once.",
        AiFailureKind.ContentFiltered => "The AI service's content filter refused this.",
        AiFailureKind.TimedOut => "The AI service did not answer in time.",
        AiFailureKind.ConnectionFailed => "The AI service cannot be reached.",
        AiFailureKind.AnswerCut => "The AI service's answer broke off.",
        AiFailureKind.MalformedAnswer => "The AI service gave an answer that cannot be read.",
        AiFailureKind.CircuitOpen => "The AI service has failed too often lately and is left alone for a moment.",
        AiFailureKind.Unexpected => "The AI service could not be asked, for a reason that we did not expect.",
    };

    /// <summary>One sentence for whoever has set it up: what to look at.</summary>
    public string Advice => Kind switch
    {
        AiFailureKind.RateLimited => "Try again later, or raise the limit at the provider.",
        AiFailureKind.QuotaExhausted => "Look at the account's balance at the provider.",
        AiFailureKind.Overloaded => "Try again later; an endpoint of your own says more in its log.",
        AiFailureKind.Unauthorised => "Check Ai:Key; on Azure without a key, the role of the app's identity (Cognitive Services OpenAI User).",
        AiFailureKind.UnknownModel => "Check Ai:Model and Ai:EmbeddingModel; Ollama must have pulled them.",
        AiFailureKind.WrongEndpoint => "Check Ai:Endpoint and Ai:Provider; endpoints like OpenAI's mostly end with /v1.",
        AiFailureKind.RequestRefused => "The log says what the endpoint dislikes; Ai:MaxOutputTokens may be more than the model allows.",
        AiFailureKind.ContextTooLong => "Take a model, or set up the endpoint, with a larger context; Ai:MaxOutputTokens counts too.",
        AiFailureKind.ContentFiltered => "The filter is set at the provider.",
        AiFailureKind.TimedOut => "Check that the endpoint works, or raise Ai:TurnTimeLimit.",
        AiFailureKind.ConnectionFailed => "Check Ai:Endpoint, and that it runs and can be reached from here.",
        AiFailureKind.AnswerCut => "Check what stands between here and the endpoint; its log may say why it stopped.",
        AiFailureKind.MalformedAnswer => "Check Ai:Endpoint and Ai:Provider: what answers there speaks another protocol.",
        AiFailureKind.CircuitOpen => "Earlier lines of the log say why.",
        AiFailureKind.Unexpected => "The log has the exception.",
    };

    /// <summary>Both in one sentence.</summary>
    public string Diagnosis => $"{Sentence[..^1]}: {char.ToLowerInvariant(Advice[0])}{Advice[1..]}";

    /// <summary>Names what a client threw. <paramref name="exception"/> is none of a caller who has stopped waiting.</summary>
    internal static AiFailure From(Exception exception) => exception switch
    {
        AiException known => known.Failure,
        AiEndpointException refused => new(KindOf(refused), Bounded(refused.RetryAfter)),
        BrokenCircuitException => new(AiFailureKind.CircuitOpen, AiConnection.CircuitBreak),
        TimeoutRejectedException or TimeoutException or OperationCanceledException => new(AiFailureKind.TimedOut),
        AuthenticationFailedException => new(AiFailureKind.Unauthorised),
        AnthropicServiceException { Type: { } type } => new(KindOf(type.Value())),
        AnthropicSseException => new(AiFailureKind.AnswerCut),
        AnthropicInvalidDataException => new(AiFailureKind.MalformedAnswer),
        // The clients' wrapping: what it was stands within.
        AnthropicIOException { InnerException: { } inner } => From(inner),
        ClientResultException { Status: 0, InnerException: { } inner } => From(inner),
        AggregateException { InnerExceptions: [var only] } => From(only),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
        } => new(AiFailureKind.ConnectionFailed),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => new(AiFailureKind.MalformedAnswer),
        HttpRequestException => new(AiFailureKind.AnswerCut),
        IOException => new(AiFailureKind.AnswerCut),
        // How the clients stumble over JSON of another shape.
        JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentOutOfRangeException => new(AiFailureKind.MalformedAnswer),
        _ => new(AiFailureKind.Unexpected),
    };

    private static TimeSpan? Bounded(TimeSpan? retryAfter) => retryAfter > MaxRetryAfter ? MaxRetryAfter : retryAfter;

    private static AiFailureKind KindOf(AiEndpointException refused) => refused switch
    {
        _ when refused.Says("content_filter", "content_policy") => AiFailureKind.ContentFiltered,
        _ when refused.Says("insufficient_quota", "billing_error", "credit balance") => AiFailureKind.QuotaExhausted,
        { Status: 401 or 403 } => AiFailureKind.Unauthorised,
        { Status: 402 } => AiFailureKind.QuotaExhausted,
        { Status: 429 } => AiFailureKind.RateLimited,
        { Status: 408 } => AiFailureKind.TimedOut,
        { Status: 413 } => AiFailureKind.ContextTooLong,
        { Status: >= 500 } => AiFailureKind.Overloaded,
        { Status: 405 } or { Status: < 400 } => AiFailureKind.WrongEndpoint,
        { Status: 404, IsOfTheProtocol: true } => AiFailureKind.UnknownModel,
        { Status: 404 } => AiFailureKind.WrongEndpoint,
        _ when refused.Says("context_length_exceeded", "exceed_context_size", "context length", "context size", "context window", "prompt is too long")
            => AiFailureKind.ContextTooLong,
        _ when refused.Says("model_not_found", "invalid_model", "model not found") => AiFailureKind.UnknownModel,
        _ => AiFailureKind.RequestRefused,
    };

    private static AiFailureKind KindOf(ErrorType type) => type switch
    {
        ErrorType.InvalidRequestError => AiFailureKind.RequestRefused,
        ErrorType.AuthenticationError or ErrorType.PermissionError => AiFailureKind.Unauthorised,
        ErrorType.NotFoundError => AiFailureKind.UnknownModel,
        ErrorType.RateLimitError => AiFailureKind.RateLimited,
        ErrorType.TimeoutError => AiFailureKind.TimedOut,
        ErrorType.BillingError => AiFailureKind.QuotaExhausted,
        ErrorType.OverloadedError or ErrorType.ApiError => AiFailureKind.Overloaded,
        // A type that the client does not know yet: the service broke its own answer off.
        _ => AiFailureKind.Overloaded,
    };
}
