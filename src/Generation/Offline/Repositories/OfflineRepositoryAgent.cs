using Jobs.Domain;
using Jobs.Domain.Generation;
using Jobs.Domain.Repositories;
using Jobs.Generation.Offline.Repositories.Rules;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Offline.Repositories;

/// <summary>
/// Changes a repository by rules over the instruction's text, without a model. It does all that an instruction asks for, or, where any of it is not understood, nothing.
/// </summary>
public sealed class OfflineRepositoryAgent(TimeProvider time) : IRepositoryAgent
{
    /// <summary>All that can be done; the first rule that understands a clause does it.</summary>
    private static readonly IReadOnlyList<RepositoryRule> All =
    [
        new DatedReportRule(),
        new ChangelogRule(),
        new VersionRule(),
        new LicenceHeaderRule(),
        new TableOfContentsRule(),
        new CreateFileRule(),
        new AppendRule(),
        new RenameFileRule(),
        new RenameWordRule(),
    ];

    /// <inheritdoc/>
    public string Name => "the offline agent";

    /// <inheritdoc/>
    public Task<RepositoryAnswer> WorkAsync(RepositoryTask task, IProgress<string> progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (task.Instruction.Length > RuleLimits.MaxInstructionLength)
        {
            throw RuleWork.Refuse($"Without an AI an instruction may have at most {RuleLimits.MaxInstructionLength} characters.");
        }

        var clauses = Clause.Split(task.Instruction);
        if (clauses.Count > RuleLimits.MaxClauses)
        {
            throw RuleWork.Refuse($"Without an AI one instruction may ask for at most {RuleLimits.MaxClauses} things.");
        }

        progress.Report("Reading the instruction");
        var work = new RuleWork(
            new EditedTree(task.Tree, task.AllowedPaths, RuleLimits.MaxChangedBytes), DateOnly.FromDateTime(task.At.UtcDateTime), time, cancellationToken);
        var results = new List<RuleResult>();
        foreach (var clause in clauses)
        {
            results.Add(All.Select(rule => rule.Do(clause, work)).FirstOrDefault(result => result is not null) ?? throw NotUnderstood(clause));
        }

        return results.Count == 0 ? throw NotUnderstood(null) : Task.FromResult<RepositoryAnswer>(AnswerOf(work, results));
    }

    private static RepositoryAnswer.Edits AnswerOf(RuleWork work, List<RuleResult> results)
    {
        var changes = work.Files.Changes();
        var title = results.Count == 1 ? results[0].Title : $"{results[0].Title} and {results.Count - 1} more";
        var summary = string.Join(' ', results.Select(result => result.Summary));
        if (changes.Count == 0)
        {
            summary += " Nothing had to be changed.";
        }

        if (work.LeftAlone.Count > 0)
        {
            var more = work.LeftAlone.Count > RuleLimits.MaxNamed ? $" and {work.LeftAlone.Count - RuleLimits.MaxNamed} more" : "";
            summary += $" Left alone: {string.Join(", ", work.LeftAlone.Take(RuleLimits.MaxNamed))}{more}.";
        }

        return new RepositoryAnswer.Edits(
            changes, Texts.Cut(Texts.Plain(title).Replace('\n', ' '), EditLimits.MaxTitleLength), Texts.Cut(Texts.Plain(summary), EditLimits.MaxSummaryLength));
    }

    private static GenerationException NotUnderstood(Clause? clause)
    {
        var said = clause is null ? "The instruction is" : $"\"{Texts.Cut(Texts.Plain(clause.Resolve(clause.Text)), 100)}\" is";
        return RuleWork.Refuse(
            $"{said} not understood, so nothing was changed. Without an AI an instruction can be like these: {string.Join("; ", All.Select(rule => rule.Example))}. "
            + "For any other, configure an AI by the setting Ai:Model (docs/operations.md, \"The AI\").");
    }
}
