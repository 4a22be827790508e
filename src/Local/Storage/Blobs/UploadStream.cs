using System.Security.Cryptography;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>Writes an upload to its file, counts it, and computes the hashes that its headers promise.</summary>
internal sealed class UploadStream : WriteOnlyStream
{
    private readonly Stream _target;
    private readonly long _maxBytes;
    private readonly string? _crc64Promised;
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private ulong _crc64;
    private long _bytes;

    private UploadStream(Stream target, long maxBytes, string? crc64Promised) => (_target, _maxBytes, _crc64Promised) = (target, maxBytes, crc64Promised);

    /// <summary>Writes the body of a request to a file and gives its MD5 in base64. A body that is too long, or not what its headers promise, is refused.</summary>
    public static async Task<string> ReceiveAsync(StorageRequest request, Stream target, long maxBytes, CancellationToken cancellationToken)
    {
        await using var upload = new UploadStream(target, maxBytes, request.Header("x-ms-content-crc64"));
        if (request.Header(StructuredMessage.Header) is { } form)
        {
            if (form != StructuredMessage.Form)
                throw StorageError.InvalidHeader(StructuredMessage.Header);
            await using var message = new StructuredMessageReader(upload);
            await request.CopyBodyToAsync(message, cancellationToken).ConfigureAwait(false);
            message.Finish();
        }
        else
        {
            await request.CopyBodyToAsync(upload, cancellationToken).ConfigureAwait(false);
        }

        return upload.Finish(request.Header("Content-MD5"));
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _bytes += buffer.Length;
        if (_bytes > _maxBytes)
            throw StorageError.RequestBodyTooLarge(_maxBytes);
        _md5.AppendData(buffer.Span);
        if (_crc64Promised is not null)
            _crc64 = StorageCrc64.Append(_crc64, buffer.Span);
        return _target.WriteAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _md5.Dispose();
        base.Dispose(disposing);
    }

    private string Finish(string? md5Promised)
    {
        var md5 = Convert.ToBase64String(_md5.GetHashAndReset());
        if (md5Promised is not null && md5Promised != md5)
            throw BlobErrors.Md5Mismatch();
        return _crc64Promised is null || _crc64Promised == StorageCrc64.ToHeader(_crc64) ? md5 : throw BlobErrors.Crc64Mismatch();
    }
}
