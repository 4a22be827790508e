using System.Globalization;
using System.Security.Cryptography;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>Reading a blob, whole or in part, and what is known of it.</summary>
internal sealed class BlobReads(DiskBlobStore store)
{
    /// <summary>The most bytes of a range whose hash can be asked for.</summary>
    private const long MaxHashedRange = 4 * 1024 * 1024;

    /// <summary>Get Blob.</summary>
    public StorageResponse Get(StorageRequest request, string container, string name)
    {
        var open = store.Open(container, name);
        try
        {
            BlobConditions.Of(request).CheckRead(open.Blob.ETag, open.Blob.LastModified);
            var range = ByteRange.Of(request, open.Length);
            var response = new StorageResponse(range is null ? 200 : 206);
            var (start, length) = range is { } part ? (part.Start, part.Length) : (0, open.Length);
            if (range is not null)
                response.With("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{start + length - 1}/{open.Length}"));
            Describe(response, open.Blob, isWhole: range is null);
            AddHashes(request, response, open, start, range is null ? null : length);
            open.Stream.Position = open.ContentStart + start;
            var content = new SlicedStream(open.Stream, length);
            if (request.Header(StructuredMessage.Header) != StructuredMessage.Form)
                return response.WithBody(content, length);
            return response
                .With(StructuredMessage.Header, StructuredMessage.Form)
                .With(StructuredMessage.ContentLengthHeader, length.ToString(CultureInfo.InvariantCulture))
                .WithBody(new StructuredMessageStream(content, length), StructuredMessage.LengthOf(length));
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    /// <summary>Get Blob Properties and Get Blob Metadata.</summary>
    public StorageResponse Head(StorageRequest request, string container, string name)
    {
        if (store.Find(container, name) is not { } found)
            throw BlobErrors.BlobNotFound();
        BlobConditions.Of(request).CheckRead(found.Blob.ETag, found.Blob.LastModified);
        return Describe(new StorageResponse(200), found.Blob, isWhole: true).WithLength(request.Method == "HEAD" ? found.Length : 0);
    }

    private static StorageResponse Describe(StorageResponse response, StoredBlob blob, bool isWhole)
    {
        response
            .With("Content-Type", blob.ContentType)
            .With("Content-Encoding", blob.ContentEncoding)
            .With("Content-Language", blob.ContentLanguage)
            .With("Content-Disposition", blob.ContentDisposition)
            .With("Cache-Control", blob.CacheControl)
            .With(isWhole ? "Content-MD5" : "x-ms-blob-content-md5", blob.ContentMd5)
            .With("ETag", blob.ETag)
            .With("Last-Modified", blob.LastModified.ToString("R", CultureInfo.InvariantCulture))
            .With("x-ms-creation-time", new DateTime(blob.CreatedTicks ?? blob.Ticks, DateTimeKind.Utc).ToString("R", CultureInfo.InvariantCulture))
            .With("x-ms-blob-type", "BlockBlob")
            .With("x-ms-lease-status", "unlocked")
            .With("x-ms-lease-state", "available")
            .With("x-ms-server-encrypted", "false")
            .With("Accept-Ranges", "bytes");
        foreach (var (name, value) in blob.Metadata ?? [])
            response.With($"x-ms-meta-{name}", value);
        return response;
    }

    /// <summary>Hashes of a part, for clients that check what they got. The service gives them for parts up to a size, and refuses them without a range.</summary>
    private static void AddHashes(StorageRequest request, StorageResponse response, OpenBlob open, long start, long? length)
    {
        var (md5, crc64) = (IsTrue("x-ms-range-get-content-md5"), IsTrue("x-ms-range-get-content-crc64"));
        if (!md5 && !crc64)
            return;
        if (length is not (<= MaxHashedRange and var bytes))
            throw StorageError.InvalidHeader(md5 ? "x-ms-range-get-content-md5" : "x-ms-range-get-content-crc64");
        var content = new byte[bytes];
        open.Stream.Position = open.ContentStart + start;
        open.Stream.ReadExactly(content);
        if (md5)
            response.With("Content-MD5", Convert.ToBase64String(MD5.HashData(content)));
        if (crc64)
            response.With("x-ms-content-crc64", StorageCrc64.ToHeader(StorageCrc64.Append(0, content)));

        bool IsTrue(string name) => string.Equals(request.Header(name), "true", StringComparison.OrdinalIgnoreCase);
    }
}
