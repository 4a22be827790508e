using System.Globalization;
using System.Text;
using System.Text.Json;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Execution.Reading;

/// <summary>
/// Reads each document in a process of its own (<c>Jobs.DocumentReader</c>), so that whatever a file does to the libraries that parse it happens to that process: it
/// sees nothing of the machine where the machine allows that, has no network and no environment, writes nothing, and has a bounded time and memory.
/// </summary>
public sealed class DocumentProcess(DocumentReaderOptions options, TimeProvider time, ILogger<DocumentProcess> logger, IOptions<IsolationOptions>? isolation = null) : IDisposable
{
    // What the reader's exit codes mean: src/DocumentReader/ReaderProgram.cs.
    private const int Read = 0;
    private const int Refused = 1;
    private const int NoMemory = 3;

    // What the shell and .NET make of a process that a signal ended.
    private const int KilledBySignal = 128;
    private const int SigKill = KilledBySignal + 9;
    private const int SigXcpu = KilledBySignal + 24;

    private readonly SemaphoreSlim _slots = new(options.MaxConcurrent);
    private readonly SharedWorkspace<ReaderRoot> _root = new(
        cancellationToken => ReaderRoot.CreateAsync(options, isolation?.Value.Required ?? IsolationLevel.None, logger, cancellationToken), root => root.IsIntact);

    /// <summary>How strictly documents are isolated here; null until the reader is prepared, which the first document does.</summary>
    public IsolationLevel? Isolation => _root.Latest?.Level;

    /// <summary>Reads a document. Cancelling kills its process.</summary>
    /// <param name="document">The whole document.</param>
    /// <param name="fileName">The name that the sender gives it, or null.</param>
    /// <param name="contentType">The media type that the sender gives it, or null.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <exception cref="DocumentReaderUnavailableException">A fault of the machine.</exception>
    public async Task<DocumentReading> ReadAsync(ReadOnlyMemory<byte> document, string? fileName, string? contentType, CancellationToken cancellationToken)
    {
        if (document.Length > DocumentReaderLimits.DocumentBytes)
        {
            return new DocumentReading.Refused("too_large", $"The document is larger than {DocumentReaderLimits.DocumentBytes / 1024 / 1024} MiB.");
        }

        using var span = JailSpans.Source.StartActivity("read document");
        await _slots.WaitAsync(cancellationToken);
        try
        {
            using var lease = await StartAsync(cancellationToken);
            using var timeOut = new CancellationTokenSource(options.TimeLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeOut.Token, cancellationToken);
            try
            {
                return Outcome(await lease.Value.RunAsync(document, Arguments(fileName, contentType), either.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return TooSlow();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DocumentReaderUnavailableException($"The reader could not be used: {e.Message}", e);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Prepares the reader's folder and finds the isolation, which otherwise the first document does.</summary>
    /// <returns>The isolation.</returns>
    /// <exception cref="DocumentReaderUnavailableException">The reader is missing or does not run; a later call tries again.</exception>
    public async Task<ProcessIsolation> PrepareAsync(CancellationToken cancellationToken)
    {
        using var lease = await StartAsync(cancellationToken);
        return lease.Value.Isolation;
    }

    /// <summary>Looks whether the reader and its .NET are there, without running them.</summary>
    /// <exception cref="DocumentReaderUnavailableException">One is missing.</exception>
    public void RequireInstalled() => ReaderInstallation.Locate(options.ReaderFolder);

    /// <summary>Deletes the reader's folder.</summary>
    public void Dispose()
    {
        _root.Dispose();
        _slots.Dispose();
    }

    private async Task<SharedWorkspace<ReaderRoot>.Lease> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _root.RentAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DocumentReaderUnavailableException($"The reader's folder could not be made in {options.TempFolder}: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Arguments(string? fileName, string? contentType)
    {
        if (fileName is not null)
        {
            yield return "--name=" + Argument(fileName);
        }

        if (contentType is not null)
        {
            yield return "--type=" + Argument(contentType);
        }
    }

    /// <summary>No argument can hold a zero, and of a name the end says what it is.</summary>
    private static string Argument(string text)
    {
        var end = text.Length > DocumentReaderLimits.NameLength ? text[^DocumentReaderLimits.NameLength..] : text;
        return string.Concat(end.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
    }

    /// <summary>What the end of a process says of its document.</summary>
    internal DocumentReading Outcome(ReaderResult result)
    {
        var isStarted = !result.Messages.Contains("Failed to create CoreCLR", StringComparison.Ordinal) && !result.Messages.Contains("GC heap initialization failed", StringComparison.Ordinal);
        switch (result.ExitCode)
        {
            case Read when result.IsWhole:
                return new DocumentReading.Succeeded(result.Output.TrimEnd("\n"u8));
            case Read:
                return new DocumentReading.Refused("too_large", "The document has more text than can be passed on.");
            case Refused:
                logger.LogDebug("A document cannot be read: {Messages}", result.Messages);
                return ErrorOf(result.Output);
            case NoMemory or SigKill when isStarted:
                return TooMuchMemory();
            case SigXcpu:
                return TooSlow();
            case > KilledBySignal when isStarted:
                logger.LogInformation("A document's reader died with exit code {ExitCode}: {Messages}", result.ExitCode, result.Messages);
                return Death(result.Messages);
            default:
                throw new DocumentReaderUnavailableException($"The reader ended with {result.ExitCode}: {result.Messages.Split('\n')[0]}");
        }
    }

    /// <summary>The runtime says why it gives up, and then ends itself by whatever signal is left to it.</summary>
    private DocumentReading Death(string messages) =>
        messages.Contains("Out of memory", StringComparison.OrdinalIgnoreCase) || messages.Contains(nameof(OutOfMemoryException), StringComparison.Ordinal) ? TooMuchMemory()
        : messages.Contains("Stack overflow", StringComparison.Ordinal) ? new DocumentReading.Refused("too_deep", "The document is nested too deeply.")
        : new DocumentReading.Refused("malformed", "The document is damaged: reading it ended its process.");

    private DocumentReading.Refused TooMuchMemory() =>
        new("too_large", string.Create(CultureInfo.InvariantCulture, $"The document needs more memory than {options.HeapBytes / 1024 / 1024} MiB to be read."));

    private DocumentReading.Refused TooSlow() =>
        new("too_slow", string.Create(CultureInfo.InvariantCulture, $"Reading the document took longer than {options.TimeLimit.TotalSeconds:0.###} s."));

    private static DocumentReading.Refused ErrorOf(ReadOnlyMemory<byte> output)
    {
        try
        {
            using var json = JsonDocument.Parse(output);
            var error = json.RootElement.GetProperty("error");
            return new DocumentReading.Refused(error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DocumentReaderUnavailableException($"The reader gave an answer that is none: {Encoding.UTF8.GetString(output.Span[..Math.Min(output.Length, 200)])}", e);
        }
    }
}
