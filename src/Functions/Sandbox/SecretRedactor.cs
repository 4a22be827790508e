using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Jobs.Functions.Sandbox;

/// <summary>
/// Replaces a run's secrets by <c>[secret NAME]</c>: each value as it is, as part of JSON, URL-encoded, in hexadecimal and in base64 at all three alignments. Code
/// that takes a value apart or encrypts it can still show it; this is against oversight, as an agent is trusted with its secrets.
/// </summary>
public sealed class SecretRedactor
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = SandboxBounds.OutputDepth };

    private readonly List<(string Form, string Marker)> _forms;

    /// <summary>Takes value by name. Empty values are left alone.</summary>
    public SecretRedactor(IReadOnlyDictionary<string, string> secrets) => _forms =
    [
        .. secrets.Where(secret => secret.Value.Length > 0)
            .SelectMany(secret => Forms(secret.Value).Distinct(StringComparer.Ordinal).Select(form => (form, $"[secret {secret.Key}]")))
            // Of two secrets that overlap, the longer gives its name.
            .OrderByDescending(entry => entry.form.Length)
            .ThenBy(entry => entry.Item2, StringComparer.Ordinal),
    ];

    /// <summary>The text without secrets.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="isCut">Whether more followed: then an end that a secret begins with is replaced as well.</param>
    public string Redact(string text, bool isCut = false)
    {
        // Per character, the form that covers it; where several do, the longest, which comes first.
        List<(int Start, int End, string Marker)> found = [];
        foreach (var (form, marker) in _forms)
        {
            for (var at = text.IndexOf(form, StringComparison.Ordinal); at >= 0; at = text.IndexOf(form, at + 1, StringComparison.Ordinal))
            {
                found.Add((at, at + form.Length, marker));
                if (at + 1 > text.Length - form.Length)
                {
                    break;
                }
            }

            if (isCut && LongestStartAtEnd(text, form) is > 0 and var length)
            {
                found.Add((text.Length - length, text.Length, marker));
            }
        }

        if (found.Count == 0)
        {
            return text;
        }

        var result = new StringBuilder();
        var position = 0;
        // Those that overlap become one, under the name of the longest of them.
        var ordered = found.OrderBy(match => match.Start).ToList();
        for (var i = 0; i < ordered.Count;)
        {
            var (start, end, marker) = ordered[i];
            var longest = end - start;
            for (i++; i < ordered.Count && ordered[i].Start < end; i++)
            {
                var length = ordered[i].End - ordered[i].Start;
                if (length > longest)
                {
                    (longest, marker) = (length, ordered[i].Marker);
                }

                end = Math.Max(end, ordered[i].End);
            }

            result.Append(text, position, start - position).Append(marker);
            position = end;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    /// <summary>
    /// The JSON without secrets in its texts, names and numbers; still JSON. A secret that is itself JSON and stands there as such takes the place of all.
    /// </summary>
    /// <exception cref="JsonException">It is not JSON, or nested deeper than <see cref="SandboxBounds.OutputDepth"/>.</exception>
    public string RedactJson(ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length);
        var changed = false;
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = SandboxBounds.OutputDepth });
            while (reader.Read())
            {
                changed |= Copy(ref reader, writer);
            }
        }

        var result = Encoding.UTF8.GetString(changed ? buffer.WrittenSpan : json);
        return Redact(result) is var text && text == result || changed && Redact(Unmarked(result)) == Unmarked(result)
            ? result
            : JsonSerializer.Serialize(_forms.First(entry => result.Contains(entry.Form, StringComparison.Ordinal)).Marker);
    }

    /// <summary>Copies one token; whether it was changed.</summary>
    private bool Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                return false;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                return false;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                return false;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                return false;
            case JsonTokenType.PropertyName:
                var name = reader.GetString()!;
                var redactedName = Redact(name);
                writer.WritePropertyName(redactedName);
                return redactedName != name;
            case JsonTokenType.String:
                var value = reader.GetString()!;
                var redacted = Redact(value);
                writer.WriteStringValue(redacted);
                return redacted != value;
            default:
                var raw = Encoding.UTF8.GetString(reader.ValueSpan);
                var redactedRaw = Redact(raw);
                if (redactedRaw != raw)
                {
                    writer.WriteStringValue(redactedRaw);
                    return true;
                }

                writer.WriteRawValue(raw);
                return false;
        }
    }

    /// <summary>Without the markers, in which another secret's value could be found.</summary>
    private string Unmarked(string text) => _forms.Select(entry => entry.Marker).Distinct().Aggregate(text, (rest, marker) => rest.Replace(marker, "\0", StringComparison.Ordinal));

    private static int LongestStartAtEnd(string text, string form)
    {
        for (var length = Math.Min(form.Length - 1, text.Length); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(form.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }

    private static IEnumerable<string> Forms(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return value;
        yield return Shown(value);

        // As JSON.stringify writes it, and as writers do that escape more; once more for JSON within JSON.
        foreach (var encoder in new[] { JavaScriptEncoder.UnsafeRelaxedJsonEscaping, JavaScriptEncoder.Default })
        {
            var escaped = encoder.Encode(value);
            yield return escaped;
            yield return escaped.Replace("/", "\\/");
            yield return encoder.Encode(escaped);
            // As the console shows texts within objects: in quotes that the text does not have.
            yield return Shown(escaped);
        }

        var url = Uri.EscapeDataString(value);
        // encodeURIComponent leaves these five as they are.
        var component = url.Replace("%21", "!").Replace("%27", "'").Replace("%28", "(").Replace("%29", ")").Replace("%2A", "*");
        foreach (var encoded in new[] { url, component, url.Replace("%20", "+"), component.Replace("%20", "+"), url.Replace("%20", "+").Replace("%2A", "*").Replace("~", "%7E") })
        {
            yield return encoded;
            yield return LowerEscapes(encoded);
        }

        yield return Convert.ToHexString(bytes);
        yield return Convert.ToHexStringLower(bytes);

        yield return Convert.ToBase64String(bytes);
        for (var before = 0; before < 3; before++)
        {
            // The characters that depend on the value alone, whatever stands before and after it.
            var all = Convert.ToBase64String([.. new byte[before], .. bytes]);
            var first = (before * 8 + 5) / 6;
            var last = (before + bytes.Length) * 8 / 6;
            var core = all[first..last];
            yield return core;
            yield return core.Replace('+', '-').Replace('/', '_');
            yield return core.Replace("/", "\\/");
        }
    }

    private static string Shown(string text) => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text).Replace("\\\"", "\"");

    private static string LowerEscapes(string encoded)
    {
        var result = encoded.ToCharArray();
        for (var i = 0; i < result.Length; i++)
        {
            if (result[i] == '%')
            {
                result[i + 1] = char.ToLower(result[i + 1], CultureInfo.InvariantCulture);
                result[i + 2] = char.ToLower(result[i + 2], CultureInfo.InvariantCulture);
            }
        }

        return new string(result);
    }
}
