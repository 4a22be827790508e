using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Jobs.Functions.Triggers;

/// <summary>The secret part of a webhook's address: who knows it can start runs. Nobody but its owner keeps it.</summary>
public static class WebhookToken
{
    /// <summary>The random bytes of a token.</summary>
    public const int Bytes = 32;

    /// <summary>Makes a new token from a cryptographic source: <see cref="Bytes"/> bytes as base64url.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The SHA-256 of a token, in lower-case hex: all that is ever stored of it.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
