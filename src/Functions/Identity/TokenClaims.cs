using System.Buffers.Text;
using System.Text.Json;

namespace Jobs.Functions.Identity;

/// <summary>What a token says of itself. Nothing of it may be believed before its signature is checked.</summary>
/// <param name="Algorithm">How it is signed.</param>
/// <param name="KeyId">Which key it is signed with.</param>
/// <param name="Issuer">Who issued it.</param>
/// <param name="Subject">Whom it stands for.</param>
/// <param name="Audiences">Whom it is meant for; null where it does not say.</param>
/// <param name="ClientId">The app that it was issued to; null where it does not say.</param>
/// <param name="Use">Cognito's <c>token_use</c>, likewise.</param>
/// <param name="Expires">When it ends, in seconds of Unix time.</param>
/// <param name="NotBefore">When it begins, likewise; null where it does not say.</param>
/// <param name="Payload">All claims.</param>
internal sealed record TokenClaims(
    string Algorithm,
    string KeyId,
    string Issuer,
    string Subject,
    IReadOnlyList<string>? Audiences,
    string? ClientId,
    string? Use,
    double Expires,
    double? NotBefore,
    JsonElement Payload)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>
    /// Reads a signed token in its compact form; null for anything else: parts that are no base64url or no JSON objects, a field that stands twice, a claim that is missing or of another type
    /// than it must be, or extensions that must be understood (<c>crit</c>), of which we know none.
    /// </summary>
    public static TokenClaims? Read(string token)
    {
        if (token.Split('.') is not [var first, var second, { Length: > 0 } signature] || !IsBase64Url(signature))
        {
            return null;
        }

        try
        {
            if (ReadPart(first) is not { } header || ReadPart(second) is not { } payload || header.TryGetProperty("crit", out _))
            {
                return null;
            }

            return Text(header, "alg") is { } algorithm
                && Text(header, "kid") is { } keyId
                && Text(payload, "iss") is { } issuer
                && Text(payload, "sub") is { } subject
                && Number(payload, "exp") is { } expires
                && (Number(payload, "nbf") is var notBefore && (notBefore is not null || !payload.TryGetProperty("nbf", out _)))
                && (Texts(payload, "aud") is var audiences && (audiences is not null || !payload.TryGetProperty("aud", out _)))
                    ? new TokenClaims(algorithm, keyId, issuer, subject, audiences, Text(payload, "client_id"), Text(payload, "token_use"), expires, notBefore, payload)
                    : null;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair passes the parser and only fails when it is read.
            return null;
        }
    }

    /// <summary>The texts of a claim that is a text or a list of texts; null where it is neither.</summary>
    public IReadOnlyList<string>? TextsOf(string claim)
    {
        try
        {
            return Texts(Payload, claim);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonElement? ReadPart(string part)
    {
        if (!IsBase64Url(part))
        {
            return null;
        }

        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
        return document.RootElement.ValueKind is JsonValueKind.Object ? document.RootElement.Clone() : null;
    }

    /// <summary>The decoder would take blanks and padding too, which a token has none of.</summary>
    private static bool IsBase64Url(string part) => part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static double? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    private static IReadOnlyList<string>? Texts(JsonElement json, string name) => !json.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String) => [.. value.EnumerateArray().Select(item => item.GetString()!)],
        _ => null,
    };
}
