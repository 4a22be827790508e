using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Widgets;

namespace Jobs.Functions.Storage;

/// <summary>
/// The table <c>Widgets</c>. PartitionKey = tenant; RowKey = widget id for the widget, <c>list|{inverted time}|{widget id}</c> for its line in the list.
/// Both change in one transaction.
/// </summary>
public sealed class WidgetStore(StorageAccount storage)
{
    private const string ListPrefix = "list|";

    // '}' is the character after '|'.
    private const string ListEnd = "list}";

    private readonly TableClient _table = storage.Widgets;

    /// <summary>Inserts a widget and its line in the list; one of that id that is there already stays as it is, so that a creation can be repeated.</summary>
    public async Task CreateAsync(Widget widget, CancellationToken cancellationToken)
    {
        try
        {
            await _table.SubmitTransactionAsync(
                [new(TableTransactionActionType.Add, ToEntity(widget)), new(TableTransactionActionType.Add, ListLine(widget))],
                cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
        }
    }

    /// <summary>One point read; null when the tenant has no such widget. A widget whose deletion has begun is found, with <see cref="Widget.IsDeleted"/>.</summary>
    public async Task<StoredWidget?> ReadAsync(string tenant, string widgetId, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, widgetId, cancellationToken: cancellationToken);
        return row.HasValue ? new StoredWidget(FromEntity(row.Value!), row.Value!.ETag) : null;
    }

    /// <summary>Replaces a widget if it is still as it was read; false when somebody else changed or removed it first.</summary>
    public async Task<bool> TryReplaceAsync(StoredWidget stored, Widget next, CancellationToken cancellationToken)
    {
        try
        {
            // The list shows the name and whether it is published: only a change of that touches the line.
            if (stored.Widget.PublishedBuildId is null == next.PublishedBuildId is null && stored.Widget.IsDeleted == next.IsDeleted)
            {
                await _table.UpdateEntityAsync(ToEntity(next), stored.ETag, TableUpdateMode.Replace, cancellationToken);
            }
            else
            {
                await _table.SubmitTransactionAsync(
                    [
                        new(TableTransactionActionType.UpdateReplace, ToEntity(next), stored.ETag),
                        next.IsDeleted
                            ? new(TableTransactionActionType.Delete, ListLine(next), ETag.All)
                            : new(TableTransactionActionType.UpsertReplace, ListLine(next)),
                    ],
                    cancellationToken);
            }

            return true;
        }
        catch (RequestFailedException error) when (error.IsStale() || error.IsNotFound())
        {
            return false;
        }
    }

    /// <summary>Removes the row of a widget whose deletion is complete.</summary>
    public Task RemoveAsync(string tenant, string widgetId, CancellationToken cancellationToken) =>
        _table.DeleteEntityAsync(tenant, widgetId, ETag.All, cancellationToken);

    /// <summary>
    /// One page of a tenant's widgets, newest first, and how many there are. One query over the tenant's list; the documented paging by number
    /// with a total needs all of its lines, which carry only what a list shows.
    /// </summary>
    public async Task<(IReadOnlyList<WidgetLine> Page, int Total)> ListAsync(string tenant, int page, int limit, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey gt {ListPrefix} and RowKey lt {ListEnd}");
        var first = (long)(page - 1) * limit;
        var lines = new List<WidgetLine>();
        var total = 0;
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (total >= first && lines.Count < limit)
            {
                lines.Add(new WidgetLine(
                    row.RowKey[(row.RowKey.LastIndexOf('|') + 1)..],
                    row.GetString(nameof(Widget.Name)),
                    row.GetBoolean("IsPublished") ?? false,
                    row.GetDateTimeOffset(nameof(Widget.CreatedAt))!.Value));
            }

            total++;
        }

        return (lines, total);
    }

    private static TableEntity ListLine(Widget widget)
    {
        var inverted = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() - widget.CreatedAt.ToUnixTimeMilliseconds();
        return new TableEntity(widget.Tenant, string.Create(CultureInfo.InvariantCulture, $"{ListPrefix}{inverted:D15}|{widget.Id}"))
        {
            [nameof(Widget.Name)] = widget.Name,
            [nameof(Widget.CreatedAt)] = widget.CreatedAt,
            ["IsPublished"] = widget.PublishedBuildId is not null,
        };
    }

    private static TableEntity ToEntity(Widget widget) => new(widget.Tenant, widget.Id)
    {
        [nameof(Widget.Name)] = widget.Name,
        [nameof(Widget.Description)] = widget.Description,
        [nameof(Widget.CreatedAt)] = widget.CreatedAt,
        [nameof(Widget.CurrentJobId)] = widget.CurrentJobId,
        [nameof(Widget.ClaimedAt)] = widget.ClaimedAt,
        [nameof(Widget.SourcesRef)] = widget.SourcesRef,
        [nameof(Widget.PublishedBuildId)] = widget.PublishedBuildId,
        [nameof(Widget.IsDeleted)] = widget.IsDeleted,
    };

    private static Widget FromEntity(TableEntity row) => new()
    {
        Id = row.RowKey,
        Tenant = row.PartitionKey,
        Name = row.GetString(nameof(Widget.Name)),
        Description = row.GetString(nameof(Widget.Description)),
        CreatedAt = row.GetDateTimeOffset(nameof(Widget.CreatedAt))!.Value,
        CurrentJobId = row.GetString(nameof(Widget.CurrentJobId)),
        ClaimedAt = row.GetDateTimeOffset(nameof(Widget.ClaimedAt)),
        SourcesRef = row.GetString(nameof(Widget.SourcesRef)),
        PublishedBuildId = row.GetString(nameof(Widget.PublishedBuildId)),
        IsDeleted = row.GetBoolean(nameof(Widget.IsDeleted)) ?? false,
    };
}

/// <summary>A widget together with the ETag of its row.</summary>
public sealed record StoredWidget(Widget Widget, ETag ETag);

/// <summary>What a list shows of a widget.</summary>
public sealed record WidgetLine(string Id, string Name, bool IsPublished, DateTimeOffset CreatedAt);
