using System.Globalization;

namespace Jobs.Local.Storage.Tables;

/// <summary>The service's ETag: the entity's timestamp, escaped, as in <c>W/"datetime'2026-01-31T12%3A00%3A00.1234567Z'"</c>.</summary>
internal static class TableETag
{
    /// <summary>Any version.</summary>
    public const string Any = "*";

    private const string Begin = "W/\"datetime'";
    private const string End = "'\"";
    private const string EscapedTime = "yyyy-MM-dd'T'HH'%3A'mm'%3A'ss.fffffff'Z'";

    /// <summary>The ETag of an entity that was changed at that time.</summary>
    public static string Of(long ticks) =>
        string.Concat(Begin, new DateTime(ticks, DateTimeKind.Utc).ToString(EscapedTime, CultureInfo.InvariantCulture), End);

    /// <summary>Whether a header has the form of an ETag of this service.</summary>
    public static bool IsWellFormed(string value) =>
        value == Any || (value.StartsWith(Begin, StringComparison.Ordinal) && value.EndsWith(End, StringComparison.Ordinal));

    /// <summary>Whether a condition allows the version of that time. Clients write the escapes in either case.</summary>
    public static bool Matches(string condition, long ticks) => condition == Any || condition.Equals(Of(ticks), StringComparison.OrdinalIgnoreCase);
}
