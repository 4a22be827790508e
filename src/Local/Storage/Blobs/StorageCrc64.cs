using System.Buffers.Binary;

namespace Jobs.Local.Storage.Blobs;

/// <summary>The checksum of the header <c>x-ms-content-crc64</c>: a reflected CRC-64 with a polynomial of Azure Storage's own.</summary>
internal static class StorageCrc64
{
    private const ulong Polynomial = 0x9A6C9329AC4BC9B5;
    private static readonly ulong[] Table = MakeTable();

    /// <summary>The checksum of what had the checksum <paramref name="crc"/> and is followed by more; 0 is that of nothing.</summary>
    public static ulong Append(ulong crc, ReadOnlySpan<byte> more)
    {
        crc = ~crc;
        foreach (var b in more)
            crc = Table[(byte)crc ^ b] ^ (crc >> 8);
        return ~crc;
    }

    /// <summary>The checksum as the header has it: base64 of its bytes, the lowest first.</summary>
    public static string ToHeader(ulong crc)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, crc);
        return Convert.ToBase64String(bytes);
    }

    private static ulong[] MakeTable()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ Polynomial : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
