namespace Jobs.Documents.Analysis;

/// <summary>What an analysis takes at most.</summary>
public static class AnalysisLimits
{
    /// <summary>The most requirements that a document is compared with.</summary>
    public const int MaxRequirements = 200;

    /// <summary>The longest requirement, in characters.</summary>
    public const int MaxRequirementLength = 2_000;

    /// <summary>The most documents of one analysis or report.</summary>
    public const int MaxDocuments = 50;

    /// <summary>How many sentences are embedded at most in one analysis, which takes about a minute of one processor; of more, those with words that are sought or tell of risks.</summary>
    public const int MaxEmbeddedSentences = 4_000;
}
