using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>
/// A request's body, read and checked by ourselves: the worker answers a body that does not bind with a bare 500. Unknown fields are ignored;
/// a wrong type is an error that names the field.
/// </summary>
public sealed class RequestBody
{
    /// <summary>The most bytes a JSON body may have: 256 KiB.</summary>
    public const int MaxBytes = 256 * 1024;

    private readonly Dictionary<string, JsonElement> _fields;
    private readonly List<FieldError> _errors = [];

    private RequestBody(byte[] bytes, JsonElement json) => (Bytes, Json, _fields) = (bytes, json, ReadFields(json));

    /// <summary>The body in UTF-8, unpacked.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The body as a JSON object.</summary>
    public JsonElement Json { get; }

    /// <summary>
    /// Reads the body; throws <see cref="ProblemException"/> when it is too large (413), does not arrive whole (400, 408), is packed in a way that is not taken (415) or is not a JSON
    /// object in which no field stands twice (400). Where every field is optional, <paramref name="mayBeEmpty"/> takes no body for <c>{}</c>.
    /// </summary>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken, bool mayBeEmpty = false) =>
        Parse(await BodyText.ReadAsync(request, MaxBytes, cancellationToken), mayBeEmpty);

    /// <summary>As <see cref="ReadAsync"/>, of a text in UTF-8 that was read already.</summary>
    public static RequestBody Parse(byte[] bytes, bool mayBeEmpty = false)
    {
        if (bytes.Length == 0 && mayBeEmpty)
        {
            bytes = "{}"u8.ToArray();
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? new RequestBody(bytes, document.RootElement.Clone())
                : throw NotJson("The body must be a JSON object.");
        }
        catch (JsonException error)
        {
            throw NotJson($"The body is not valid JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}).");
        }
    }

    /// <summary>Reads a body whatever it is; throws <see cref="ProblemException"/> when it is too large (413) or does not arrive whole (400, 408).</summary>
    public static async Task<byte[]> ReadBytesAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await request.Body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if (bytes.Length + read > maxBytes)
                {
                    throw TooLarge(maxBytes);
                }

                bytes.Write(buffer, 0, read);
            }
        }
        catch (IOException error)
        {
            // A body that is badly framed, cut off or too slow, for most of which the server has an answer of its own. It has none for a chunk too long for a number, and throws the bare exception.
            var status = error is BadHttpRequestException { StatusCode: var known } ? known : StatusCodes.Status400BadRequest;
            throw new ProblemException(new Problem(status, "invalid_body", "The body did not arrive whole."));
        }

        return bytes.ToArray();
    }

    /// <summary>413: what is sent has more than so many bytes.</summary>
    public static ProblemException TooLarge(int maxBytes) =>
        new(new Problem(StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The body must have at most {maxBytes} bytes."));

    /// <summary>
    /// A string field, counted in Unicode characters. Null when the field is absent or null and <paramref name="required"/> is false; a broken rule is kept
    /// for <see cref="ThrowIfInvalid"/>.
    /// </summary>
    public string? Text(string field, int minLength, int maxLength, bool required = false)
    {
        if (!_fields.TryGetValue(field, out var element) || element.ValueKind is JsonValueKind.Null)
        {
            return required ? Error(field, "is required") : null;
        }

        if (element.ValueKind is not JsonValueKind.String)
        {
            return Error(field, $"must be a string, not {Describe(element.ValueKind)}");
        }

        string text;
        try
        {
            text = element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate passes the parser and only fails here.
            return Error(field, "must be valid Unicode text");
        }

        var length = text.EnumerateRunes().Count();
        return length < minLength || length > maxLength ? Error(field, $"must have {minLength} to {maxLength} characters, not {length}")
            : minLength > 0 && string.IsNullOrWhiteSpace(text) ? Error(field, "must not be blank")
            : text;
    }

    /// <summary>True when the field is there, also as null.</summary>
    public bool Has(string field) => _fields.ContainsKey(field);

    /// <summary>An object; null when the field is absent or null. A broken rule is kept for <see cref="ThrowIfInvalid"/>.</summary>
    public JsonElement? Object(string field) => Value(field, JsonValueKind.Object, "an object");

    /// <summary>A boolean; null when the field is absent or null. A broken rule is kept for <see cref="ThrowIfInvalid"/>.</summary>
    public bool? Flag(string field) =>
        _fields.TryGetValue(field, out var element) && element.ValueKind is JsonValueKind.False ? false
        : Value(field, JsonValueKind.True, "a boolean") is not null ? true
        : null;

    /// <summary>An array; null when the field is absent or null. A broken rule is kept for <see cref="ThrowIfInvalid"/>.</summary>
    public JsonElement? Array(string field) => Value(field, JsonValueKind.Array, "an array");

    /// <summary>Keeps a rule that a field breaks for <see cref="ThrowIfInvalid"/>.</summary>
    public void Refuse(string field, string message) => Error(field, message);

    /// <summary>Throws <see cref="ProblemException"/> (400) that lists every broken rule, if there is one.</summary>
    public void ThrowIfInvalid()
    {
        if (_errors.Count > 0)
        {
            throw new ProblemException(Problem.Invalid([.. _errors]));
        }
    }

    private static Dictionary<string, JsonElement> ReadFields(JsonElement json)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException)
            {
                throw NotJson("The name of a field is not valid Unicode text.");
            }

            if (!fields.TryAdd(name, property.Value))
            {
                throw NotJson("A field stands twice.");
            }
        }

        return fields;
    }

    private JsonElement? Value(string field, JsonValueKind kind, string what)
    {
        if (!_fields.TryGetValue(field, out var element) || element.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (element.ValueKind == kind)
        {
            return element;
        }

        Error(field, $"must be {what}, not {Describe(element.ValueKind)}");
        return null;
    }

    private string? Error(string field, string message)
    {
        _errors.Add(new FieldError(field, message));
        return null;
    }

    private static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.String => "a string",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
    };

    private static ProblemException NotJson(string detail) => new(new Problem(StatusCodes.Status400BadRequest, "invalid_json", detail));
}
