namespace Jobs.Functions.JobTypes.Analysis;

/// <summary>The batches of analyses: texts whose vectors are made.</summary>
public static class AnalysisBatch
{
    /// <summary>The most texts of a batch: some seconds of one processor, of which all jobs of a host share one.</summary>
    public const int MaxTexts = 128;
}

/// <summary>What a batch is to do.</summary>
/// <param name="SubjectRef">The artifact with what is looked at.</param>
/// <param name="Texts">The texts.</param>
internal sealed record PlannedTexts(string SubjectRef, IReadOnlyList<string> Texts);

/// <summary>What came of a batch.</summary>
/// <param name="SubjectRef">The artifact with what is looked at.</param>
/// <param name="Texts">The texts with their vectors.</param>
internal sealed record EmbeddedTexts(string SubjectRef, IReadOnlyList<EmbeddedText> Texts);

/// <summary>A text with its vector.</summary>
/// <param name="Text">The text.</param>
/// <param name="Vector">The vector's numbers, four bytes each.</param>
internal sealed record EmbeddedText(string Text, byte[] Vector);
