namespace Jobs.Documents.Chunking;

/// <summary>A part of a document that is found, embedded and shown by itself.</summary>
/// <param name="Id">Made of the document's id and the chunk's place and text: 32 hexadecimal digits, the same whenever the same is chunked.</param>
/// <param name="Index">Its number among the document's chunks, from 0.</param>
/// <param name="Start">Where it begins in the document's text, in UTF-16 units.</param>
/// <param name="Length">How long it is, in UTF-16 units.</param>
/// <param name="Text">Exactly that part of the document's text, without blanks at its ends.</param>
/// <param name="Tokens">How many tokens it has for the local embedding model.</param>
/// <param name="Headings">The headings above it, outermost first.</param>
/// <param name="Page">The page, sheet or slide on which its section begins, from 1; null for formats without any.</param>
public sealed record DocumentChunk(string Id, int Index, int Start, int Length, string Text, int Tokens, IReadOnlyList<string> Headings, int? Page);
