using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Jobs.Domain.Compilation;

namespace Jobs.Functions.Compilation;

/// <summary>
/// Runs a program without a shell, with no environment but the given, and with its output bounded. However the run ends, no process of it is left.
/// </summary>
internal static class BoundedProcess
{
    /// <summary>Runs <paramref name="command"/> to its end; cancelling kills it with everything it started.</summary>
    /// <exception cref="CompilerUnavailableException">The program cannot be started.</exception>
    public static async Task<ProcessResult> RunAsync(
        IReadOnlyList<string> command,
        string workingDirectory,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

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

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new CompilerUnavailableException($"{command[0]} cannot be started: {e.Message}", e);
        }

        process.StandardInput.Close();
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var errors = ReadAsync(process.StandardError.BaseStream);
        var ended = Task.WhenAll(output, errors, process.WaitForExitAsync(CancellationToken.None));
        try
        {
            await ended.WaitAsync(cancellationToken);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            await ended;
            throw;
        }

        return new ProcessResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Reads to the end, so that the program never blocks, but keeps no more than <see cref="CompilerLimits.OutputBytes"/>.</summary>
    private static async Task<BoundedText> ReadAsync(Stream stream)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        var linesLeftOut = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            var keep = Math.Min(read, CompilerLimits.OutputBytes - (int)kept.Length);
            kept.Write(buffer, 0, keep);
            linesLeftOut += buffer.AsSpan(keep, read - keep).Count((byte)'\n');
        }

        var text = kept.GetBuffer().AsSpan(0, (int)kept.Length);
        if (kept.Length == CompilerLimits.OutputBytes && text.LastIndexOf((byte)'\n') is var lineEnd and >= 0)
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
