using Azure;
using Azure.Storage.Blobs.Models;

namespace Jobs.LocalRuntime.Blobs;

/// <summary>The pages of a listing, each read when it is asked for.</summary>
internal sealed class BlobPages(IBlobStore store, string container, string prefix, CancellationToken cancellationToken) : AsyncPageable<BlobItem>(cancellationToken)
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<Page<BlobItem>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
    {
        var take = pageSizeHint ?? BlobLimits.MaxPage;
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1, nameof(pageSizeHint));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, BlobLimits.MaxPage, nameof(pageSizeHint));
        do
        {
            var page = await store.ListAsync(container, prefix, take, continuationToken, CancellationToken).ConfigureAwait(false);
            yield return page;
            continuationToken = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(continuationToken));
    }
}
