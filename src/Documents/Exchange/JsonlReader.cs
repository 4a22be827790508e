using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Jobs.Documents.Exchange;

/// <summary>
/// Reads documents from JSON Lines: an object a line with the strings <c>title</c> and <c>text</c>, and where wanted <c>id</c>, <c>url</c> and <c>metadata</c>, an object whose values are strings,
/// numbers, truth values or null. Other members count as metadata. A bad row is reported and stops no other; see <see cref="ExchangeLimits"/>.
/// </summary>
public static class JsonlReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ExchangeLimits.MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The rows of a file in their order, one at a time in memory.</summary>
    public static async IAsyncEnumerable<ImportedRow> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var splitter = new RowSplitter(stream, isCsv: false);
        var rows = 0;
        while (await splitter.NextAsync(cancellationToken) is { } row)
        {
            if (++rows > ExchangeLimits.MaxRows)
            {
                yield return ImportedRow.Bad(row.Line, ImportErrorCodes.TooManyRows, $"The file has more than {ExchangeLimits.MaxRows} rows; the others are not read.");
                yield break;
            }

            yield return row.ErrorCode is { } code ? ImportedRow.Bad(row.Line, code, row.ErrorMessage!) : Read(row.Line, row.Bytes);
        }
    }

    private static ImportedRow Read(long line, ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span))
        {
            return ImportedRow.Bad(line, ImportErrorCodes.InvalidEncoding, "The row is not in UTF-8.");
        }

        if (IsTooDeep(bytes.Span))
        {
            return ImportedRow.Bad(line, ImportErrorCodes.TooDeep, $"The row is nested deeper than {ExchangeLimits.MaxDepth} levels.");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(line, document.RootElement)
                : ImportedRow.Bad(line, ImportErrorCodes.InvalidJson, "The row is not a JSON object.");
        }
        catch (JsonException error)
        {
            return ImportedRow.Bad(line, ImportErrorCodes.InvalidJson, $"The row is not JSON, from character {error.BytePositionInLine + 1} on, or names a member twice.");
        }
        catch (InvalidOperationException)
        {
            // The reader says so of an escaped half of a surrogate pair.
            return ImportedRow.Bad(line, ImportErrorCodes.InvalidJson, "A text of the row has an escape that stands for no character.");
        }
    }

    private static ImportedRow Read(long line, JsonElement row)
    {
        var texts = new Dictionary<string, string?>(StringComparer.Ordinal);
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in row.EnumerateObject())
        {
            var isMetadata = member.NameEquals("metadata");
            if (member.Name is "title" or "text" or "id" or "url" && member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null)
            {
                texts[member.Name] = member.Value.GetString();
            }
            else if (member.Name is "title" or "text" or "id" or "url" || (isMetadata && member.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null)))
            {
                return ImportedRow.Bad(line, ImportErrorCodes.InvalidValue, $"{member.Name} must be {(isMetadata ? "an object" : "a string")}.");
            }
            else if (isMetadata && member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var value in member.Value.EnumerateObject())
                {
                    if (!TryAdd(metadata, value))
                    {
                        return NoScalar(line);
                    }
                }
            }
            else if (!isMetadata && !TryAdd(metadata, member))
            {
                return NoScalar(line);
            }
        }

        if (metadata.Count > ExchangeLimits.MaxColumns)
        {
            return ImportedRow.Bad(line, ImportErrorCodes.TooManyColumns, $"The row has more than {ExchangeLimits.MaxColumns} values.");
        }

        var document = ImportedDocument.Create(
            texts.GetValueOrDefault("title"), texts.GetValueOrDefault("text"), texts.GetValueOrDefault("id"), texts.GetValueOrDefault("url"), metadata, line, out var error);
        return new ImportedRow(line, document, error);
    }

    private static ImportedRow NoScalar(long line) =>
        ImportedRow.Bad(line, ImportErrorCodes.InvalidValue, "Metadata must be strings, numbers, truth values or null, each with a name of its own.");

    private static bool TryAdd(SortedDictionary<string, string> metadata, JsonProperty value)
    {
        switch (value.Value.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.String:
                return metadata.TryAdd(CleanText.Clean(value.Name), CleanText.Clean(value.Value.GetString()!));
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                return metadata.TryAdd(CleanText.Clean(value.Name), value.Value.GetRawText());
            default:
                return false;
        }
    }

    /// <summary>Counts brackets outside of strings: the reader's own limit does not tell depth from other faults.</summary>
    private static bool IsTooDeep(ReadOnlySpan<byte> json)
    {
        var depth = 0;
        var isInString = false;
        for (var i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case (byte)'\\' when isInString:
                    i++;
                    break;
                case (byte)'"':
                    isInString = !isInString;
                    break;
                case (byte)'{' or (byte)'[' when !isInString:
                    if (++depth > ExchangeLimits.MaxDepth)
                    {
                        return true;
                    }

                    break;
                case (byte)'}' or (byte)']' when !isInString:
                    depth--;
                    break;
            }
        }

        return false;
    }
}
