using System.Buffers.Binary;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>Takes the bytes of a <see cref="StructuredMessage"/>, checks its checksums, and writes its content to another stream.</summary>
internal sealed class StructuredMessageReader(Stream target) : WriteOnlyStream
{
    private readonly byte[] _frame = new byte[StructuredMessage.MessageHeaderBytes];
    private Part _part = Part.MessageHeader;
    private int _framed;
    private int _segments;
    private int _segment;
    private long _contentLeft;
    private ulong _segmentCrc;
    private ulong _messageCrc;

    private enum Part
    {
        MessageHeader,
        SegmentHeader,
        Content,
        SegmentChecksum,
        MessageChecksum,
        End,
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_part == Part.End)
                throw Invalid();
            if (_part == Part.Content)
            {
                var content = buffer[..(int)Math.Min(buffer.Length, _contentLeft)];
                _segmentCrc = StorageCrc64.Append(_segmentCrc, content.Span);
                _messageCrc = StorageCrc64.Append(_messageCrc, content.Span);
                await target.WriteAsync(content, cancellationToken).ConfigureAwait(false);
                _contentLeft -= content.Length;
                buffer = buffer[content.Length..];
                if (_contentLeft == 0)
                    _part = Part.SegmentChecksum;
                continue;
            }

            var wanted = _part switch
            {
                Part.MessageHeader => StructuredMessage.MessageHeaderBytes,
                Part.SegmentHeader => StructuredMessage.SegmentHeaderBytes,
                _ => StructuredMessage.ChecksumBytes,
            };
            var more = Math.Min(buffer.Length, wanted - _framed);
            buffer.Span[..more].CopyTo(_frame.AsSpan(_framed));
            _framed += more;
            buffer = buffer[more..];
            if (_framed == wanted)
            {
                _framed = 0;
                Take();
            }
        }
    }

    /// <summary>Refuses a message that has not come to its end.</summary>
    public void Finish()
    {
        if (_part != Part.End)
            throw Invalid();
    }

    /// <summary>A part is complete: what it says, and what follows.</summary>
    private void Take()
    {
        switch (_part)
        {
            case Part.MessageHeader:
                _segments = StructuredMessage.ReadMessageHeader(_frame) ?? throw Invalid();
                _part = _segments == 0 ? Part.MessageChecksum : Part.SegmentHeader;
                break;
            case Part.SegmentHeader:
                (var number, _contentLeft) = StructuredMessage.ReadSegmentHeader(_frame);
                if (number != ++_segment || _contentLeft < 0)
                    throw Invalid();
                (_segmentCrc, _part) = (0, _contentLeft == 0 ? Part.SegmentChecksum : Part.Content);
                break;
            case Part.SegmentChecksum:
                Check(_segmentCrc);
                _part = _segment == _segments ? Part.MessageChecksum : Part.SegmentHeader;
                break;
            case Part.MessageChecksum:
                Check(_messageCrc);
                _part = Part.End;
                break;
        }
    }

    private void Check(ulong crc)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(_frame) != crc)
            throw BlobErrors.Crc64Mismatch();
    }

    private static StorageError Invalid() => StorageError.InvalidInput("The structured body is not valid.");
}
