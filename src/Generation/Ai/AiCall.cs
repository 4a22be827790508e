using Microsoft.Extensions.Logging;

namespace Jobs.Generation.Ai;

/// <summary>One call's clock, and the way in which it fails.</summary>
internal sealed partial class AiCall : IDisposable
{
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _caller;
    private readonly AiTarget _target;
    private readonly ILogger _logger;

    public AiCall(AiTarget target, TimeSpan timeLimit, TimeProvider time, ILogger logger, CancellationToken caller)
    {
        (_target, _logger, _caller) = (target, logger, caller);
        _limit = new CancellationTokenSource(timeLimit, time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, caller);
    }

    /// <summary>Cancelled when the caller stops waiting, or the time is over.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether an exception is a failure of the call. Otherwise the caller has stopped waiting, and it is their own.</summary>
    public bool IsFailure(Exception exception) => !(exception is OperationCanceledException && _caller.IsCancellationRequested);

    /// <summary>Writes the cause to the log, which alone has it, and gives what is thrown instead.</summary>
    public AiException Fail(Exception cause)
    {
        // A client may have wrapped what came of the cancellation.
        var failure = _limit.IsCancellationRequested ? new AiFailure(AiFailureKind.TimedOut) : AiFailure.From(cause);
        LogFailed(_logger, cause, _target, failure.Kind);
        return new AiException(failure);
    }

    /// <summary>The same for an answer that is a failure without an exception.</summary>
    public AiException Fail(AiFailureKind kind)
    {
        LogFailed(_logger, null, _target, kind);
        return new AiException(new AiFailure(kind));
    }

    public void Dispose()
    {
        _stop.Dispose();
        _limit.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "A call to the AI ({Target}) failed: {Kind}")]
    private static partial void LogFailed(ILogger logger, Exception? exception, AiTarget target, AiFailureKind kind);
}
