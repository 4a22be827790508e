using Azure.Data.Tables;
using Jobs.Domain.Resources;
using Jobs.Domain.Widgets;

namespace Jobs.Storage;

/// <summary>The table <c>Widgets</c>: <see cref="ResourceStore"/>.</summary>
public sealed class WidgetStore(StorageAccount storage) : ResourceStore(storage.Widgets)
{
    /// <summary>Contract 001's word for a widget's state.</summary>
    public static string StatusOf(Widget widget) => widget.PublishedBuildId is null ? "DRAFT" : "PUBLISHED";

    /// <inheritdoc/>
    protected override string StatusOf(Resource resource) => StatusOf((Widget)resource);

    /// <inheritdoc/>
    protected override void Write(TableEntity row, Resource resource) => row[nameof(Widget.PublishedBuildId)] = ((Widget)resource).PublishedBuildId;

    /// <inheritdoc/>
    protected override Resource Read(TableEntity row) => new Widget
    {
        Id = row.RowKey,
        Tenant = row.PartitionKey,
        Name = row.GetString(nameof(Resource.Name)),
        CreatedAt = row.GetDateTimeOffset(nameof(Resource.CreatedAt))!.Value,
        PublishedBuildId = row.GetString(nameof(Widget.PublishedBuildId)),
    };
}
