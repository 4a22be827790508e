using System.Globalization;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Jobs.Documents.Parsing;

/// <summary>What the paragraph styles of a Word document say of headings and lists.</summary>
internal sealed class WordStyles
{
    /// <summary>The outline level of what is no heading.</summary>
    public const int BodyText = 9;

    /// <summary>How far what a style is based on is followed, as styles can be based on each other in a circle.</summary>
    private const int MaxBases = 20;

    private readonly Dictionary<string, Style> _styles = [];

    /// <summary>Reads the styles; none when there is no part of them.</summary>
    public static WordStyles Read(StyleDefinitionsPart? part)
    {
        var read = new WordStyles();
        foreach (var style in part?.Styles?.Elements<Style>() ?? [])
        {
            if (style.StyleId?.Value is { } id)
            {
                read._styles.TryAdd(id, style);
            }
        }

        return read;
    }

    /// <summary>The level of a heading of this style, from 1; null when it is no heading.</summary>
    public int? Level(string? styleId)
    {
        foreach (var style in WithBases(styleId))
        {
            if (style.StyleParagraphProperties?.OutlineLevel?.Val?.Value is { } level)
            {
                return level < BodyText ? level + 1 : null;
            }

            switch (style.StyleName?.Val?.Value?.ToLowerInvariant())
            {
                case "title":
                    return 1;
                case { } name when name.StartsWith("heading ", StringComparison.Ordinal)
                    && int.TryParse(name.AsSpan("heading ".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                    return Math.Max(number, 1);
            }
        }

        return null;
    }

    /// <summary>The list that paragraphs of this style are items of.</summary>
    public NumberingProperties? Numbering(string? styleId) =>
        WithBases(styleId).Select(style => style.StyleParagraphProperties?.NumberingProperties).FirstOrDefault(numbering => numbering is not null);

    private IEnumerable<Style> WithBases(string? styleId)
    {
        for (var i = 0; i < MaxBases && styleId is not null && _styles.TryGetValue(styleId, out var style); i++)
        {
            yield return style;
            styleId = style.BasedOn?.Val?.Value;
        }
    }
}
