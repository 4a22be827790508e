using Jobs.Domain.Widgets;
using Jobs.Functions.Api.Shared;
using Jobs.Storage;

namespace Jobs.Functions.Api.Builder;

/// <summary>202: a build was accepted (contract 001).</summary>
public sealed record WidgetAcceptedResponse(string WidgetId, string JobId, string Status, string Message, string EditorUrl);

/// <summary>201: a draft without a build (contract 001).</summary>
public sealed record WidgetCreatedResponse(string WidgetId, string Status, string Message, string EditorUrl);

/// <summary>One page of widgets (contract 001).</summary>
public sealed record WidgetListResponse(IReadOnlyList<WidgetListItem> Widgets, int Total, int Page, int Pages, int Limit);

/// <summary>One widget in a list (contract 001).</summary>
public sealed record WidgetListItem(string WidgetId, string Name, string Status, DateTimeOffset CreatedAt, string EditorUrl);

/// <summary>One widget (contract 001).</summary>
public sealed record WidgetResponse(WidgetDetails Widget);

/// <summary>The fields of one widget (contract 001).</summary>
public sealed record WidgetDetails(string WidgetId, string Name, string? Description, string Status, string OrganizationId, string EditorUrl);

/// <summary>What was published, and how to show it.</summary>
public sealed record WidgetPublishedResponse(string WidgetId, string Status, string BuildId, string Url, string Embed);

/// <summary>The paths and sizes of a widget's files.</summary>
public sealed record WidgetFilesResponse(string WidgetId, IReadOnlyList<FileItem> Files);

/// <summary>One file.</summary>
public sealed record FileItem(string Path, int Bytes);

/// <summary>The answer to a deletion (contract 001).</summary>
public sealed record DeletedResponse(bool Success);

/// <summary>Maps widgets to the documented shapes.</summary>
public static class WidgetResponses
{
    /// <summary>A widget by itself.</summary>
    public static WidgetResponse ToResponse(Widget widget, PublicAddress address) => new(new WidgetDetails(
        widget.Id,
        widget.Name,
        widget.Description,
        WidgetStore.StatusOf(widget),
        widget.Tenant,
        address.WidgetEditor(widget.Tenant, widget.Id)));
}
