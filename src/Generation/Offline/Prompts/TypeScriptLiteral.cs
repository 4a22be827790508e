using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jobs.Generation.Offline.Prompts;

/// <summary>
/// Writes values as TypeScript expressions. This is the only way in which text from a prompt enters a source file, so a string literal stays one
/// whatever it holds: quotes, line ends, <c>&lt;/script&gt;</c>, bidirectional controls and lone surrogates are all escaped.
/// </summary>
public static class TypeScriptLiteral
{
    private const string Indent = "  ";

    /// <summary>The string as a double-quoted literal of printable characters only; it reads back as exactly the same UTF-16 code units.</summary>
    public static string Of(string value)
    {
        var text = new StringBuilder(value.Length + 2);
        Append(text, value);
        return text.ToString();
    }

    /// <summary>A JSON value as a literal, indented by two spaces a level. Property names are quoted unless they are plain identifiers.</summary>
    public static string Of(JsonNode? value)
    {
        var text = new StringBuilder();
        Append(text, value, "");
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? value, string indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                AppendBlock(text, '{', '}', indent, members, member =>
                {
                    text.Append(IsIdentifier(member.Key) ? member.Key : Of(member.Key)).Append(": ");
                    Append(text, member.Value, indent + Indent);
                });
                break;
            case JsonObject:
                text.Append("{}");
                break;
            case JsonArray { Count: > 0 } elements:
                AppendBlock(text, '[', ']', indent, elements, element => Append(text, element, indent + Indent));
                break;
            case JsonArray:
                text.Append("[]");
                break;
            case JsonValue leaf when leaf.GetValueKind() == JsonValueKind.String:
                Append(text, leaf.GetValue<string>());
                break;
            default:
                // Numbers, true, false and null are written alike in JSON and TypeScript.
                text.Append(value?.ToJsonString() ?? "null");
                break;
        }
    }

    private static void AppendBlock<T>(StringBuilder text, char open, char close, string indent, IEnumerable<T> parts, Action<T> append)
    {
        text.Append(open).Append('\n');
        foreach (var part in parts)
        {
            text.Append(indent).Append(Indent);
            append(part);
            text.Append(",\n");
        }

        text.Append(indent).Append(close);
    }

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static void Append(StringBuilder text, string value)
    {
        text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                text.Append(c).Append(value[++i]);
                continue;
            }

            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                _ when MustEscape(c) => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    /// <summary>Controls, line separators, invisible formatting (bidirectional overrides among it), surrogates, and what could end a script.</summary>
    private static bool MustEscape(char c) =>
        c is '<' or '>'
        || char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
