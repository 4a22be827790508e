namespace Jobs.Domain.Secrets;

/// <summary>A text that only its key opens.</summary>
/// <param name="KeyId">Which key.</param>
/// <param name="Bytes">The nonce, the encrypted text and the tag.</param>
public sealed record SealedText(string KeyId, byte[] Bytes);
