using System.Globalization;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>The conditional headers of a request.</summary>
internal sealed record BlobConditions(string? IfMatch, string? IfNoneMatch, DateTime? IfModifiedSince, DateTime? IfUnmodifiedSince)
{
    private const string Any = "*";

    /// <summary>No condition.</summary>
    public static BlobConditions None { get; } = new(null, null, null, null);

    /// <summary>Reads the headers.</summary>
    public static BlobConditions Of(StorageRequest request) =>
        new(request.Header("If-Match"), request.Header("If-None-Match"), Time(request, "If-Modified-Since"), Time(request, "If-Unmodified-Since"));

    /// <summary>Refuses a write to what is there now, if anything is.</summary>
    public void CheckWrite(StoredBlob? existing)
    {
        if (existing is null)
        {
            if (IfMatch is not null)
                throw BlobErrors.ConditionNotMet();
            return;
        }

        if (IfNoneMatch == Any)
            throw BlobErrors.BlobAlreadyExists();
        if (!Allows(existing.ETag, existing.LastModified) || IsUnchanged(existing.ETag, existing.LastModified))
            throw BlobErrors.ConditionNotMet();
    }

    /// <summary>Refuses a read: with 304 when the client has this version already.</summary>
    public void CheckRead(string etag, DateTime lastModified)
    {
        if (!Allows(etag, lastModified))
            throw BlobErrors.ConditionNotMet();
        if (IsUnchanged(etag, lastModified))
            throw BlobErrors.NotModified();
    }

    private bool Allows(string etag, DateTime lastModified) =>
        (IfMatch is null or Any || Names(IfMatch, etag)) && (IfUnmodifiedSince is not { } since || WholeSeconds(lastModified) <= since);

    private bool IsUnchanged(string etag, DateTime lastModified) =>
        (IfNoneMatch is not null && Names(IfNoneMatch, etag)) || (IfModifiedSince is { } since && WholeSeconds(lastModified) <= since);

    /// <summary>Clients may leave out the quotes.</summary>
    private static bool Names(string condition, string etag) => condition == etag || condition == etag.Trim('"');

    /// <summary>The headers have no fractions of a second.</summary>
    private static DateTime WholeSeconds(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);

    private static DateTime? Time(StorageRequest request, string name) => request.Header(name) is not { } text ? null
        : DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw StorageError.InvalidHeader(name);
}
