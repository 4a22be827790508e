using Jobs.Domain.Compilation;
using Jobs.Domain.Widgets;

namespace Jobs.Execution.Compilation;

/// <summary>Compiles widgets for the browser: a minified module with React inside, and a style sheet.</summary>
public sealed class WidgetCompiler(SourceCompiler compiler) : IWidgetCompiler
{
    /// <inheritdoc/>
    public async Task<CompileResult> CompileAsync(SourceFiles sources, Func<CompilePhase, Task> onPhase, CancellationToken cancellationToken)
    {
        try
        {
            var bundle = await compiler.CompileAsync(WidgetTarget.Target, sources, onPhase, cancellationToken);
            return new CompileResult.Succeeded(bundle.Script, bundle.Style, bundle.TypeCheckTime, bundle.BundleTime);
        }
        catch (SourcesRefusedException e)
        {
            return new CompileResult.Failed(e.Message);
        }
    }
}
