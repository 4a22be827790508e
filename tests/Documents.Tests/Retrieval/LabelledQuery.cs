namespace Jobs.Documents.Tests.Retrieval;

/// <summary>A query and what it should find.</summary>
/// <param name="Query">The query.</param>
/// <param name="Relevant">The numbers of the texts that answer it, from 0; at least one.</param>
internal sealed record LabelledQuery(string Query, IReadOnlyList<int> Relevant);
