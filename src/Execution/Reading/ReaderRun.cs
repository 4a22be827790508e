using System.Text;
using Jobs.Execution.Isolation;

namespace Jobs.Execution.Reading;

/// <summary>One process of the reader from its start to its death. However it ends, nothing of it is left.</summary>
internal static class ReaderRun
{
    /// <summary>Gives a process its input and reads its output to the end; cancelling kills it with everything that it started.</summary>
    /// <exception cref="ProcessStartException">The program cannot be started.</exception>
    /// <exception cref="TimeoutException">It was to be killed and could not be.</exception>
    public static async Task<ReaderResult> RunAsync(
        IReadOnlyList<string> command,
        string workingFolder,
        IReadOnlyDictionary<string, string> environment,
        ReadOnlyMemory<byte> input,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        using var process = ChildProcess.Start(command, workingFolder, environment);
        var output = ReadAsync(process.StandardOutput.BaseStream, DocumentReaderLimits.OutputBytes);
        var messages = ReadAsync(process.StandardError.BaseStream, DocumentReaderLimits.MessageBytes);
        var ended = Task.WhenAll(WriteAsync(process.StandardInput.BaseStream, input), output, messages, process.WaitForExitAsync(CancellationToken.None));
        try
        {
            await ended.WaitAsync(cancellationToken);
        }
        catch
        {
            await ChildProcess.KillAsync(process, ended);
            throw;
        }

        var (bytes, isWhole) = await output;
        return new ReaderResult(process.ExitCode, bytes, isWhole, Encoding.UTF8.GetString((await messages).Bytes.Span));
    }

    private static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> input)
    {
        try
        {
            await stream.WriteAsync(input);
            await stream.FlushAsync();
        }
        catch (IOException)
        {
            // The process ended before it had read everything: how it ended is told by its output.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    /// <summary>Reads to the end, so that the process never blocks, but keeps no more than <paramref name="limit"/>.</summary>
    private static async Task<(ReadOnlyMemory<byte> Bytes, bool IsWhole)> ReadAsync(Stream stream, int limit)
    {
        var kept = new MemoryStream();
        var buffer = new byte[64 * 1024];
        var isWhole = true;
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            var keep = Math.Min(read, limit - (int)kept.Length);
            kept.Write(buffer, 0, keep);
            isWhole &= keep == read;
        }

        return (kept.GetBuffer().AsMemory(0, (int)kept.Length), isWhole);
    }
}

/// <summary>How a process ended and what it wrote.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">The beginning of its output.</param>
/// <param name="IsWhole">Whether that is all of it.</param>
/// <param name="Messages">The beginning of what it wrote to standard error.</param>
internal sealed record ReaderResult(int ExitCode, ReadOnlyMemory<byte> Output, bool IsWhole, string Messages);
