using Jobs.Domain.Widgets;

namespace Jobs.Domain.Compilation;

/// <summary>
/// Port: type-checks a widget's files and bundles them for the browser. The sources are untrusted: an implementation lets them read nothing
/// but themselves and the libraries it offers, and bounds time, memory and output.
/// </summary>
public interface IWidgetCompiler
{
    /// <summary>
    /// Compiles. An error in the sources is a <see cref="CompileResult.Failed"/>; a fault of the machine (a compiler that is missing or cannot start)
    /// is a <see cref="CompilerUnavailableException"/>, and another attempt makes sense.
    /// </summary>
    /// <param name="sources">The files; the entry is <c>src/App.tsx</c>.</param>
    /// <param name="onPhase">Awaited at the start of each phase that is really entered.</param>
    /// <param name="cancellationToken">Kills the compilers.</param>
    Task<CompileResult> CompileAsync(SourceFiles sources, Func<CompilePhase, Task> onPhase, CancellationToken cancellationToken);
}

/// <summary>What a compile gave: <see cref="Succeeded"/> or <see cref="Failed"/>.</summary>
public abstract record CompileResult
{
    private CompileResult()
    {
    }

    /// <summary>The bundle.</summary>
    /// <param name="Script">A minified ES module that exports <c>mount(element: Element | ShadowRoot): () =&gt; void</c>; React is inside.</param>
    /// <param name="Style">The minified style sheet; empty when the widget has none.</param>
    /// <param name="TypeCheckTime">Wall time of the type check.</param>
    /// <param name="BundleTime">Wall time of the bundler.</param>
    public sealed record Succeeded(ReadOnlyMemory<byte> Script, ReadOnlyMemory<byte> Style, TimeSpan TypeCheckTime, TimeSpan BundleTime) : CompileResult;

    /// <summary>The sources do not compile, or went over a limit.</summary>
    /// <param name="Details">The compiler's own message with file, line and column; at most <see cref="MaxDetailsLength"/> characters.</param>
    public sealed record Failed(string Details) : CompileResult;

    /// <summary>The most characters of compiler output that are kept, so that the status row stays small.</summary>
    public const int MaxDetailsLength = 4_000;
}

/// <summary>The compiler could not be run at all. The message names what is missing and how to get it.</summary>
public sealed class CompilerUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
