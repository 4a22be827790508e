using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Jobs.Documents.Crawling;

/// <summary>Hashes as a state carries them: numbers of 64 bits, little-endian, in base64. With 64 bits, two of 50,000 addresses have one hash with a probability of 1 to 10 billion.</summary>
internal static class Packed
{
    /// <summary>The hash of a text: the first 64 bits of its SHA-256.</summary>
    public static ulong Hash(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>The SHA-256 of a text, in hexadecimal digits.</summary>
    public static string HexHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes numbers.</summary>
    public static string Write(IReadOnlyCollection<ulong> values)
    {
        var bytes = new byte[values.Count * sizeof(ulong)];
        var at = 0;
        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
            at += sizeof(ulong);
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ulong[] Read(string text)
    {
        var bytes = Convert.FromBase64String(text);
        var values = new ulong[bytes.Length / sizeof(ulong)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)));
        }

        return values;
    }
}
