using System.Drawing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jobs.Generation.Offline.Prompts;

/// <summary>An opaque sRGB colour. Its text form is always <c>#rrggbb</c>, so it may be written into a style sheet.</summary>
[JsonConverter(typeof(ColourConverter))]
public readonly record struct Colour(byte R, byte G, byte B)
{
    /// <summary>
    /// A plain colour word means a hue, not a value: the shade is one that looks well and, where the hue allows it, carries white text.
    /// A more particular CSS name ("crimson") and a hexadecimal value are taken exactly.
    /// </summary>
    private static readonly Dictionary<string, string> Hues = new(StringComparer.OrdinalIgnoreCase)
    {
        ["red"] = "#dc2626",
        ["orange"] = "#ea7317",
        ["yellow"] = "#facc15",
        ["green"] = "#15803d",
        ["lime"] = "#84cc16",
        ["teal"] = "#0f766e",
        ["cyan"] = "#06b6d4",
        ["blue"] = "#2563eb",
        ["purple"] = "#7e22ce",
        ["violet"] = "#7c3aed",
        ["magenta"] = "#c026d3",
        ["pink"] = "#db2777",
        ["brown"] = "#92400e",
        ["gray"] = "#4b5563",
        ["grey"] = "#4b5563",
        ["black"] = "#111827",
    };

    private static readonly Dictionary<string, Colour> Named = NamedColours();

    /// <summary>White.</summary>
    public static Colour White { get; } = new(255, 255, 255);

    /// <summary>Black.</summary>
    public static Colour Black { get; } = new(0, 0, 0);

    /// <summary>Every name that is understood, compound ones with a space between their words ("dark blue").</summary>
    public static IReadOnlyCollection<string> Names => Named.Keys;

    /// <summary>Reads <c>#rgb</c>, <c>#rrggbb</c> or a name; case, spaces and hyphens within a name do not matter.</summary>
    public static bool TryParse(string text, out Colour colour)
    {
        if (!text.StartsWith('#'))
        {
            var words = text.Replace('-', ' ').Trim();
            return Named.TryGetValue(words, out colour) || Compact.TryGetValue(words.Replace(" ", ""), out colour);
        }

        colour = default;
        var digits = text.Length == 4 ? string.Concat(text.Skip(1).Select(c => new string(c, 2))) : text[1..];
        if (digits.Length != 6 || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        colour = new((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return true;
    }

    /// <summary>WCAG 2 contrast ratio with another colour, 1 to 21.</summary>
    public double ContrastWith(Colour other)
    {
        var (a, b) = (Luminance, other.Luminance);
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>White or black, whichever reads better on this colour; the contrast is at least 4.5.</summary>
    public Colour TextOn() => ContrastWith(White) >= 4.5 ? White : Black;

    /// <summary>This colour, moved towards black or white just as far as it takes to have the given contrast with the surface.</summary>
    public Colour ReadableOn(Colour surface, double contrast)
    {
        var end = surface.ContrastWith(White) > surface.ContrastWith(Black) ? White : Black;
        for (var share = 0.0; share < 1; share += 0.04)
        {
            var candidate = Mix(end, share);
            if (candidate.ContrastWith(surface) >= contrast)
            {
                return candidate;
            }
        }

        return end;
    }

    /// <summary>This colour with a share (0 to 1) of another mixed in.</summary>
    public Colour Mix(Colour other, double share)
    {
        byte Blend(byte a, byte b) => (byte)Math.Round(a + ((b - a) * share));
        return new(Blend(R, other.R), Blend(G, other.G), Blend(B, other.B));
    }

    /// <inheritdoc/>
    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

    private static readonly Dictionary<string, Colour> Compact =
        Named.ToDictionary(pair => pair.Key.Replace(" ", ""), pair => pair.Value, StringComparer.OrdinalIgnoreCase);

    private double Luminance
    {
        get
        {
            static double Linear(byte channel)
            {
                var c = channel / 255.0;
                return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
            }

            return (0.2126 * Linear(R)) + (0.7152 * Linear(G)) + (0.0722 * Linear(B));
        }
    }

    private static Dictionary<string, Colour> NamedColours()
    {
        var names = new Dictionary<string, Colour>(StringComparer.OrdinalIgnoreCase);
        // System.Drawing's known colours from AliceBlue to YellowGreen are CSS's, written in PascalCase.
        for (var known = KnownColor.AliceBlue; known <= KnownColor.YellowGreen; known++)
        {
            var value = Color.FromKnownColor(known);
            var name = string.Concat(known.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? " " + c : c.ToString())).ToLowerInvariant();
            names[name] = new(value.R, value.G, value.B);
            names[name.Replace("gray", "grey")] = new(value.R, value.G, value.B);
        }

        foreach (var (name, hex) in Hues)
        {
            names[name] = TryParse(hex, out var colour) ? colour : throw new FormatException(hex);
        }

        return names;
    }

    private sealed class ColourConverter : JsonConverter<Colour>
    {
        public override Colour Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is ['#', ..] text && TryParse(text, out var colour) ? colour : throw new JsonException("A colour is #rrggbb.");

        public override void Write(Utf8JsonWriter writer, Colour value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
