using Jobs.Domain.Generation;

namespace Jobs.Domain.Repositories;

/// <summary>Port: changes a repository as an instruction says. Called at least once for a job, and keeps nothing between calls.</summary>
public interface IRepositoryAgent
{
    /// <summary>What progress messages and commits call it.</summary>
    string Name { get; }

    /// <summary>The most that the first call of a model can take where nearly nothing is asked for; <see cref="ModelUsage.None"/> where no model is called.</summary>
    ModelUsage LeastToBegin => ModelUsage.None;

    /// <summary>
    /// Answers with edits, or with one part of the work, after which it is called again. Throws <see cref="GenerationException"/> when it can do neither, with a sentence for the caller:
    /// an instruction that it does not understand is one that no other attempt mends. What <see cref="RepositoryTask.ModelCalls"/> throws passes through.
    /// </summary>
    Task<RepositoryAnswer> WorkAsync(RepositoryTask task, IProgress<string> progress, CancellationToken cancellationToken);
}

/// <summary>What is to be done in a repository.</summary>
/// <param name="Instruction">What the caller asks for now.</param>
/// <param name="Earlier">What was asked for on this branch before, oldest first.</param>
/// <param name="Tree">The files as they are.</param>
/// <param name="AllowedPaths">Globs of the paths that may be changed; empty for all.</param>
/// <param name="At">When the job was created: the day that its instruction means by today.</param>
public sealed record RepositoryTask(string Instruction, IReadOnlyList<string> Earlier, IRepositoryTree Tree, IReadOnlyList<string> AllowedPaths, DateTimeOffset At)
{
    /// <summary>What this job's last answer left in <see cref="RepositoryAnswer.State"/>; null at first.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>What lets calls of a model in.</summary>
    public IModelCalls ModelCalls { get; init; } = IModelCalls.Unlimited;
}

/// <summary>An agent's answer.</summary>
public abstract record RepositoryAnswer
{
    private RepositoryAnswer()
    {
    }

    /// <summary>What is not to be lost, as <see cref="GenerationResult.State"/>.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>What a model took for this answer.</summary>
    public ModelUsage Usage { get; init; } = ModelUsage.None;

    /// <summary>All that is to be changed; nothing where everything is as the instruction wants it.</summary>
    /// <param name="Changes">The edits, not yet validated.</param>
    /// <param name="Title">The title of the commit, at most 72 characters of one line.</param>
    /// <param name="Summary">A few sentences for the commit, the pull request and the log: what was done, or why nothing was.</param>
    public sealed record Edits(IReadOnlyList<FileEdit> Changes, string Title, string Summary) : RepositoryAnswer;

    /// <summary>A part of the work is done and kept in <see cref="State"/>; the agent is called again to go on.</summary>
    /// <param name="Message">One short sentence for the caller's eyes: how far it is.</param>
    public sealed record Turn(string Message) : RepositoryAnswer;
}
