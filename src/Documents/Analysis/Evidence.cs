namespace Jobs.Documents.Analysis;

/// <summary>Words of a document that a finding rests on.</summary>
/// <param name="Document">The document's id.</param>
/// <param name="Quote">Exactly what stands there.</param>
/// <param name="Start">Where it begins in the document's text, in UTF-16 units.</param>
/// <param name="Length">How long it is, in UTF-16 units.</param>
/// <param name="Page">The page, sheet or slide on which its section begins, from 1; null for formats without any.</param>
/// <param name="Heading">The heading of its section; null for what stands before the first.</param>
public sealed record Evidence(string Document, string Quote, int Start, int Length, int? Page, string? Heading)
{
    /// <summary>Whether a document has these very words at this very place.</summary>
    public bool OccursIn(ParsedDocument document) =>
        Start >= 0 && Length > 0 && Length == Quote.Length && Start <= document.Text.Length - Length && document.Text.AsSpan(Start, Length).SequenceEqual(Quote);

    /// <summary>What stands at a place of a document.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The document has no such place.</exception>
    public static Evidence At(SourceDocument document, int start, int length)
    {
        var parsed = document.Parsed;
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, parsed.Text.Length - length);
        var section = SectionAt(parsed.Sections, start);
        return new(document.Id, parsed.Text.Substring(start, length), start, length, section?.Page, section?.Heading);
    }

    /// <summary>Gives back evidence that a document has, so that nothing else can become part of a result.</summary>
    /// <exception cref="InvalidOperationException">It does not occur there.</exception>
    internal Evidence Require(ParsedDocument document) =>
        OccursIn(document) ? this : throw new InvalidOperationException("A finding quotes what its document does not say.");

    private static DocumentSection? SectionAt(IReadOnlyList<DocumentSection> sections, int position)
    {
        var (low, high) = (0, sections.Count - 1);
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            if (position < sections[middle].Start)
            {
                high = middle - 1;
            }
            else if (position >= sections[middle].Start + sections[middle].Length)
            {
                low = middle + 1;
            }
            else
            {
                return sections[middle];
            }
        }

        return null;
    }
}
