namespace Jobs.Documents;

/// <summary>A document as every job reads it, whatever format it came in. Positions are offsets of UTF-16 units in <see cref="Text"/>.</summary>
public sealed record ParsedDocument
{
    /// <summary>The format that was read, as its usual file extension without the dot: <c>txt</c>, <c>md</c>, <c>html</c>, <c>csv</c>, <c>json</c>, <c>docx</c>, <c>xlsx</c>, <c>pptx</c>, <c>pdf</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The title that the document gives itself, or its first heading; null when it has neither, and for CSV and for JSON without a member <c>title</c>.</summary>
    public string? Title { get; init; }

    /// <summary>All text in reading order. Lines end with <c>\n</c>; no other control characters but tabs, no lone surrogates. Never empty.</summary>
    public required string Text { get; init; }

    /// <summary>The sections in reading order: they follow one another and together cover <see cref="Text"/>. Each lies on one page, where there are pages.</summary>
    public IReadOnlyList<DocumentSection> Sections { get; init; } = [];

    /// <summary>The tables in reading order; their text is in <see cref="Text"/> too.</summary>
    public IReadOnlyList<DocumentTable> Tables { get; init; } = [];

    /// <summary>How many pages, sheets or slides the document has; null for formats without any.</summary>
    public int? Pages { get; init; }

    /// <summary>How many words <see cref="Text"/> has.</summary>
    public required int Words { get; init; }

    /// <summary>The language that the text is most likely written in, as an ISO 639-1 code; null when the text is too short or too mixed to tell.</summary>
    public string? Language { get; init; }
}

/// <summary>A part of a document under one heading.</summary>
/// <param name="Heading">
/// The heading, without its marks; null for what stands before the first one, and for what goes on upon a new page or stands on a page without a heading. The section's text
/// begins with it.
/// </param>
/// <param name="Level">1 to 6 as in HTML; 0 where there is no heading.</param>
/// <param name="Start">Where the section begins in the document's text.</param>
/// <param name="Length">How long it is, up to the next section.</param>
/// <param name="Page">The page, sheet or slide on which it begins, from 1; null for formats without any.</param>
public sealed record DocumentSection(string? Heading, int Level, int Start, int Length, int? Page);

/// <summary>A table of a document. Rows may differ in length.</summary>
/// <param name="Page">The page, sheet or slide on which it begins, from 1; null for formats without any.</param>
/// <param name="Rows">The cells' text, header row first where there is one.</param>
public sealed record DocumentTable(int? Page, IReadOnlyList<IReadOnlyList<string>> Rows);
