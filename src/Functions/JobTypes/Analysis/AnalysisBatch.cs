namespace Jobs.Functions.JobTypes.Analysis;

/// <summary>The batches of analyses: texts whose vectors are made, or a question to a model.</summary>
public static class AnalysisBatch
{
    /// <summary>The most texts of a batch: some seconds of one processor, of which all jobs of a host share one.</summary>
    public const int MaxTexts = 128;

    /// <summary>The most characters of documents in one question to a model.</summary>
    public const int MaxQuestionText = 40_000;

    /// <summary>The most questions to a model of one job.</summary>
    public const int MaxQuestions = 50;
}

/// <summary>What a batch is to do.</summary>
/// <param name="SubjectRef">The artifact with what is looked at.</param>
/// <param name="Texts">The texts whose vectors are to be made.</param>
/// <param name="Question">Or what a model is to be asked; null for none.</param>
internal sealed record PlannedPart(string SubjectRef, IReadOnlyList<string> Texts, ModelQuestionPart? Question = null);

/// <summary>What came of a batch.</summary>
/// <param name="SubjectRef">The artifact with what is looked at.</param>
/// <param name="Texts">The texts with their vectors.</param>
/// <param name="Answer">Or what a model answered; null for none.</param>
internal sealed record DonePart(string SubjectRef, IReadOnlyList<EmbeddedText> Texts, ModelAnswerPart? Answer = null);

/// <summary>A text with its vector.</summary>
/// <param name="Text">The text.</param>
/// <param name="Vector">The vector's numbers, four bytes each.</param>
internal sealed record EmbeddedText(string Text, byte[] Vector);
