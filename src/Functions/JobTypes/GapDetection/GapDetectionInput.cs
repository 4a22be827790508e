using System.Text.Json;
using System.Text.Json.Serialization;
using Jobs.Functions.JobTypes.ParseDocument;

namespace Jobs.Functions.JobTypes.GapDetection;

/// <summary>The input of GAP_DETECTION: <c>{document, requirements}</c>.</summary>
/// <param name="Document">The document.</param>
/// <param name="Requirements">What it is to cover.</param>
public sealed record GapDetectionInput(DocumentReference? Document, IReadOnlyList<RequirementInput?>? Requirements);

/// <summary>A requirement: its text, or <c>{id?, text}</c>.</summary>
/// <param name="Id">What results call it; <c>R</c> and its number in the list where it is left out.</param>
/// <param name="Text">What is required.</param>
[JsonConverter(typeof(RequirementConverter))]
public sealed record RequirementInput(string? Id, string? Text);

/// <summary>Reads a requirement in either form.</summary>
internal sealed class RequirementConverter : JsonConverter<RequirementInput>
{
    public override RequirementInput? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is JsonTokenType.String)
        {
            return new RequirementInput(Id: null, reader.GetString());
        }

        try
        {
            return JsonSerializer.Deserialize<Fields>(ref reader, options) is { } fields ? new RequirementInput(fields.Id, fields.Text) : null;
        }
        catch (JsonException error)
        {
            // Its path begins at the requirement: the reader of the whole gives this one the place in the list.
            throw new JsonException(message: null, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, RequirementInput value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Fields(value.Id, value.Text), options);

    private sealed record Fields(string? Id, string? Text);
}
