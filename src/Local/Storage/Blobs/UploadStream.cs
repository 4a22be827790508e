using System.Security.Cryptography;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>Writes an upload to its file, counts it, and computes the hashes that its headers promise.</summary>
internal sealed class UploadStream : Stream
{
    private readonly Stream _target;
    private readonly long _maxBytes;
    private readonly string? _md5Promised;
    private readonly string? _crc64Promised;
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private ulong _crc64;
    private long _bytes;

    private UploadStream(StorageRequest request, Stream target, long maxBytes)
    {
        (_target, _maxBytes) = (target, maxBytes);
        (_md5Promised, _crc64Promised) = (request.Header("Content-MD5"), request.Header("x-ms-content-crc64"));
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _bytes;

    public override long Position
    {
        get => _bytes;
        set => throw new NotSupportedException();
    }

    /// <summary>Writes the body of a request to a file and gives its MD5 in base64. A body that is too long, or not what its headers promise, is refused.</summary>
    public static async Task<string> ReceiveAsync(StorageRequest request, Stream target, long maxBytes, CancellationToken cancellationToken)
    {
        if (request.Header("x-ms-structured-body") is not null)
            throw StorageError.NotImplemented("structured bodies");
        await using var upload = new UploadStream(request, target, maxBytes);
        await request.CopyBodyToAsync(upload, cancellationToken).ConfigureAwait(false);
        return upload.Finish();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Count(buffer);
        _target.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count(buffer.Span);
        return _target.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _md5.Dispose();
        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> buffer)
    {
        _bytes += buffer.Length;
        if (_bytes > _maxBytes)
            throw StorageError.RequestBodyTooLarge(_maxBytes);
        _md5.AppendData(buffer);
        if (_crc64Promised is not null)
            _crc64 = StorageCrc64.Append(_crc64, buffer);
    }

    private string Finish()
    {
        var md5 = Convert.ToBase64String(_md5.GetHashAndReset());
        if (_md5Promised is not null && _md5Promised != md5)
            throw BlobErrors.Md5Mismatch();
        return _crc64Promised is null || _crc64Promised == StorageCrc64.ToHeader(_crc64) ? md5 : throw BlobErrors.Crc64Mismatch();
    }
}
