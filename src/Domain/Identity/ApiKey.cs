using System.Security.Cryptography;
using System.Text;

namespace Jobs.Domain.Identity;

/// <summary>
/// The format of our API keys: <c>emb_live_</c>, 32 random base62 characters, and a checksum of 6 base62 characters. The checksum is the CRC-32 of
/// everything before it, so that a key that was cut or mistyped is refused without a read, and scanners can tell a real key from a look-alike.
/// </summary>
public static class ApiKey
{
    /// <summary>What every key starts with.</summary>
    public const string Prefix = "emb_live_";

    private const int RandomLength = 32;
    private const int ChecksumLength = 6;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Makes a new key from a cryptographic source. Nobody but its owner keeps it.</summary>
    public static string Create()
    {
        var body = Prefix + RandomNumberGenerator.GetString(Base62, RandomLength);
        return body + Checksum(body);
    }

    /// <summary>True for a string of the right form whose checksum is right.</summary>
    public static bool IsWellFormed(string key) =>
        key.Length == Prefix.Length + RandomLength + ChecksumLength
        && key.StartsWith(Prefix, StringComparison.Ordinal)
        && key.AsSpan(Prefix.Length).IndexOfAnyExcept(Base62) < 0
        && key.EndsWith(Checksum(key[..^ChecksumLength]), StringComparison.Ordinal);

    /// <summary>The SHA-256 of a key: all that is ever stored of it.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string Checksum(string body)
    {
        var crc = uint.MaxValue;
        foreach (var character in body)
        {
            crc ^= (byte)character;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        crc = ~crc;
        var digits = new char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            digits[i] = Base62[(int)(crc % 62)];
            crc /= 62;
        }

        return new string(digits);
    }
}
