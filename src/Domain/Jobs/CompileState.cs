using Jobs.Domain.Compilation;

namespace Jobs.Domain.Jobs;

/// <summary>The states of a widget's compile, a small machine of its own that moves after its job has succeeded.</summary>
public enum CompileStatus
{
    /// <summary>The compile is waiting or running: <see cref="CompileState.Phase"/>.</summary>
    InProgress,

    /// <summary>The bundle is stored; the widget is safe to publish.</summary>
    Succeeded,

    /// <summary>The sources do not compile: <see cref="CompileState.FailureDetails"/>.</summary>
    Failed,
}

/// <summary>A widget's compile. A job has none (null) until its files are there.</summary>
/// <param name="Status">The state.</param>
/// <param name="Phase">The phase that was entered last.</param>
/// <param name="Attempts">How many attempts have started; the fencing token of the latest.</param>
/// <param name="StartedAt">When the compile was submitted.</param>
/// <param name="EndedAt">When it succeeded or failed.</param>
/// <param name="Bundle">What it produced, once it has succeeded.</param>
/// <param name="FailureDetails">The compiler's own message, once it has failed.</param>
public sealed record CompileState(
    CompileStatus Status,
    CompilePhase Phase,
    int Attempts,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt = null,
    BundleRef? Bundle = null,
    string? FailureDetails = null);

/// <summary>The artifacts of a bundle.</summary>
/// <param name="Script">The artifact that is the ES module.</param>
/// <param name="Style">The artifact that is the style sheet.</param>
public sealed record BundleRef(string Script, string Style);
