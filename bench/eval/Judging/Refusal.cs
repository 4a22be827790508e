using System.Text.RegularExpressions;
using Jobs.Eval.Cases;

namespace Jobs.Eval.Judging;

/// <summary>Tells a generator that says what it cannot do from one that only fails.</summary>
internal static partial class Refusal
{
    /// <summary>What the service says of files that a generator gave without a word of doubt.</summary>
    private static readonly string[] Faults = ["The agent does not compile", "The agent's description of itself cannot be used", "The generator gave files", "The generator did not answer"];

    /// <summary>True when a job failed because the generator said that it cannot do what was asked for.</summary>
    public static bool IsFailure(string error) => Cannot().IsMatch(error) && !Array.Exists(Faults, fault => error.StartsWith(fault, StringComparison.Ordinal));

    /// <summary>The sentence of a summary that says that what the case is about cannot be done; null when there is none.</summary>
    public static string? In(string summary, EvalCase evalCase) =>
        SentenceEnd().Split(summary).FirstOrDefault(sentence => Cannot().IsMatch(sentence) && Regex.IsMatch(sentence, evalCase.About, RegexOptions.IgnoreCase));

    [GeneratedRegex(@"\b(?:cannot|can't|can not|could not|couldn't|unable to|not able to|not possible|impossible|not supported|unsupported)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Cannot();

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex SentenceEnd();
}
