namespace Jobs.Documents.Embedding;

/// <summary>A model that places texts in a space where what means the same is near.</summary>
public interface IEmbedder
{
    /// <summary>The model's name, as results show it.</summary>
    string Model { get; }

    /// <summary>How many numbers a vector has.</summary>
    int Dimensions { get; }

    /// <summary>The vectors of texts, in their order, each of length 1. A text longer than the model can read is read from its beginning.</summary>
    /// <exception cref="Wording.TextTooLongException">There are more texts than the model takes at once.</exception>
    Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken);

    /// <summary>The vectors of questions whose answers are sought among texts. Most models tell the two apart; one that does not embeds them alike.</summary>
    /// <exception cref="Wording.TextTooLongException">There are more questions than the model takes at once.</exception>
    Task<ReadOnlyMemory<float>[]> EmbedQueriesAsync(IReadOnlyList<string> queries, CancellationToken cancellationToken) => EmbedAsync(queries, cancellationToken);
}
