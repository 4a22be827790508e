using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>One thing that can be done in a repository by rule. Its patterns must fit a whole clause: a word too many, as a "not", and the clause is not understood.</summary>
internal abstract class RepositoryRule
{
    /// <summary>A quoted text, or one word.</summary>
    protected const string Value = @"[\uE000-\uE0FF]|[^\s\uE000-\uE0FF]+";

    /// <summary>A quoted text.</summary>
    protected const string Quoted = @"[\uE000-\uE0FF]";

    /// <summary>How it is asked for, as an example.</summary>
    public abstract string Example { get; }

    /// <summary>Does what a clause asks for; null where the clause asks for something else.</summary>
    public abstract RuleResult? Do(Clause clause, RuleWork work);

    /// <summary>What the first pattern that fits has found; null where none fits.</summary>
    protected static ClauseMatch? Match(Clause clause, params IEnumerable<PromptPattern> patterns) =>
        patterns.Select(pattern => pattern.Match(clause.Text)).FirstOrDefault(match => match.Success) is { } found ? new ClauseMatch(clause, found) : null;
}

/// <summary>What was done.</summary>
/// <param name="Title">What a commit that does nothing else is called.</param>
/// <param name="Summary">One sentence: what was done, or why nothing was.</param>
internal sealed record RuleResult(string Title, string Summary);
