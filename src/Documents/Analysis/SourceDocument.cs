namespace Jobs.Documents.Analysis;

/// <summary>A document as results name it.</summary>
/// <param name="Id">What results call it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Parsed">What it says.</param>
public sealed record SourceDocument(string Id, string Name, ParsedDocument Parsed);
