using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jobs.Documents.Parsing;

/// <summary>A document as one line of JSON: what the process that reads documents writes.</summary>
public static class ParsedDocumentJson
{
    private static readonly ParsedDocumentContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // No page shows it; other escapes would make texts in most languages three times as long.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes a document without a line end.</summary>
    public static void Write(Stream target, ParsedDocument document) => JsonSerializer.Serialize(target, document, Context.ParsedDocument);

    /// <summary>Reads a document and checks what <see cref="ParsedDocument"/> promises of it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ParsedDocument Read(ReadOnlySpan<byte> utf8)
    {
        // What a reader of JSON does not find is null, whatever the type says.
        if (JsonSerializer.Deserialize(utf8, Context.ParsedDocument) is not { Text: not null, Format: not null, Sections: not null, Tables: not null } document)
        {
            throw new JsonException("The document is not whole.");
        }

        var end = 0;
        foreach (var section in document.Sections)
        {
            if (section.Start != end || section.Length < 0 || section.Length > document.Text.Length - end)
            {
                throw new JsonException("The sections do not follow one another.");
            }

            end += section.Length;
        }

        return end == document.Text.Length ? document : throw new JsonException("The sections do not cover the text.");
    }
}

/// <summary>Generated, so that a process that reads one document need not find out how it is written.</summary>
[JsonSerializable(typeof(ParsedDocument))]
internal sealed partial class ParsedDocumentContext : JsonSerializerContext;
