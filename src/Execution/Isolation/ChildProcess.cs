using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Jobs.Execution.Isolation;

/// <summary>Starts programs without a shell and with no environment but the given, and ends them with all that they started.</summary>
internal static class ChildProcess
{
    private const int SigKill = 9;

    /// <summary>How often it is tried to kill what is left of a process: for 10 s together.</summary>
    private const int MaxKills = 200;

    private static readonly TimeSpan KillInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts a program with its three standard streams redirected. Disposing of the process closes them.</summary>
    /// <exception cref="ProcessStartException">It cannot be started.</exception>
    public static Process Start(IReadOnlyList<string> command, string workingDirectory, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = new PipedProcess { StartInfo = start };
        try
        {
            process.HasPipes = process.Start();
            return process;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            process.Dispose();
            throw new ProcessStartException($"{command[0]} cannot be started: {e.Message}", e);
        }
    }

    /// <summary>
    /// Kills a process with all that it started, again and again until nothing is left: one kill misses what is just being started, before there is a group and after its parent
    /// was looked at.
    /// </summary>
    /// <param name="process">The process.</param>
    /// <param name="ended">Ends when nothing of it is left, which is when it has ended and nobody holds its pipes.</param>
    /// <exception cref="TimeoutException">Something is left after 10 s. It is given up, so that nobody waits for it for ever.</exception>
    public static async Task KillAsync(Process process, Task ended)
    {
        for (var kills = 0; kills < MaxKills; kills++)
        {
            Kill(process);
            await Task.WhenAny(ended, Task.Delay(KillInterval));
            if (ended.IsCompleted)
            {
                await ended;
                return;
            }
        }

        // Whatever it ends in, nobody is left who would look.
        _ = ended.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        throw new TimeoutException($"Process {process.Id} or something that it started could not be killed.");
    }

    /// <summary>
    /// Kills a process with all that it started: the process group that it leads, as those of <c>timeout</c> and <c>setsid</c> do, or else its descendants. No fault when nothing
    /// is left.
    /// </summary>
    public static void Kill(Process process)
    {
        // It fails when the process leads no group. As long as the group has a member, its id is nobody else's.
        if (!OperatingSystem.IsLinux() || kill(-process.Id, SigKill) != 0)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [DllImport("libc")]
    private static extern int kill(int process, int signal);

    /// <summary>A process leaves streams that were asked for to whoever has them; and pipes that nobody closes stay open until memory is collected.</summary>
    private sealed class PipedProcess : Process
    {
        public bool HasPipes { get; set; }

        protected override void Dispose(bool disposing)
        {
            if (disposing && HasPipes)
            {
                HasPipes = false;
                // Not the writer, which would write what it still has to a process that is gone.
                StandardInput.BaseStream.Dispose();
                StandardOutput.BaseStream.Dispose();
                StandardError.BaseStream.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

/// <summary>A program could not be started.</summary>
internal sealed class ProcessStartException(string message, Exception innerException) : IOException(message, innerException);
