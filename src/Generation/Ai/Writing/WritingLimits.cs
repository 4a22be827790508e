namespace Jobs.Generation.Ai.Writing;

/// <summary>How far a model may go with one build. Each limit ends it with a sentence of its own.</summary>
public static class WritingLimits
{
    /// <summary>The most answers of a model.</summary>
    public const int MaxAnswers = 40;

    /// <summary>The most tokens that all answers together may take, those that the model is given included.</summary>
    public const long MaxTokens = 2_000_000;

    /// <summary>How often files that do not compile go back to the model once it has said that it is done.</summary>
    public const int MaxRepairs = 3;

    /// <summary>The most calls of tools in one answer; more are refused.</summary>
    public const int MaxCallsPerAnswer = 30;

    /// <summary>How many answers one after another may do nothing at all.</summary>
    public const int MaxIdleAnswers = 3;

    /// <summary>How often one and the same answer may come, one after another.</summary>
    public const int MaxRepetitions = 4;

    /// <summary>The most characters of what is said to a model at once; beyond it the contents of the oldest files that it read or wrote are left out.</summary>
    public const int MaxConversationLength = 400_000;

    /// <summary>The most characters of the present files that stand in the first message; the others are read by a tool.</summary>
    public const int MaxFilesInRequest = 60_000;

    /// <summary>The most characters of one tool's result.</summary>
    public const int MaxResultLength = 60_000;
}
