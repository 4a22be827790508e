using Jobs.Domain.Compilation;
using Jobs.Domain.Widgets;

namespace Jobs.Bench;

/// <summary>Goes through the phases without compiling, where the compilers are not what is measured.</summary>
internal sealed class InstantCompiler : IWidgetCompiler
{
    public async Task<CompileResult> CompileAsync(SourceFiles sources, Func<CompilePhase, Task> onPhase, CancellationToken cancellationToken)
    {
        await onPhase(CompilePhase.PreBuild);
        await onPhase(CompilePhase.Build);
        return new CompileResult.Succeeded("x"u8.ToArray(), "y"u8.ToArray(), TimeSpan.Zero, TimeSpan.Zero);
    }
}
