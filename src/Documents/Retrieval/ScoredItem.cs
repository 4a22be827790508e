namespace Jobs.Documents.Retrieval;

/// <summary>A text that was found.</summary>
/// <param name="Index">Its number among the texts, from 0.</param>
/// <param name="Score">How well it fits; what the number means, the index says that gave it.</param>
public readonly record struct ScoredItem(int Index, double Score);
