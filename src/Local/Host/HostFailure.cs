using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Host;

/// <summary>What the host stops for: a part of it that cannot go on. A host that went on without it would accept work that nobody does.</summary>
internal sealed partial class HostFailure(IHostApplicationLifetime lifetime, ILogger<HostFailure> logger)
{
    private volatile Exception? _reason;

    /// <summary>Why the host stopped by itself; null while it runs and when it was told to stop.</summary>
    public Exception? Reason => _reason;

    /// <summary>Stops the host when <paramref name="fatal"/> ends, which it does with what happened and never otherwise.</summary>
    public void Watch(string part, Task<Exception> fatal) => fatal.ContinueWith(
        failed =>
        {
            _reason = failed.Result;
            LogFatal(part, failed.Result);
            lifetime.StopApplication();
        },
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnRanToCompletion,
        TaskScheduler.Default);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Part} cannot go on; the host stops.")]
    private partial void LogFatal(string part, Exception exception);
}
