using System.Globalization;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>A part of a blob.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many bytes, at least one.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    private const string Unit = "bytes=";

    /// <summary>
    /// What <c>x-ms-range</c>, or else <c>Range</c>, asks for, cut at the end of the content; null for all of it. One that begins behind the content is 416;
    /// one that is not of the service's form, <c>bytes=0-499</c> or <c>bytes=500-</c>, counts as none.
    /// </summary>
    public static ByteRange? Of(StorageRequest request, long contentLength)
    {
        var header = request.Header("x-ms-range") ?? request.Header("Range");
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return null;
        var range = header.AsSpan(Unit.Length);
        var dash = range.IndexOf('-');
        if (dash < 1 || !long.TryParse(range[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var start))
            return null;
        var end = contentLength - 1;
        if (range.Length > dash + 1)
        {
            if (!long.TryParse(range[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || last < start)
                return null;
            end = Math.Min(end, last);
        }

        return start < contentLength ? new ByteRange(start, end - start + 1) : throw BlobErrors.InvalidRange();
    }
}
