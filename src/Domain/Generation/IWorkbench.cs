using Jobs.Domain.Widgets;

namespace Jobs.Domain.Generation;

/// <summary>
/// Where a generator has files tried before it is done with them: in the compilers' jail and in the sandbox, and only when it is the organisation's turn. A generator
/// keeps in its state that a trial is due before it asks for one, because both methods may throw <see cref="WorkbenchBusyException"/>.
/// </summary>
public interface IWorkbench
{
    /// <summary>Type-checks and bundles; null when the files compile, otherwise what the compiler says, with file, line and column.</summary>
    Task<string?> CheckAsync(SourceFiles files, CancellationToken cancellationToken);

    /// <summary>Runs an agent's function once on an input, without secrets and without a network. Files that do not compile, and an input that the agent's schema refuses, give an error.</summary>
    /// <param name="files">The agent's files.</param>
    /// <param name="input">The input, JSON.</param>
    /// <param name="cancellationToken">Kills the run.</param>
    Task<Trial> TryAsync(SourceFiles files, string input, CancellationToken cancellationToken);
}

/// <summary>What a trial gave.</summary>
/// <param name="Output">What the function returned, JSON; null when it failed.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
/// <param name="Logs">What it wrote to the console.</param>
public sealed record Trial(string? Output, string? Error, string Logs);

/// <summary>There is no place for a trial, or for a call of a model, now. Whoever runs the generator calls it again, with the state of its last answer, when its turn has come.</summary>
public sealed class WorkbenchBusyException() : Exception("There is no place for it now.");
