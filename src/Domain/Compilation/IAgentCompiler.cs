using Jobs.Domain.Widgets;

namespace Jobs.Domain.Compilation;

/// <summary>
/// Port: type-checks an agent's files and makes one module of them. The sources are untrusted: an implementation lets them read nothing but themselves,
/// and bounds time, memory and output.
/// </summary>
public interface IAgentCompiler
{
    /// <summary>
    /// Compiles. An error in the sources is an <see cref="AgentCompileResult.Failed"/>; a fault of the machine is a <see cref="CompilerUnavailableException"/>,
    /// and another attempt makes sense.
    /// </summary>
    /// <param name="sources">The files; the entry is <c>functions/main.ts</c>, whose default export is <c>async (input, context) =&gt; output</c>.</param>
    /// <param name="cancellationToken">Kills the compilers.</param>
    Task<AgentCompileResult> CompileAsync(SourceFiles sources, CancellationToken cancellationToken);
}

/// <summary>What a compile of an agent gave: <see cref="Succeeded"/> or <see cref="Failed"/>.</summary>
public abstract record AgentCompileResult
{
    private AgentCompileResult()
    {
    }

    /// <summary>The program.</summary>
    /// <param name="Code">One ES module in JavaScript without imports; its default export is the agent's function.</param>
    public sealed record Succeeded(string Code) : AgentCompileResult;

    /// <summary>The sources do not compile, or went over a limit.</summary>
    /// <param name="Details">The compiler's own message with file, line and column; at most <see cref="CompileResult.MaxDetailsLength"/> characters.</param>
    public sealed record Failed(string Details) : AgentCompileResult;
}
