namespace Jobs.Execution.Egress;

/// <summary>Why a request that we make on behalf of others has no answer.</summary>
public enum EgressFailure
{
    /// <summary>It breaks a rule, or its host is one that we do not call.</summary>
    Refused,

    /// <summary>The host's name does not resolve.</summary>
    NameNotFound,

    /// <summary>No connection, or one that broke off, or one that cannot be trusted.</summary>
    Unreachable,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>The answer is not what HTTP lays down, or larger than is read.</summary>
    Malformed,
}

/// <summary>A request that we make on behalf of others was refused or failed; the message is for them.</summary>
public sealed class EgressException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Why.</summary>
    public EgressFailure Failure { get; init; }
}
