using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;

namespace Jobs.Functions.Repositories;

/// <summary>What there is to see of our own pull request.</summary>
/// <param name="Job">The job.</param>
/// <param name="Title">What it does, in a line.</param>
/// <param name="Instruction">What was asked for.</param>
/// <param name="Description">What was done; null until it is.</param>
/// <param name="CheckCommand">The repository's check; null where it has none.</param>
/// <param name="Diff">What the branch changes; null where there is nothing to show.</param>
/// <param name="DiffProblem">Why that cannot be shown; null when it can.</param>
public sealed record PullRequestView(Job Job, string Title, string Instruction, string? Description, string? CheckCommand, BranchDiff? Diff, string? DiffProblem);
