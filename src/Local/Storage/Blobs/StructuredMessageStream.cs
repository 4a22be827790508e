using System.Buffers.Binary;

namespace Jobs.Local.Storage.Blobs;

/// <summary>The bytes of a <see cref="StructuredMessage"/> with a content that another stream gives. Disposing disposes that stream.</summary>
internal sealed class StructuredMessageStream : ReadOnlyStream
{
    private readonly Stream _content;
    private readonly int _segments;
    private readonly byte[] _buffer;
    private Memory<byte> _ready;
    private long _contentLeft;
    private int _segment;
    private ulong _messageCrc;
    private bool _ended;

    /// <summary>Takes over the stream of the content.</summary>
    public StructuredMessageStream(Stream content, long contentLength)
    {
        (_content, _contentLeft, _segments) = (content, contentLength, StructuredMessage.SegmentsOf(contentLength));
        _buffer = new byte[StructuredMessage.SegmentHeaderBytes + Math.Min(contentLength, StructuredMessage.MaxSegmentBytes) + StructuredMessage.ChecksumBytes];
        var header = new byte[StructuredMessage.MessageHeaderBytes];
        StructuredMessage.WriteMessageHeader(header, contentLength);
        _ready = header;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ready.IsEmpty && !_ended)
            _ready = await NextAsync(cancellationToken).ConfigureAwait(false);
        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The next segment, or the checksum at the end.</summary>
    private async ValueTask<Memory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        if (_segment == _segments)
        {
            _ended = true;
            BinaryPrimitives.WriteUInt64LittleEndian(_buffer, _messageCrc);
            return _buffer.AsMemory(0, StructuredMessage.ChecksumBytes);
        }

        var length = (int)Math.Min(_contentLeft, StructuredMessage.MaxSegmentBytes);
        StructuredMessage.WriteSegmentHeader(_buffer, ++_segment, length);
        var content = _buffer.AsMemory(StructuredMessage.SegmentHeaderBytes, length);
        await _content.ReadExactlyAsync(content, cancellationToken).ConfigureAwait(false);
        _contentLeft -= length;
        _messageCrc = StorageCrc64.Append(_messageCrc, content.Span);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(StructuredMessage.SegmentHeaderBytes + length), StorageCrc64.Append(0, content.Span));
        return _buffer.AsMemory(0, StructuredMessage.SegmentHeaderBytes + length + StructuredMessage.ChecksumBytes);
    }
}
