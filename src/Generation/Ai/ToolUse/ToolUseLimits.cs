namespace Jobs.Generation.Ai.ToolUse;

/// <summary>How far a model that works by tools may go with one piece of work. Each limit ends it with a sentence of its own, or is told to the model, which can do something about it.</summary>
public static class ToolUseLimits
{
    /// <summary>The most answers of a model. Beyond it the work fails.</summary>
    public const int MaxAnswers = 40;

    /// <summary>The most tokens that all answers together may take, those that the model is given included. Once they are reached it is asked no more, and the work fails.</summary>
    public const long MaxTokens = 2_000_000;

    /// <summary>The most time that all answers together may take. Once it is reached the model is asked no more, and the work fails. Waiting, for a user or for a place, does not count.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(30);

    /// <summary>The most calls of tools in one answer; more are refused.</summary>
    public const int MaxCallsPerAnswer = 30;

    /// <summary>The most levels of a call's arguments, their object included; deeper ones are refused. The clients, and our state, put them some levels deeper and stop at 64.</summary>
    public const int MaxArgumentDepth = 32;

    /// <summary>How many answers one after another may do nothing at all. Beyond it the work fails.</summary>
    public const int MaxIdleAnswers = 3;

    /// <summary>How often a model may call the same on the same files. Beyond it the work fails: it goes round in circles.</summary>
    public const int MaxRepetitions = 4;

    /// <summary>The most characters of what is said to a model at once; beyond it the contents of the oldest files that it read or wrote are left out.</summary>
    public const int MaxConversationLength = 400_000;

    /// <summary>The most characters of what was said in earlier work on the same; the oldest is left out.</summary>
    public const int MaxEarlierLength = 40_000;

    /// <summary>The most characters of one tool's result.</summary>
    public const int MaxResultLength = 60_000;

    /// <summary>After this many characters of results no more files are read in one answer.</summary>
    public const int MaxResultsLength = 120_000;

    /// <summary>The most characters of a model's own words that a caller is told.</summary>
    public const int MaxQuoteLength = 500;
}
