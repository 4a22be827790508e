using System.Security.Cryptography;
using System.Text;

namespace Jobs.Local.Storage.Blobs;

/// <summary>
/// The file name of a blob. Lower-case letters, digits, hyphens, underscores and inner dots stand for themselves and every other byte is percent-encoded, so
/// that no name leaves the folder and none clash on a file system that ignores case. A name that becomes too long for a file is its beginning and its SHA-256.
/// </summary>
internal static class BlobFileName
{
    /// <summary>File systems take 255 bytes.</summary>
    private const int MaxLength = 240;

    /// <summary>Cannot be in an encoded name, so that the two forms cannot meet.</summary>
    private const char HashMark = '~';

    private const int KeptLength = 120;

    public static string Of(string name)
    {
        var encoded = Encode(name);
        return encoded.Length <= MaxLength ? encoded : $"{encoded[..KeptLength]}{HashMark}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }

    /// <summary>The name of the blob in a file; null when the file name has only its beginning.</summary>
    public static string? NameOf(string fileName) => fileName.Contains(HashMark) ? null : Uri.UnescapeDataString(fileName);

    /// <summary>A search pattern that finds at least the files of the blobs that begin with a prefix.</summary>
    public static string Pattern(string prefix)
    {
        var encoded = Encode(prefix);
        return (encoded.Length <= KeptLength ? encoded : encoded[..KeptLength]) + "*";
    }

    private static string Encode(string name)
    {
        var encoded = new StringBuilder(name.Length);
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            if (b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_' || (b == '.' && encoded.Length > 0))
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(b.ToString("x2", null));
        }

        return encoded.ToString();
    }
}
