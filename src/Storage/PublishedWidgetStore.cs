using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Jobs;

namespace Jobs.Storage;

/// <summary>What is served of one published build.</summary>
public sealed record PublishedBuild(string WidgetId, string BuildKey, string Tenant, string Name, BundleRef Bundle);

/// <summary>
/// The table <c>PublishedWidgets</c>, read by the public routes, which know no tenant. PartitionKey = widget id; RowKey = widget id for the current
/// build, <c>{widget id}|{build uuid}</c> for each build that was ever published, because pages that were loaded before keep asking for theirs.
/// </summary>
public sealed class PublishedWidgetStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.PublishedWidgets;

    /// <summary>Makes a build the current one, in one transaction; a repetition changes nothing.</summary>
    public Task PublishAsync(PublishedBuild build, CancellationToken cancellationToken) => _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.UpsertReplace, ToEntity(build, build.WidgetId)),
            new(TableTransactionActionType.UpsertReplace, ToEntity(build, BuildRowKey(build.WidgetId, build.BuildKey))),
        ],
        cancellationToken);

    /// <summary>The current build; null when the widget is not published.</summary>
    public Task<PublishedBuild?> FindCurrentAsync(string widgetId, CancellationToken cancellationToken) =>
        FindAsync(widgetId, widgetId, cancellationToken);

    /// <summary>A build that was published at some time; null when it never was.</summary>
    public Task<PublishedBuild?> FindBuildAsync(string widgetId, string buildKey, CancellationToken cancellationToken) =>
        FindAsync(widgetId, BuildRowKey(widgetId, buildKey), cancellationToken);

    /// <summary>Stops serving a widget. The current build goes first, so that no page is served that lacks its script.</summary>
    public async Task DeleteAllAsync(string widgetId, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {widgetId}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            await _table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        }
    }

    private async Task<PublishedBuild?> FindAsync(string widgetId, string rowKey, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(widgetId, rowKey, cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found }
            ? new PublishedBuild(
                widgetId,
                found.GetString(nameof(PublishedBuild.BuildKey)),
                found.GetString(nameof(PublishedBuild.Tenant)),
                found.GetString(nameof(PublishedBuild.Name)),
                new BundleRef(found.GetString(nameof(BundleRef.Script)), found.GetString(nameof(BundleRef.Style))))
            : null;
    }

    private static string BuildRowKey(string widgetId, string buildKey) => $"{widgetId}|{buildKey}";

    private static TableEntity ToEntity(PublishedBuild build, string rowKey) => new(build.WidgetId, rowKey)
    {
        [nameof(PublishedBuild.BuildKey)] = build.BuildKey,
        [nameof(PublishedBuild.Tenant)] = build.Tenant,
        [nameof(PublishedBuild.Name)] = build.Name,
        [nameof(BundleRef.Script)] = build.Bundle.Script,
        [nameof(BundleRef.Style)] = build.Bundle.Style,
    };
}
