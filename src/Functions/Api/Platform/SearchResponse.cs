using Jobs.Functions.Documents;

namespace Jobs.Functions.Api.Platform;

/// <summary>What a search found.</summary>
/// <param name="Items">The chunks, best first.</param>
/// <param name="Method">How they were found.</param>
/// <param name="Searched">What was looked at.</param>
public sealed record SearchResponse(IReadOnlyList<SearchItem> Items, string Method, SearchedResponse Searched)
{
    /// <summary>A search as contract 004 shows it.</summary>
    public static SearchResponse Of(SearchOutcome.Found found, string method) => new(
        [.. found.Chunks.Select(item => new SearchItem(
            item.Part.DocumentId,
            item.Part.Title,
            item.Part.Url,
            Math.Round(item.Score, SearchItem.ScoreDigits),
            new SearchChunk(item.Chunk.Id, item.Chunk.Index, item.Chunk.Start, item.Chunk.Length, item.Chunk.Headings, item.Chunk.Page, item.Chunk.Text)))],
        method,
        new SearchedResponse(found.SearchedDocuments, found.SearchedChunks, found.IsComplete, found.DocumentsOfOtherModels));
}

/// <summary>A chunk that was found.</summary>
/// <param name="DocumentId">The document that it is a part of.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Url">Where the document came from; null when that is not known.</param>
/// <param name="Score">How well it fits, from -1 to 1.</param>
/// <param name="Chunk">The chunk.</param>
public sealed record SearchItem(string DocumentId, string Title, string? Url, double Score, SearchChunk Chunk)
{
    internal const int ScoreDigits = 4;
}

/// <summary>A part of a document.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Index">Its number among the document's chunks, from 0.</param>
/// <param name="Start">Where it begins in the document's text, in UTF-16 units.</param>
/// <param name="Length">How long it is, in UTF-16 units.</param>
/// <param name="Headings">The headings above it, outermost first.</param>
/// <param name="Page">The page, sheet or slide on which its section begins, from 1; null for formats without any.</param>
/// <param name="Text">Its text.</param>
public sealed record SearchChunk(string Id, int Index, int Start, int Length, IReadOnlyList<string> Headings, int? Page, string Text);

/// <summary>What a search looked at.</summary>
/// <param name="Documents">How many documents.</param>
/// <param name="Chunks">How many chunks.</param>
/// <param name="IsComplete">False when there are more than a search looks at.</param>
/// <param name="DocumentsOfOtherModels">How many documents were left out because their vectors were made by another model than the query's.</param>
public sealed record SearchedResponse(int Documents, int Chunks, bool IsComplete, int DocumentsOfOtherModels);
