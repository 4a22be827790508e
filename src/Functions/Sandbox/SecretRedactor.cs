using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Jobs.Functions.Sandbox;

/// <summary>
/// Replaces a run's secrets by <c>[secret NAME]</c>: each value as it is, as part of JSON, URL-encoded, in hexadecimal and in base64 at all three alignments. Code
/// that takes a value apart or encrypts it can still show it; this is against oversight, as an agent is trusted with its secrets.
/// </summary>
public sealed partial class SecretRedactor
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
        // The forms stand longest first: a text that is shorter than the last holds none.
        if (_forms.Count == 0 || (!isCut && text.Length < _forms[^1].Form.Length))
        {
            return text;
        }

        List<(int Start, int End, int Length, string Marker)> found = [];
        foreach (var (form, marker) in _forms)
        {
            for (var at = text.IndexOf(form, StringComparison.Ordinal); at >= 0;)
            {
                var end = EndOfOverlapping(text, form, at);
                found.Add((at, end, form.Length, marker));
                at = text.IndexOf(form, end, StringComparison.Ordinal);
            }

            if (isCut && LongestStartAtEnd(text, form) is > 0 and var length)
            {
                found.Add((text.Length - length, text.Length, length, marker));
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
            var (start, end, longest, marker) = ordered[i];
            for (i++; i < ordered.Count && ordered[i].Start < end; i++)
            {
                if (ordered[i].Length > longest)
                {
                    (longest, marker) = (ordered[i].Length, ordered[i].Marker);
                }

                end = Math.Max(end, ordered[i].End);
            }

            result.Append(text, position, start - position).Append(marker);
            position = end;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    /// <summary>
    /// The JSON without secrets in its texts, names and numbers; still JSON. A secret that is itself JSON and stands there as such takes the place of all. Half of a surrogate
    /// pair, which JSON can spell but no reader can give as text, becomes U+FFFD.
    /// </summary>
    /// <exception cref="JsonException">It is not JSON, or nested deeper than <see cref="SandboxBounds.OutputDepth"/>.</exception>
    public string RedactJson(ReadOnlySpan<byte> json)
    {
        var given = Encoding.UTF8.GetString(json);
        var text = Escape().Replace(given, match => match.Groups["half"].Success ? @"\ufffd" : match.Value);
        if (text != given)
        {
            json = Encoding.UTF8.GetBytes(text);
        }

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

        var result = changed ? Encoding.UTF8.GetString(buffer.WrittenSpan) : text;
        return Redact(result) == result || changed && Redact(Unmarked(result)) == Unmarked(result)
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

    /// <summary>
    /// The end of the last of those places of a form that overlap one another, from the one at <paramref name="at"/> on. They are not noted one by one: of <c>aaaaaaaa</c> a text
    /// may have as many as it has characters.
    /// </summary>
    private static int EndOfOverlapping(string text, string form, int at)
    {
        while (true)
        {
            var window = text.AsSpan(at + 1, Math.Min(2 * form.Length - 2, text.Length - at - 1));
            var next = window.LastIndexOf(form, StringComparison.Ordinal);
            if (next < 0)
            {
                return at + form.Length;
            }

            at += 1 + next;
        }
    }

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

    // Both halves of a pair are taken together, and "\\" is one escape, so that what follows it is none.
    [GeneratedRegex(@"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", RegexOptions.Singleline)]
    private static partial Regex Escape();
}
