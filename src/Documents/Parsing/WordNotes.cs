using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Jobs.Documents.Parsing;

/// <summary>Footnotes and endnotes, numbered in one sequence as they are referred to, and written at the end of the section that refers to them.</summary>
internal sealed class WordNotes(MainDocumentPart main)
{
    private readonly Dictionary<(long Id, bool IsEndnote), int> _numbers = [];
    private readonly List<(int Number, string Text)> _pending = [];
    private readonly Dictionary<long, string> _footnotes = Read(main.FootnotesPart?.Footnotes);
    private readonly Dictionary<long, string> _endnotes = Read(main.EndnotesPart?.Endnotes);
    private int _written;

    /// <summary>What stands where a note is referred to; nothing when there is no such note.</summary>
    public string Refer(long id, bool isEndnote)
    {
        if (!(isEndnote ? _endnotes : _footnotes).TryGetValue(id, out var text))
        {
            return "";
        }

        if (!_numbers.TryGetValue((id, isEndnote), out var number))
        {
            _numbers.Add((id, isEndnote), number = _numbers.Count + 1);
            _pending.Add((number, text));
        }

        return string.Create(CultureInfo.InvariantCulture, $"[{number}]");
    }

    /// <summary>Writes the notes that were referred to before the paragraph that was read last, which is a heading: those of the heading itself stay.</summary>
    public void FlushBefore(DocumentBuilder builder) => Flush(builder, _written);

    /// <summary>Writes all notes that were referred to.</summary>
    public void Flush(DocumentBuilder builder) => Flush(builder, _pending.Count);

    /// <summary>Notes what was referred to up to now.</summary>
    public void Mark() => _written = _pending.Count;

    private static Dictionary<long, string> Read(OpenXmlPartRootElement? part)
    {
        var notes = new Dictionary<long, string>();
        foreach (var note in part?.Elements<FootnoteEndnoteType>() ?? [])
        {
            // Others are the lines that stand between text and notes.
            if (note.Id?.Value is { } id && (note.Type is null || note.Type.Value == FootnoteEndnoteValues.Normal))
            {
                notes.TryAdd(id, string.Join(' ', note.Descendants<Paragraph>().Select(paragraph => WordText.Of(paragraph, null).Trim())));
            }
        }

        return notes;
    }

    private void Flush(DocumentBuilder builder, int count)
    {
        foreach (var (number, text) in _pending.Take(count))
        {
            builder.Paragraph(string.Create(CultureInfo.InvariantCulture, $"[{number}] {text}"));
        }

        _pending.RemoveRange(0, count);
        _written = 0;
    }
}
