using System.Text;
using Jobs.Domain.Compilation;
using Jobs.Domain.Widgets;

namespace Jobs.Execution.Compilation;

/// <summary>Compiles agents for the sandbox: one readable module without imports, of at most <see cref="CompilerLimits.ProgramBytes"/>.</summary>
public sealed class AgentCompiler(SourceCompiler compiler) : IAgentCompiler
{
    /// <inheritdoc/>
    public async Task<AgentCompileResult> CompileAsync(SourceFiles sources, CancellationToken cancellationToken)
    {
        try
        {
            var bundle = await compiler.CompileAsync(AgentTarget.Target, sources, _ => Task.CompletedTask, cancellationToken);
            return new AgentCompileResult.Succeeded(Encoding.UTF8.GetString(bundle.Script));
        }
        catch (SourcesRefusedException e)
        {
            return new AgentCompileResult.Failed(e.Message);
        }
    }
}
