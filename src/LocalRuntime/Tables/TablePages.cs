using Azure;
using Azure.Data.Tables;

namespace Jobs.LocalRuntime.Tables;

/// <summary>The pages of a query, each read when it is asked for.</summary>
internal sealed class TablePages(
    ITableStore store, string table, string? filter, int? maxPerPage, IReadOnlyCollection<string>? select, CancellationToken cancellationToken)
    : AsyncPageable<TableEntity>(cancellationToken)
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<Page<TableEntity>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
    {
        var take = pageSizeHint ?? maxPerPage ?? TableLimits.MaxPage;
        if (take is < 1 or > TableLimits.MaxPage)
            throw TableErrors.BadRequest("InvalidInput", $"A page has 1 to {TableLimits.MaxPage} entities, not {take}.");

        // Emulators find things with filters that the service refuses.
        _ = ODataFilter.Parse(filter);
        if (continuationToken is "")
            continuationToken = null;
        var query = new TableQuery(filter, take, select);
        do
        {
            store.Transactions.CountQuery(table);
            var page = await store.QueryAsync(table, query, continuationToken, CancellationToken).ConfigureAwait(false);
            yield return page;
            continuationToken = page.ContinuationToken;
        }
        while (continuationToken is not null);
    }
}
