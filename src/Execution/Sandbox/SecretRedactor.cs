using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Jobs.Execution.Sandbox;

/// <summary>
/// Replaces a run's secrets by <c>[secret NAME]</c>: each value as it is, as part of JSON, URL-encoded, in hexadecimal and in base64 at all three alignments. Code
/// that takes a value apart or encrypts it can still show it; this is against oversight, as an agent is trusted with its secrets.
/// </summary>
public sealed partial class SecretRedactor
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = SandboxBounds.OutputDepth };

    /// <summary>How often each character stands in the text that this thread looks through; zero for all in between.</summary>
    [ThreadStatic]
    private static int[]? _counts;

    private readonly List<SecretForm> _forms;

    /// <summary>Takes value by name. Empty values are left alone.</summary>
    public SecretRedactor(IReadOnlyDictionary<string, string> secrets) => _forms =
    [
        .. secrets.Where(secret => secret.Value.Length > 0)
            .SelectMany(secret => Forms(secret.Value).Distinct(StringComparer.Ordinal).Select(form => new SecretForm(form, $"[secret {secret.Key}]")))
            // Of two secrets that overlap, the longer gives its name.
            .OrderByDescending(entry => entry.Form.Length)
            .ThenBy(entry => entry.Marker, StringComparer.Ordinal),
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

        var found = Find(text, isCut);
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
    /// Where forms stand in a text; places of one form that overlap are one place. What it costs is bounded by the length of the text, whatever stands in it and whatever the secrets
    /// are: each form is looked for where its rarest character stands, and compared there by a hash.
    /// </summary>
    private List<(int Start, int End, int Length, string Marker)> Find(string text, bool isCut)
    {
        var counts = _counts ??= new int[char.MaxValue + 1];
        foreach (var c in text)
        {
            counts[c]++;
        }

        try
        {
            PartHashes? hashes = null;
            List<(int Start, int End, int Length, string Marker)> found = [];
            foreach (var form in _forms)
            {
                if (form.Form.Length <= text.Length && form.FindRarest(counts) is var rarest && counts[form.Form[rarest]] > 0)
                {
                    Find(text, form, rarest, hashes ??= new PartHashes(text), found);
                }

                if (isCut && form.LongestStartAtEnd(text, hashes ??= new PartHashes(text)) is > 0 and var length)
                {
                    found.Add((text.Length - length, text.Length, length, form.Marker));
                }
            }

            return found;
        }
        finally
        {
            foreach (var c in text)
            {
                counts[c] = 0;
            }
        }
    }

    private static void Find(string text, SecretForm form, int rarest, PartHashes hashes, List<(int Start, int End, int Length, string Marker)> found)
    {
        var length = form.Form.Length;
        var rarestCharacter = form.Form[rarest];
        for (var start = 0; start + length <= text.Length; start++)
        {
            var next = text.AsSpan(start + rarest, text.Length - length - start + 1).IndexOf(rarestCharacter);
            if (next < 0)
            {
                return;
            }

            start += next;
            if (!form.IsAt(text, hashes, start))
            {
                continue;
            }

            var end = EndOfOverlapping(text, form, hashes, start);
            found.Add((start, end, length, form.Marker));
            start = end - 1;
        }
    }

    /// <summary>
    /// The end of the last of those places of a form that overlap one another, from the one at <paramref name="at"/> on. They are not noted one by one: of <c>aaaaaaaa</c> a text
    /// may have as many as it has characters.
    /// </summary>
    private static int EndOfOverlapping(string text, SecretForm form, PartHashes hashes, int at)
    {
        var length = form.Form.Length;
        for (var next = Math.Min(at + length - 1, text.Length - length); next > at; next--)
        {
            if (form.IsAt(text, hashes, next))
            {
                at = next;
                next = Math.Min(at + length - 1, text.Length - length) + 1;
            }
        }

        return at + length;
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

    /// <summary>One way of writing a secret.</summary>
    private sealed class SecretForm(string form, string marker)
    {
        private const int Few = 16;

        private readonly ulong _hash = PartHashes.Of(form);
        private readonly ulong _shift = PartHashes.Shift(form.Length);

        /// <summary>The first place of each of its characters.</summary>
        private readonly int[] _places = [.. form.Select((c, place) => (c, place)).DistinctBy(character => character.c).Select(character => character.place)];

        public string Form => form;

        public string Marker => marker;

        /// <summary>Whether it stands there. Most places differ within a few characters, which is cheaper to see than a hash is to make.</summary>
        public bool IsAt(string text, PartHashes hashes, int start)
        {
            var few = Math.Min(form.Length, Few);
            return text.AsSpan(start, few).SequenceEqual(form.AsSpan(0, few)) && hashes.Of(start, form.Length, _shift) == _hash;
        }

        /// <summary>The place of the character that the counts are lowest for.</summary>
        public int FindRarest(int[] counts)
        {
            var rarest = 0;
            foreach (var place in _places)
            {
                if (counts[form[place]] < counts[form[rarest]])
                {
                    rarest = place;
                }
            }

            return rarest;
        }

        /// <summary>How many of its first characters are the text's last; less than all of them.</summary>
        public int LongestStartAtEnd(string text, PartHashes hashes)
        {
            var (longest, start, shift) = (0, 0UL, 1UL);
            for (var length = 1; length < form.Length && length <= text.Length; length++)
            {
                start = PartHashes.Append(start, form[length - 1]);
                shift = PartHashes.NextShift(shift);
                if (hashes.Of(text.Length - length, length, shift) == start)
                {
                    longest = length;
                }
            }

            return longest;
        }
    }
}
