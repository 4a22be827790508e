using System.Buffers.Binary;

namespace Jobs.Local.Storage.Blobs;

/// <summary>
/// The form of bodies with checksums inside, <c>XSM/1.0; properties=crc64</c>, which clients ask for to check long transfers: a header of the message, then for
/// each segment a header, the content and its checksum, then the checksum of all. Numbers are little-endian.
/// </summary>
internal static class StructuredMessage
{
    /// <summary>The request's and the answer's header that names the form.</summary>
    public const string Header = "x-ms-structured-body";

    /// <summary>The header with the length of the content alone.</summary>
    public const string ContentLengthHeader = "x-ms-structured-content-length";

    /// <summary>The only form there is.</summary>
    public const string Form = "XSM/1.0; properties=crc64";

    /// <summary>Version, length of the message, flags, number of segments.</summary>
    public const int MessageHeaderBytes = 1 + 8 + 2 + 2;

    /// <summary>Number of the segment, length of its content.</summary>
    public const int SegmentHeaderBytes = 2 + 8;

    /// <summary>A checksum.</summary>
    public const int ChecksumBytes = 8;

    /// <summary>The most content of a segment that is sent.</summary>
    public const int MaxSegmentBytes = 4 * 1024 * 1024;

    private const byte Version = 1;
    private const ushort WithChecksums = 1;

    /// <summary>How many segments a content is sent in; nothing is one as well, because clients want to see one.</summary>
    public static int SegmentsOf(long contentLength) => (int)Math.Max(1, (contentLength + MaxSegmentBytes - 1) / MaxSegmentBytes);

    /// <summary>The bytes of a message with a content.</summary>
    public static long LengthOf(long contentLength) =>
        MessageHeaderBytes + contentLength + (SegmentsOf(contentLength) * (long)(SegmentHeaderBytes + ChecksumBytes)) + ChecksumBytes;

    /// <summary>Writes the header of a message.</summary>
    public static void WriteMessageHeader(Span<byte> target, long contentLength)
    {
        target[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(target[1..], LengthOf(contentLength));
        BinaryPrimitives.WriteUInt16LittleEndian(target[9..], WithChecksums);
        BinaryPrimitives.WriteUInt16LittleEndian(target[11..], (ushort)SegmentsOf(contentLength));
    }

    /// <summary>Reads the number of segments from the header of a message; null when it is none of this form.</summary>
    public static int? ReadMessageHeader(ReadOnlySpan<byte> source) =>
        source[0] == Version && BinaryPrimitives.ReadUInt16LittleEndian(source[9..]) == WithChecksums ? BinaryPrimitives.ReadUInt16LittleEndian(source[11..]) : null;

    /// <summary>Writes the header of a segment.</summary>
    public static void WriteSegmentHeader(Span<byte> target, int number, long contentLength)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)number);
        BinaryPrimitives.WriteInt64LittleEndian(target[2..], contentLength);
    }

    /// <summary>Reads the header of a segment.</summary>
    public static (int Number, long ContentLength) ReadSegmentHeader(ReadOnlySpan<byte> source) =>
        (BinaryPrimitives.ReadUInt16LittleEndian(source), BinaryPrimitives.ReadInt64LittleEndian(source[2..]));
}
