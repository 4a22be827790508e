using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;

namespace Jobs.Functions.Resources;

/// <summary>For a request that is only looked at: an estimate tries nothing.</summary>
internal sealed class NoWorkbench : IWorkbench
{
    /// <inheritdoc/>
    public Task<string?> CheckAsync(SourceFiles files, CancellationToken cancellationToken) => throw new InvalidOperationException("An estimate checks no files.");

    /// <inheritdoc/>
    public Task<Trial> TryAsync(SourceFiles files, string input, CancellationToken cancellationToken) => throw new InvalidOperationException("An estimate runs no agent.");
}
