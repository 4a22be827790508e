namespace Jobs.Documents.Retrieval;

/// <summary>A text that was found by its words, by what it means, or by both.</summary>
/// <param name="Index">Its number among the texts, from 0.</param>
/// <param name="Score">The sum of 1 / (60 + rank) over the rankings that have it.</param>
/// <param name="WordRank">Its rank by words, from 1; null when that ranking has it not.</param>
/// <param name="WordScore">Its BM25 score; 0 when that ranking has it not.</param>
/// <param name="VectorRank">Its rank by meaning, from 1; null when that ranking has it not.</param>
/// <param name="Cosine">Its cosine to the query; 0 when that ranking has it not.</param>
public sealed record RetrievedItem(int Index, double Score, int? WordRank, double WordScore, int? VectorRank, double Cosine);
