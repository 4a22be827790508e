using System.Text;

namespace Jobs.Execution.Isolation;

/// <summary>
/// Runs a program without a shell, with no environment but the given, and with its output bounded. However the run ends, no process of it is left.
/// </summary>
internal static class BoundedProcess
{
    /// <summary>
    /// Runs <paramref name="command"/> to its end; cancelling kills it with everything it started. Of each of its two outputs the first <paramref name="outputBytes"/>
    /// are kept.
    /// </summary>
    /// <exception cref="ProcessStartException">The program cannot be started.</exception>
    /// <exception cref="TimeoutException">It was to be killed and could not be.</exception>
    public static async Task<ProcessResult> RunAsync(
        IReadOnlyList<string> command,
        string workingDirectory,
        int outputBytes,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        using var process = ChildProcess.Start(command, workingDirectory, environment);
        process.StandardInput.Close();
        var output = ReadAsync(process.StandardOutput.BaseStream, outputBytes);
        var errors = ReadAsync(process.StandardError.BaseStream, outputBytes);
        var ended = Task.WhenAll(output, errors, process.WaitForExitAsync(CancellationToken.None));
        try
        {
            await ended.WaitAsync(cancellationToken);
        }
        catch
        {
            await ChildProcess.KillAsync(process, ended);
            throw;
        }

        return new ProcessResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Reads to the end, so that the program never blocks, but keeps no more than <paramref name="outputBytes"/>.</summary>
    private static async Task<BoundedText> ReadAsync(Stream stream, int outputBytes)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        var linesLeftOut = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            var keep = Math.Min(read, outputBytes - (int)kept.Length);
            kept.Write(buffer, 0, keep);
            linesLeftOut += buffer.AsSpan(keep, read - keep).Count((byte)'\n');
        }

        var text = kept.GetBuffer().AsSpan(0, (int)kept.Length);
        if (kept.Length == outputBytes && text.LastIndexOf((byte)'\n') is var lineEnd and >= 0)
        {
            // The line that was cut is one of those left out; its end has been counted.
            text = text[..(lineEnd + 1)];
        }

        return new BoundedText(Encoding.UTF8.GetString(text), linesLeftOut);
    }
}

/// <summary>How a program ended and what it wrote.</summary>
internal sealed record ProcessResult(int ExitCode, BoundedText Output, BoundedText Errors);

/// <summary>The beginning of a text, and how many lines of it were not kept.</summary>
internal sealed record BoundedText(string Text, int LinesLeftOut);
