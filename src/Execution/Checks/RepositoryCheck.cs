using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Jobs.Domain;
using Jobs.Domain.Repositories;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Execution.Checks;

/// <summary>
/// Runs a repository's check command on a copy of its files, in a root directory of its own (<see cref="CheckJail"/>): it finds the system's programs and the copy, no network, no
/// environment of this process, and nothing else of the machine. Where the machine cannot isolate it so, no command is run. However it ends, no process and no file of it is left.
/// </summary>
public sealed partial class RepositoryCheck(RepositoryCheckOptions options, TimeProvider time, ILogger<RepositoryCheck> logger, IOptions<IsolationOptions>? isolation = null) : IRepositoryCheck, IDisposable
{
    /// <summary>What a shell adds to the number of the signal that ended a command.</summary>
    private const int KilledBySignal = 128;

    private readonly SemaphoreSlim _slots = new(options.MaxConcurrent);
    private readonly SemaphoreSlim _choosing = new(1);
    private volatile CheckJail? _jail;

    /// <summary>How strictly checks are isolated here; null until that was found out.</summary>
    public IsolationLevel? Isolation => _jail?.Level;

    /// <summary>Runs the command. Cancelling kills it with everything that it has started.</summary>
    /// <exception cref="ForgeException">The machine cannot isolate a command, or has no room for one.</exception>
    public async Task<CheckResult> RunAsync(IRepositoryTree tree, string command, CancellationToken cancellationToken)
    {
        if (FaultOf(command) is { } fault)
        {
            return new CheckResult(false, "", fault);
        }

        using var span = JailSpans.Source.StartActivity("check repository");
        await _slots.WaitAsync(cancellationToken);
        try
        {
            var jail = await ChooseAsync(cancellationToken);
            using var work = new WorkFolder(options.TempFolder, CheckJail.NamePrefix, logger);
            var files = await CheckFiles.WriteAsync(tree, Path.Combine(work.Folder, CheckJail.FilesName), cancellationToken);
            return files.Fault is { } tooMuch ? new CheckResult(false, "", tooMuch) : ResultOf(await RunAsync(jail, work, command, cancellationToken), files, work);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogError(e, "A check could not be run.");
            throw new ForgeException("The check could not be run: the server has no room for it.", isTransient: true, e);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Finds the isolation, which otherwise the first check does.</summary>
    /// <returns>The isolation.</returns>
    /// <exception cref="ForgeException">There is none; a later call tries again.</exception>
    public async Task<ProcessIsolation> PrepareAsync(CancellationToken cancellationToken) => (await ChooseAsync(cancellationToken)).Isolation;

    /// <inheritdoc/>
    public void Dispose()
    {
        _slots.Dispose();
        _choosing.Dispose();
    }

    private static string? FaultOf(string command) =>
        string.IsNullOrWhiteSpace(command) ? "The check has no command."
        : command.Length > RepositoryCheckLimits.CommandLength ? $"The check's command has more than {RepositoryCheckLimits.CommandLength} characters."
        // No argument of a program can hold a zero.
        : command.Contains('\0', StringComparison.Ordinal) ? "The check's command has a character that no command can have."
        : null;

    private async Task<CheckJail> ChooseAsync(CancellationToken cancellationToken)
    {
        await _choosing.WaitAsync(cancellationToken);
        try
        {
            return _jail ??= await CheckJail.ChooseAsync(options, isolation?.Value.Required ?? IsolationLevel.None, logger, cancellationToken);
        }
        finally
        {
            _choosing.Release();
        }
    }

    private async Task<CheckEnd> RunAsync(CheckJail jail, WorkFolder work, string command, CancellationToken cancellationToken)
    {
        using var timeOut = new CancellationTokenSource(options.TimeLimit, time);
        var end = await jail.RunAsync(work.Folder, command, options.TimeLimit, timeOut.Token, cancellationToken);
        return end.IsStarted || end.IsTimedOut ? end : throw new IOException($"The root directory of a check could not be made: {end.SetupErrors}");
    }

    private CheckResult ResultOf(CheckEnd end, CheckFiles files, WorkFolder work)
    {
        var reason = end switch
        {
            { IsTimedOut: true } => string.Create(CultureInfo.InvariantCulture, $"The check took longer than {options.TimeLimit.TotalSeconds:0.###} s."),
            { Excess: { } excess } => excess,
            { ExitCode: 0 } => null,
            { ExitCode: > KilledBySignal } => $"The check's command was ended by signal {end.ExitCode - KilledBySignal}.",
            _ => $"The check's command ended with {end.ExitCode}.",
        };
        var text = new StringBuilder(files.LeftOut);
        if (end.BytesLeftOut > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{end.BytesLeftOut} bytes before this are left out]\n");
        }

        // The command sees no path of this machine; should it find one out all the same, it goes no further.
        text.Append(Texts.Plain(Escape().Replace(Encoding.UTF8.GetString(end.Output), "")).Replace(work.Folder, "", StringComparison.Ordinal));
        return new CheckResult(reason is null, text.ToString(), reason);
    }

    /// <summary>What tells a terminal of colours and positions.</summary>
    [GeneratedRegex(@"\x1b\[[0-9;?]{0,20}[@-~]|\x1b\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)")]
    private static partial Regex Escape();
}
