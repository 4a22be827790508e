using Jobs.Documents.Analysis;

namespace Jobs.Functions.JobTypes.Analysis;

/// <summary>A document as the results of analyses name it.</summary>
/// <param name="Id">Its id: the same for the same text, in every job.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Format">The format that was read.</param>
/// <param name="Words">How many words it has.</param>
/// <param name="Pages">How many pages, sheets or slides it has; null for formats without any.</param>
/// <param name="Language">Its language as an ISO 639-1 code; null when unknown.</param>
public sealed record AnalysedDocument(string Id, string Name, string Format, int Words, int? Pages, string? Language)
{
    /// <summary>How results name a document.</summary>
    public static AnalysedDocument Of(SourceDocument document)
    {
        var (id, name, parsed) = document;
        return new AnalysedDocument(id, name, parsed.Format, parsed.Words, parsed.Pages, parsed.Language);
    }
}
