using System.Security.Cryptography;
using System.Text;
using Jobs.Domain.Secrets;
using Microsoft.Extensions.Configuration;

namespace Jobs.Functions.Secrets;

/// <summary>
/// The keys that secrets are sealed with: AES-256-GCM. The setting <c>Jobs:SecretsKey</c> holds the one that seals, <c>Jobs:PreviousSecretsKeys</c> those that still open what they
/// sealed, separated by commas; each 32 bytes in base64. Without the first there are no secrets.
/// </summary>
public sealed class SecretKeys
{
    /// <summary>The setting of the key that seals.</summary>
    public const string SettingName = "Jobs:SecretsKey";

    /// <summary>The setting of the keys that only open.</summary>
    public const string PreviousSettingName = "Jobs:PreviousSecretsKeys";

    /// <summary>The bytes of a key.</summary>
    public const int KeyBytes = 32;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly string? _current;
    private readonly Dictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    /// <summary>Reads the settings; throws <see cref="InvalidOperationException"/> for a key that is none, which the message does not show.</summary>
    public SecretKeys(IConfiguration configuration)
    {
        if (configuration[SettingName] is { Length: > 0 } current)
        {
            _current = Add(current, SettingName);
        }

        foreach (var previous in (configuration[PreviousSettingName] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Add(previous, PreviousSettingName);
        }
    }

    /// <summary>True when secrets can be stored.</summary>
    public bool IsConfigured => _current is not null;

    /// <summary>True for <see cref="KeyBytes"/> bytes in base64.</summary>
    public static bool IsWellFormed(string key) => Convert.TryFromBase64String(key, new byte[KeyBytes], out var length) && length == KeyBytes;

    /// <summary>Seals a text with the current key and a fresh nonce. What it belongs to is sealed with it, so that it opens nowhere else.</summary>
    public SealedText Seal(string text, string belongsTo)
    {
        var keyId = _current ?? throw new SecretsUnavailableException($"Secrets cannot be stored: the setting {SettingName} is missing.");
        var plain = Encoding.UTF8.GetBytes(text);
        var whole = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = whole.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_keys[keyId], TagBytes);
        cipher.Encrypt(nonce, plain, whole.AsSpan(NonceBytes, plain.Length), whole.AsSpan(NonceBytes + plain.Length), Encoding.UTF8.GetBytes(belongsTo));
        CryptographicOperations.ZeroMemory(plain);
        return new SealedText(keyId, whole);
    }

    /// <summary>Opens a text; throws <see cref="SecretsUnavailableException"/> when its key is not configured or it was changed or belongs to something else.</summary>
    public string Open(SealedText text, string belongsTo)
    {
        if (!_keys.TryGetValue(text.KeyId, out var key))
        {
            throw new SecretsUnavailableException(
                $"A secret was stored with the key {text.KeyId}, which is neither in the setting {SettingName} nor in {PreviousSettingName}.");
        }

        if (text.Bytes.Length < NonceBytes + TagBytes)
        {
            throw new SecretsUnavailableException("A stored secret is damaged.");
        }

        var plain = new byte[text.Bytes.Length - NonceBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(
                text.Bytes.AsSpan(0, NonceBytes),
                text.Bytes.AsSpan(NonceBytes, plain.Length),
                text.Bytes.AsSpan(NonceBytes + plain.Length),
                plain,
                Encoding.UTF8.GetBytes(belongsTo));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException error)
        {
            throw new SecretsUnavailableException("A stored secret is damaged, or stands where it does not belong.", error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private string Add(string text, string setting)
    {
        if (!IsWellFormed(text))
        {
            // The value is not shown: it may be a key with one wrong character.
            throw new InvalidOperationException($"The setting {setting} must hold {KeyBytes} bytes in base64, as 'openssl rand -base64 32' makes them.");
        }

        var key = Convert.FromBase64String(text);
        // A hash of random bytes gives nothing of them away.
        var id = Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, 8));
        _keys[id] = key;
        return id;
    }
}
/// <summary>Secrets cannot be stored or read until an operator puts something right; the message says what, and shows no secret.</summary>
public sealed class SecretsUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
