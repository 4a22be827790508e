namespace Jobs.Documents.Analysis;

/// <summary>What a document is to cover.</summary>
/// <param name="Id">What results call it; no two have the same.</param>
/// <param name="Text">What is required, in a sentence.</param>
public sealed record Requirement(string Id, string Text);
