using System.Diagnostics;
using System.Globalization;
using System.Text;
using Jobs.Execution.Isolation;

namespace Jobs.Execution.Checks;

/// <summary>One check from its start to its death. However it ends, nothing of it is left.</summary>
internal static class CheckRun
{
    private const int SetupErrorBytes = 4 * 1024;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs a command that first writes the line <paramref name="ready"/>, when all is made for it.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="workingFolder">Where it is started.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="ready">The line.</param>
    /// <param name="timeLimit">Ends it, with what it has written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<CheckEnd> RunAsync(
        IReadOnlyList<string> command,
        string workingFolder,
        IReadOnlyDictionary<string, string> environment,
        string ready,
        CancellationToken timeLimit,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        using var process = ChildProcess.Start(command, workingFolder, environment);
        process.StandardInput.Close();
        var output = new OutputTail(Encoding.ASCII.GetBytes(ready + "\n"), RepositoryCheckLimits.OutputBytes);
        var errors = new OutputTail([], SetupErrorBytes);
        var ended = Task.WhenAll(output.ReadAsync(process.StandardOutput.BaseStream), errors.ReadAsync(process.StandardError.BaseStream), process.WaitForExitAsync(CancellationToken.None));
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(timeLimit, cancellationToken);
        var watch = WatchAsync(process, watching.Token);
        var (isTimedOut, excess) = (false, (string?)null);
        try
        {
            if (await Task.WhenAny(ended, watch).WaitAsync(watching.Token) == watch && (excess = await watch) is not null)
            {
                await ChildProcess.KillAsync(process, ended);
            }

            await ended.WaitAsync(watching.Token);
        }
        catch (OperationCanceledException)
        {
            await ChildProcess.KillAsync(process, ended);
            cancellationToken.ThrowIfCancellationRequested();
            isTimedOut = true;
        }
        finally
        {
            await watching.CancelAsync();
            await ((Task)watch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var kept = output.Kept;
        return new CheckEnd(process.ExitCode, output.HasBegun, kept, output.BytesLeftOut)
        {
            IsTimedOut = isTimedOut,
            Excess = excess,
            SetupErrors = Encoding.UTF8.GetString(errors.Kept),
        };
    }

    /// <summary>Says, in a sentence, what the check has too much of; null when it has ended.</summary>
    private static async Task<string?> WatchAsync(Process process, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(WatchInterval);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            switch (ProcessTree.MemoryOf(process.Id))
            {
                case null:
                    return null;

                case > RepositoryCheckLimits.MemoryBytes:
                    return string.Create(CultureInfo.InvariantCulture, $"The check used more memory than {RepositoryCheckLimits.MemoryBytes / 1024 / 1024:N0} MiB.");
            }
        }

        return null;
    }
}

/// <summary>How a check ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="IsStarted">Whether the command was started at all.</param>
/// <param name="Output">The end of what it wrote.</param>
/// <param name="BytesLeftOut">How many bytes came before that.</param>
internal sealed record CheckEnd(int ExitCode, bool IsStarted, byte[] Output, long BytesLeftOut)
{
    /// <summary>Whether it was killed because its time was over.</summary>
    public bool IsTimedOut { get; init; }

    /// <summary>What it had too much of, in a sentence; null where nothing.</summary>
    public string? Excess { get; init; }

    /// <summary>What was said while its root was made.</summary>
    public string SetupErrors { get; init; } = "";
}
