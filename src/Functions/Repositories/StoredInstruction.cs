namespace Jobs.Functions.Repositories;

/// <summary>What a job is to do in a repository, as its artifact holds it.</summary>
/// <param name="Instruction">What was asked for.</param>
/// <param name="Earlier">What was asked for on its branch before, oldest first, at most <see cref="RepositoryLimits.MaxEarlier"/>.</param>
public sealed record StoredInstruction(string Instruction, IReadOnlyList<string> Earlier)
{
    /// <summary>The next instruction on the same branch.</summary>
    public StoredInstruction Then(string next) => new(next, [.. Earlier.Append(Instruction).TakeLast(RepositoryLimits.MaxEarlier)]);
}
