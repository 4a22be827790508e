using System.Text;
using System.Text.Json;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Api.Builder;

/// <summary>
/// What a sender's request to a webhook says, as the JSON that an agent is given: JSON as it is, an empty body as <c>{}</c>, a form as an object of its fields, where a field that stands more
/// than once is a list. A form of the one field <c>payload</c> that holds a JSON object, as GitHub and Slack send it, is that object.
/// </summary>
internal static class WebhookBody
{
    /// <summary>The most fields of a form.</summary>
    public const int MaxFields = 1_000;

    private const string PayloadField = "payload";

    /// <summary>Reads it; throws <see cref="ProblemException"/> as <see cref="BodyText.ReadAsync"/> does, when a form is damaged (400), and for another media type (415).</summary>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var isForm = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        if (!isForm && request.ContentType is { Length: > 0 } && !request.HasJsonContentType() && type?.Type.Equals("text", StringComparison.OrdinalIgnoreCase) is not true)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status415UnsupportedMediaType,
                "unsupported_media_type",
                "Send the body as application/json or application/x-www-form-urlencoded."));
        }

        var text = await BodyText.ReadAsync(request, RequestBody.MaxBytes, cancellationToken);
        return isForm ? FromForm(Encoding.UTF8.GetString(text)) : text;
    }

    private static byte[] FromForm(string text)
    {
        Dictionary<string, Microsoft.Extensions.Primitives.StringValues> fields;
        try
        {
            using var reader = new FormReader(text) { ValueCountLimit = MaxFields, KeyLengthLimit = RequestBody.MaxBytes, ValueLengthLimit = RequestBody.MaxBytes };
            fields = reader.ReadForm();
        }
        catch (InvalidDataException)
        {
            throw new ProblemException(new Problem(StatusCodes.Status400BadRequest, "invalid_body", $"The form has more than {MaxFields} fields."));
        }

        if (fields.Count == 1 && fields.TryGetValue(PayloadField, out var payload) && payload is [{ } only] && IsObject(only))
        {
            return Encoding.UTF8.GetBytes(only);
        }

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in fields)
            {
                writer.WritePropertyName(name);
                if (values is [var value])
                {
                    writer.WriteStringValue(value);
                    continue;
                }

                writer.WriteStartArray();
                foreach (var one in values)
                {
                    writer.WriteStringValue(one);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
