using Azure;

namespace Jobs.LocalRuntime.Tables;

/// <summary>The service's ETag: the entity's timestamp, escaped.</summary>
internal static class TableETag
{
    /// <summary>For example <c>W/"datetime'2026-01-31T12%3A00%3A00.1234567Z'"</c>.</summary>
    public static ETag Of(long ticks) =>
        new($"W/\"datetime'{EntityJson.FormatTime(new DateTimeOffset(ticks, TimeSpan.Zero)).Replace(":", "%3A", StringComparison.Ordinal)}'\"");
}
