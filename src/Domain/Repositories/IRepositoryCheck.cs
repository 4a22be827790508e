namespace Jobs.Domain.Repositories;

/// <summary>Port: runs a repository's check command on a copy of its files, in a jail: no network, no secret, within limits of time, memory and disk.</summary>
public interface IRepositoryCheck
{
    /// <summary>Runs it. Throws <see cref="ForgeException"/> where nothing can be run at all.</summary>
    Task<CheckResult> RunAsync(IRepositoryTree tree, string command, CancellationToken cancellationToken);
}

/// <summary>What a check said.</summary>
/// <param name="HasPassed">True when it ended by itself, with 0.</param>
/// <param name="Output">What it wrote, bounded, with no path of the server.</param>
/// <param name="Reason">Why it has not passed, in a sentence; null when it has.</param>
public sealed record CheckResult(bool HasPassed, string Output, string? Reason = null);
