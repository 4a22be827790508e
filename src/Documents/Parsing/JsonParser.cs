using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Jobs.Documents.Parsing;

/// <summary>
/// JSON as lines <c>path: value</c>, in the order of the file. Each member of the outermost object is a section under its name, within which paths begin below it, as long as there may be more sections.
/// Its title is the member of that name. One pass; what is nested in what is only remembered as the path.
/// </summary>
internal static class JsonParser
{
    /// <summary>The most UTF-16 units of a path: 2,000. What names are nested could otherwise make a text of a hundred times the file.</summary>
    public const int MaxPathLength = 2_000;

    public static ParsedDocument Parse(ReadOnlyMemory<byte> content, DocumentBuilder builder)
    {
        var (encoding, mark) = TextDecoder.ByMark(content.Span);
        // JSON is UTF-8; what is in another encoding all the same is told by its mark.
        var utf8 = encoding is null or UTF8Encoding ? content.Span[mark..] : Encoding.UTF8.GetBytes(TextDecoder.Decode(content.Span, null));
        var walk = new Walk(builder);
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DocumentLimits.MaxDepth });
            walk.Read(ref reader);
        }
        catch (JsonException e)
        {
            throw e.Message.Contains("depth", StringComparison.OrdinalIgnoreCase)
                ? new DocumentException(DocumentErrorCode.TooDeep, $"The JSON is nested deeper than {DocumentLimits.MaxDepth} levels.", e)
                : new DocumentException(
                    DocumentErrorCode.Malformed,
                    string.Create(CultureInfo.InvariantCulture, $"The JSON is malformed at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."),
                    e);
        }

        // The name of the first member is no title.
        return builder.Build(DocumentKind.Json, walk.Title ?? "", pages: null);
    }

    private sealed class Walk(DocumentBuilder builder)
    {
        private readonly StringBuilder _path = new();
        private readonly Stack<Level> _levels = new();
        private string? _member;

        /// <summary>What the outermost member <c>title</c> says.</summary>
        public string? Title { get; private set; }

        public void Read(ref Utf8JsonReader reader)
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        Name(Text(ref reader));
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        Enter(isArray: reader.TokenType == JsonTokenType.StartArray);
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        Leave();
                        break;
                    default:
                        var value = Text(ref reader);
                        Title = IsOutermostMember && _member == "title" && reader.TokenType == JsonTokenType.String ? value : Title;
                        Value(value);
                        break;
                }
            }
        }

        private bool IsOutermostMember => _levels.Count == 1 && !_levels.Peek().IsArray;

        private void Name(string name)
        {
            if (IsOutermostMember)
            {
                _member = name;
                return;
            }

            _path.Length = _levels.Peek().PathLength;
            _path.Append(_path.Length > 0 ? "." : "").Append(name);
            DocumentBuilder.Limit(_path.Length, MaxPathLength, "characters in the path of a value");
        }

        private void Enter(bool isArray)
        {
            Item();
            if (IsOutermostMember)
            {
                _path.Clear();
                if (builder.HasRoomForSection)
                {
                    builder.Heading(_member!, 1);
                }
                else
                {
                    _path.Append(_member);
                }
            }

            _levels.Push(new Level(isArray, _path.Length));
        }

        private void Leave()
        {
            _levels.Pop();
            _path.Length = _levels.TryPeek(out var outer) ? outer.PathLength : 0;
        }

        private void Value(string value)
        {
            Item();
            if (IsOutermostMember)
            {
                builder.Heading(_member!, 1, $"{_member}: {value}");
            }
            else
            {
                builder.Line(_path.Length > 0 ? $"{_path}: {value}" : value);
            }
        }

        /// <summary>Adds to the path which item of an array comes next.</summary>
        private void Item()
        {
            if (_levels.TryPeek(out var level) && level.IsArray)
            {
                _path.Length = level.PathLength;
                _path.Append(CultureInfo.InvariantCulture, $"[{level.Items++}]");
                DocumentBuilder.Limit(_path.Length, MaxPathLength, "characters in the path of a value");
            }
        }

        private static string Text(ref Utf8JsonReader reader)
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                try
                {
                    return reader.GetString()!;
                }
                catch (InvalidOperationException)
                {
                    // Half of a character, which JSON can say by an escape and no text can hold: the escape stays as it is written.
                }
            }

            return Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        }

        private sealed record Level(bool IsArray, int PathLength)
        {
            public int Items { get; set; }
        }
    }
}
