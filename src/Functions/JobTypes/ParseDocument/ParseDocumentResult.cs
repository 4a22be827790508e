using Jobs.Documents;

namespace Jobs.Functions.JobTypes.ParseDocument;

/// <summary>What a document says. Positions are offsets of UTF-16 units in <paramref name="Text"/>.</summary>
/// <param name="Title">The title that the document gives itself, or its first heading, or else the name under which it was sent; null when it has none of them.</param>
/// <param name="Format">The format that was read.</param>
/// <param name="Language">The language, as an ISO 639-1 code; null when the text is too short or too mixed to tell.</param>
/// <param name="Words">How many words the text has.</param>
/// <param name="Pages">How many pages, sheets or slides there are; null for formats without any.</param>
/// <param name="Text">All text in reading order.</param>
/// <param name="Sections">The sections in reading order, which together cover the text, each with the page on which it begins.</param>
/// <param name="Tables">The tables in reading order, each with the page on which it begins; their text is in the document's too.</param>
public sealed record ParseDocumentResult(
    string? Title,
    string Format,
    string? Language,
    int Words,
    int? Pages,
    string Text,
    IReadOnlyList<DocumentSection> Sections,
    IReadOnlyList<DocumentTable> Tables)
{
    /// <summary>The result of a document.</summary>
    public static ParseDocumentResult Of(ParsedDocument document) =>
        new(document.Title, document.Format, document.Language, document.Words, document.Pages, document.Text, document.Sections, document.Tables);

    /// <summary>The document of a result.</summary>
    public ParsedDocument ToDocument() => new()
    {
        Title = Title,
        Format = Format,
        Language = Language,
        Words = Words,
        Pages = Pages,
        Text = Text,
        Sections = Sections,
        Tables = Tables,
    };
}
