using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Isolation;

namespace Jobs.Execution.Sandbox;

/// <summary>One process from its start to its death. Nothing that it says is believed further than <see cref="SandboxLimits"/> and <see cref="SandboxBounds"/> allow.</summary>
internal sealed partial class SandboxRun : IDisposable
{
    // What the shell and .NET make of a process that a signal ended.
    private const int KilledBySignal = 128;
    private const int SigTrap = KilledBySignal + 5;
    private const int SigAbort = KilledBySignal + 6;
    private const int SigKill = KilledBySignal + 9;
    private const int SigSegmentation = KilledBySignal + 11;
    private const int SigXcpu = KilledBySignal + 24;

    private readonly SandboxRequest _request;
    private readonly SecretRedactor _redactor;
    private readonly Process _process;
    private readonly byte[] _nonce = RandomNumberGenerator.GetBytes(SandboxFrame.NonceBytes);
    private readonly SandboxLogs _logs = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _requesting = new(SandboxBounds.MaxConcurrentRequests);
    private readonly List<Task> _requests = [];
    private readonly TimeProvider _time;
    private long _started;
    private long _ended;
    private long _logBytes;
    private bool _isReady;

    private SandboxRun(SandboxRoot root, SandboxRequest request, TimeProvider time)
    {
        _request = request;
        _time = time;
        _redactor = new SecretRedactor(request.Secrets);
        _process = ChildProcess.Start(root.Command(), root.WorkingFolder, root.Environment);
    }

    /// <summary>Runs once. Whatever happens, the process is dead when this returns or throws.</summary>
    /// <param name="root">Where.</param>
    /// <param name="request">What.</param>
    /// <param name="limit">The longest that the process may live once it is ready for the code; until then it has <see cref="SandboxBounds.TimeToStart"/>.</param>
    /// <param name="requested">When the run was asked for, as a timestamp.</param>
    /// <param name="time">The clock of the limit and of the timestamp.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="SandboxUnavailableException">The code was not started.</exception>
    public static async Task<SandboxResult> RunAsync(
        SandboxRoot root, SandboxRequest request, TimeSpan limit, long requested, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var run = new SandboxRun(root, request, time);
        var (output, error) = await run.RunAsync(limit, cancellationToken);
        return new SandboxResult(
            output, error, run._logs.Read(run._redactor, Tidy), time.GetElapsedTime(requested, run._started), time.GetElapsedTime(run._started, run._ended));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Dispose();
        _writing.Dispose();
        _requesting.Dispose();
    }

    private async Task<(string? Output, SandboxError? Error)> RunAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeOut = new CancellationTokenSource(SandboxBounds.TimeToStart, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeOut.Token, cancellationToken);
        using var requests = CancellationTokenSource.CreateLinkedTokenSource(either.Token);
        var messages = ReadMessagesAsync();
        try
        {
            await WriteAsync(SandboxFrame.Start(_nonce, _request), either.Token);
            var ended = await ReadAsync(() => timeOut.CancelAfter(limit), requests, either.Token);
            if (ended is not null)
            {
                return ended.Value;
            }

            // It closed its output: it is dead or dying.
            await _process.WaitForExitAsync(either.Token);
            return (null, Death(_process.ExitCode, await messages.WaitAsync(either.Token)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && timeOut.IsCancellationRequested)
        {
            return _isReady
                ? (null, new SandboxError(SandboxErrorCode.OutOfTime, $"The run took longer than {limit.TotalSeconds:0.###} s."))
                : throw new SandboxUnavailableException($"The sandbox did not start within {SandboxBounds.TimeToStart.TotalSeconds:0} s.");
        }
        finally
        {
            _ended = _time.GetTimestamp();
            await requests.CancelAsync();
            await EndAsync(messages);
        }
    }

    /// <summary>Kills the process until nothing of it is left.</summary>
    private async Task EndAsync(Task messages)
    {
        await ChildProcess.KillAsync(_process, Task.WhenAll(DrainAsync(), messages));
        try
        {
            await Task.WhenAll(_requests);
        }
        catch (OperationCanceledException)
        {
            // They were cancelled with the run.
        }
    }

    /// <summary>Ends with the process, and with the last that has its output.</summary>
    private async Task DrainAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        await _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
    }

    /// <summary>Reads frames until one ends the run; null when the process closed its output.</summary>
    private async Task<(string? Output, SandboxError? Error)?> ReadAsync(Action onReady, CancellationTokenSource requests, CancellationToken cancellationToken)
    {
        var output = _process.StandardOutput.BaseStream;
        var head = new byte[SandboxFrame.HeadBytes];
        while (true)
        {
            if (await output.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) < head.Length)
            {
                return null;
            }

            if (SandboxFrame.Read(head, _nonce) is not { } frame || _isReady == (frame.Kind == SandboxFrameKind.Ready))
            {
                return Broken;
            }

            if (frame.Length > Most(frame.Kind))
            {
                return TooLarge(frame.Kind);
            }

            var body = new byte[frame.Length];
            if (await output.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken) < body.Length)
            {
                return null;
            }

            switch (frame.Kind)
            {
                case SandboxFrameKind.Ready:
                    _isReady = true;
                    _started = _time.GetTimestamp();
                    onReady();
                    break;
                case SandboxFrameKind.Log:
                    _logs.Add(body);
                    _logBytes += body.Length + 1;
                    if (_logBytes > 2 * Most(SandboxFrameKind.Log))
                    {
                        return TooLarge(frame.Kind);
                    }

                    break;
                case SandboxFrameKind.Request:
                    if (_request.Network is not { } network || _requests.Count == SandboxBounds.MaxRequests)
                    {
                        return Broken;
                    }

                    try
                    {
                        var (id, request) = SandboxFrame.Request(body);
                        _requests.Add(SendAsync(network, id, request, requests));
                    }
                    catch (SandboxChannelException)
                    {
                        return Broken;
                    }

                    break;
                case SandboxFrameKind.Result:
                    return Result(body);
                case SandboxFrameKind.Threw:
                    return Failed(ThrownBy(Encoding.UTF8.GetString(body)), body);
                case SandboxFrameKind.InvalidProgram:
                    return Failed(SandboxErrorCode.InvalidProgram, body);
                case SandboxFrameKind.InvalidOutput:
                    return Failed(InvalidOutputBy(Encoding.UTF8.GetString(body)), body);
                case SandboxFrameKind.TooLarge:
                    return TooLarge(SandboxFrameKind.Result);
                default:
                    throw new UnreachableException();
            }
        }
    }

    private static (string?, SandboxError?) Broken => (null, new SandboxError(SandboxErrorCode.Ended, "The run ended: something wrote to the sandbox's own channel."));

    /// <summary>The most bytes of a frame's body.</summary>
    private static int Most(SandboxFrameKind kind) => kind switch
    {
        SandboxFrameKind.Ready or SandboxFrameKind.TooLarge => 0,
        // A character has up to three bytes.
        SandboxFrameKind.Log => 3 * (SandboxBounds.LogBytesTaken + 1),
        SandboxFrameKind.Request => 8 + SandboxBounds.RequestHeadBytes + SandboxBounds.RequestBodyBytes,
        SandboxFrameKind.Result => SandboxLimits.OutputBytes,
        SandboxFrameKind.Threw or SandboxFrameKind.InvalidProgram or SandboxFrameKind.InvalidOutput => 3 * SandboxBounds.ErrorLengthTaken,
    };

    private static (string?, SandboxError?) TooLarge(SandboxFrameKind kind) => (null, new SandboxError(
        SandboxErrorCode.OutputTooLarge,
        kind == SandboxFrameKind.Result ? $"The output is larger than {SandboxLimits.OutputBytes / 1024} KiB." : "The run flooded the sandbox's channel."));

    private (string?, SandboxError?) Result(byte[] json)
    {
        string output;
        try
        {
            output = _redactor.RedactJson(json);
        }
        catch (JsonException)
        {
            return (null, new SandboxError(SandboxErrorCode.InvalidOutput, $"The output is nested deeper than {SandboxBounds.OutputDepth} levels."));
        }

        return Encoding.UTF8.GetByteCount(output) > SandboxLimits.OutputBytes ? TooLarge(SandboxFrameKind.Result) : (output, null);
    }

    private (string?, SandboxError?) Failed(SandboxErrorCode code, byte[] message) => (null, new SandboxError(code, Message(Encoding.UTF8.GetString(message))));

    private string Message(string text)
    {
        var redacted = _redactor.Redact(Tidy(text), text.Length >= SandboxBounds.ErrorLengthTaken);
        if (redacted.Length <= SandboxLimits.MaxErrorLength)
        {
            return redacted;
        }

        var cut = char.IsHighSurrogate(redacted[SandboxLimits.MaxErrorLength - 2]) ? SandboxLimits.MaxErrorLength - 2 : SandboxLimits.MaxErrorLength - 1;
        return redacted[..cut] + "…";
    }

    private static SandboxErrorCode ThrownBy(string error) => NoMemory().IsMatch(error) ? SandboxErrorCode.OutOfMemory : SandboxErrorCode.Threw;

    /// <summary>A text that is too long for V8 was to be the output.</summary>
    private static SandboxErrorCode InvalidOutputBy(string error) => NoMemory().IsMatch(error) ? SandboxErrorCode.OutputTooLarge : SandboxErrorCode.InvalidOutput;

    private SandboxError Death(int exitCode, string messages)
    {
        if (!_isReady)
        {
            throw new SandboxUnavailableException($"Deno ended with {exitCode} before it ran the code: {messages.Trim().Split('\n').FirstOrDefault(line => line.Length > 2)}");
        }

        return exitCode switch
        {
            SigXcpu => new(SandboxErrorCode.OutOfTime, "The run used more processor time than it may."),
            0 => new(SandboxErrorCode.Ended, "The run ended without a result: nothing was left that it could wait for."),
            // How V8 and Deno die when they get no memory, whether or not they find the words for it.
            SigTrap or SigAbort or SigKill or SigSegmentation => new(
                SandboxErrorCode.OutOfMemory, $"The run needed more memory than it may use, which is {SandboxLimits.HeapBytes / 1024 / 1024} MiB of heap."),
            _ when OutOfMemory().IsMatch(messages) => new(SandboxErrorCode.OutOfMemory, "The run needed more memory than it may use."),
            _ => new(SandboxErrorCode.Ended, $"The run's process died with exit code {exitCode}."),
        };
    }

    private async Task SendAsync(ISandboxNetwork network, uint id, SandboxHttpRequest request, CancellationTokenSource cancellation)
    {
        await _requesting.WaitAsync(cancellation.Token);
        try
        {
            byte[] answer;
            try
            {
                answer = SandboxFrame.Response(id, await network.SendAsync(request, cancellation.Token));
            }
            catch (SandboxNetworkException e)
            {
                answer = SandboxFrame.Refusal(id, e.Message);
            }

            await WriteAsync(answer, cancellation.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fault of ours: nobody would answer the code any more. The task keeps the exception, which the run's end throws.
            ChildProcess.Kill(_process);
            throw;
        }
        finally
        {
            _requesting.Release();
        }
    }

    /// <summary>Writes whole frames. That the process is gone is seen where its output is read.</summary>
    private async Task WriteAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(frame, cancellationToken);
            await _process.StandardInput.BaseStream.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Reads the process's own messages to their end, so that it never blocks, and keeps the first.</summary>
    private async Task<string> ReadMessagesAsync()
    {
        using var kept = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await _process.StandardError.BaseStream.ReadAsync(buffer)) > 0)
        {
            kept.Write(buffer, 0, Math.Min(read, SandboxBounds.MessageBytes - (int)kept.Length));
        }

        return Encoding.UTF8.GetString(kept.GetBuffer().AsSpan(0, (int)kept.Length));
    }

    /// <summary>Without the lines of a stack that are the harness's.</summary>
    private static string Tidy(string text) => HarnessLine().Replace(text, "");

    [GeneratedRegex(@"\n[ \t]+at [^\n]*harness\.js:\d+:\d+\)?(?=\n|$)")]
    private static partial Regex HarnessLine();

    // How V8 says that there is no memory for what lies beside the heap, or for a text that it could not hold.
    [GeneratedRegex(@"^RangeError: (Array buffer allocation failed|Invalid string length|WebAssembly\.[\w.]+\(\): .*memory|.*Out of memory)", RegexOptions.IgnoreCase)]
    private static partial Regex NoMemory();

    [GeneratedRegex("out of memory|memory allocation of|Failed to reserve|allocation failed|Cannot allocate memory", RegexOptions.IgnoreCase)]
    private static partial Regex OutOfMemory();
}
