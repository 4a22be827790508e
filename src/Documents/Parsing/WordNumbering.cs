using System.Globalization;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Jobs.Documents.Parsing;

/// <summary>The marks of list items: a hyphen, or the number that the item has, indented by its level.</summary>
internal sealed class WordNumbering
{
    /// <summary>Word has nine levels.</summary>
    private const int Levels = 9;

    private readonly Dictionary<int, Level?[]> _lists = [];
    private readonly Dictionary<int, int[]> _counters = [];

    /// <summary>Reads the lists; none when there is no part of them.</summary>
    public static WordNumbering Read(NumberingDefinitionsPart? part)
    {
        var read = new WordNumbering();
        var kinds = new Dictionary<int, Level?[]>();
        foreach (var kind in part?.Numbering?.Elements<AbstractNum>() ?? [])
        {
            var levels = new Level?[Levels];
            foreach (var level in kind.Elements<Level>())
            {
                if (level.LevelIndex?.Value is >= 0 and < Levels and var index)
                {
                    levels[index] = level;
                }
            }

            if (kind.AbstractNumberId?.Value is { } id)
            {
                kinds.TryAdd(id, levels);
            }
        }

        foreach (var list in part?.Numbering?.Elements<NumberingInstance>() ?? [])
        {
            if (list.NumberID?.Value is { } id && list.AbstractNumId?.Val?.Value is { } kind && kinds.TryGetValue(kind, out var levels))
            {
                read._lists.TryAdd(id, levels);
            }
        }

        return read;
    }

    /// <summary>The mark of the next item of a list; null for what is no item.</summary>
    public string? Mark(NumberingProperties? properties)
    {
        if (properties?.NumberingId?.Val?.Value is not { } id || !_lists.TryGetValue(id, out var levels))
        {
            return null;
        }

        var index = Math.Clamp(properties.NumberingLevelReference?.Val?.Value ?? 0, 0, Levels - 1);
        if (!_counters.TryGetValue(id, out var counters))
        {
            _counters.Add(id, counters = new int[Levels]);
        }

        Array.Clear(counters, index + 1, Levels - index - 1);
        var level = levels[index];
        var number = (level?.StartNumberingValue?.Val?.Value ?? 1) + counters[index]++;
        var format = level?.NumberingFormat?.Val?.Value;
        if (format == NumberFormatValues.None)
        {
            return null;
        }

        return new string(' ', 2 * index) + (format is null || format == NumberFormatValues.Bullet ? "-" : Number(number, format.Value)) + " ";
    }

    private static string Number(int number, NumberFormatValues format)
    {
        if (format == NumberFormatValues.LowerLetter || format == NumberFormatValues.UpperLetter)
        {
            var letter = (char)((format == NumberFormatValues.LowerLetter ? 'a' : 'A') + Math.Max(number - 1, 0) % 26);
            return $"{letter}.";
        }

        return string.Create(CultureInfo.InvariantCulture, $"{number}.");
    }
}
