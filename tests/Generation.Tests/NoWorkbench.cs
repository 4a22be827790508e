using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;

namespace Jobs.Generation.Tests;

/// <summary>For generators that try nothing.</summary>
internal sealed class NoWorkbench : IWorkbench
{
    public Task<string?> CheckAsync(SourceFiles files, CancellationToken cancellationToken) => throw new InvalidOperationException("Something was to be compiled.");

    public Task<Trial> TryAsync(SourceFiles files, string input, CancellationToken cancellationToken) => throw new InvalidOperationException("Something was to be run.");
}
