namespace Jobs.Local.Commands;

/// <summary>What a demo of a change gave.</summary>
/// <param name="Status">The job's state at its end.</param>
/// <param name="Branch">Its branch.</param>
/// <param name="Log">What was written of it.</param>
/// <param name="Diff">What it has changed, as lines of a patch.</param>
/// <param name="Took">From the first request to the job's end.</param>
internal sealed record RepositoryDemoResult(string Status, string Branch, string Log, IReadOnlyList<string> Diff, TimeSpan Took);
