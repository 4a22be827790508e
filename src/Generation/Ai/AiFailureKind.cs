namespace Jobs.Generation.Ai;

/// <summary>The ways in which a call to an AI goes wrong; each has its words and says whether another attempt makes sense in <see cref="AiFailure"/>.</summary>
public enum AiFailureKind
{
    /// <summary>Too many calls for now: 429.</summary>
    RateLimited,

    /// <summary>The account has used up what it has paid for.</summary>
    QuotaExhausted,

    /// <summary>The service cannot answer now: 5xx.</summary>
    Overloaded,

    /// <summary>The key or token is missing, wrong, or not allowed to do this: 401, 403, and tokens that cannot be had.</summary>
    Unauthorised,

    /// <summary>The endpoint has no such model.</summary>
    UnknownModel,

    /// <summary>What answers at the address does not speak the protocol: redirects, 404 of a path, 405.</summary>
    WrongEndpoint,

    /// <summary>The request is refused for a reason of its own: 400 and other 4xx.</summary>
    RequestRefused,

    /// <summary>The request has more tokens than the model takes.</summary>
    ContextTooLong,

    /// <summary>The provider's filter refuses the prompt or the answer.</summary>
    ContentFiltered,

    /// <summary>There was no answer in time.</summary>
    TimedOut,

    /// <summary>The endpoint cannot be reached.</summary>
    ConnectionFailed,

    /// <summary>The answer broke off before its end.</summary>
    AnswerCut,

    /// <summary>The answer is not what the protocol says.</summary>
    MalformedAnswer,

    /// <summary>The endpoint has failed so often lately that it is left alone for a moment.</summary>
    CircuitOpen,

    /// <summary>What none of the others is: a defect of ours, or of a client.</summary>
    Unexpected,
}
