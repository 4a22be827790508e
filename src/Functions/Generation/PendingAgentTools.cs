using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;

namespace Jobs.Functions.Generation;

/// <summary>Stands where the agent generator and compiler will be.</summary>
internal sealed class PendingAgentTools : IAgentGenerator, IAgentCompiler
{
    public string Name => "nobody";

    public Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken) =>
        throw new GenerationException("Agents cannot be generated yet.", isTransient: false);

    public Task<AgentCompileResult> CompileAsync(SourceFiles sources, CancellationToken cancellationToken) =>
        throw new CompilerUnavailableException("Agents cannot be compiled yet.");
}
