using Jobs.Domain.Sandbox;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Sandbox;

/// <summary>
/// Runs each agent in a Deno process of its own that is given no permission, no environment and, where the machine allows it, a root directory with nothing in it
/// but Deno, as a user who owns nothing, without a network. The process can write nowhere, so that nothing of a run can be left and no run sees another.
/// </summary>
/// <remarks>
/// The code runs beside <c>harness.js</c> in one realm from which everything is taken that an agent has no need of. A worker would separate the two better, but
/// needs an isolate of its own: half as long again to start, and twice the memory that V8 reserves, which is what the kernel's bound on memory has to leave room
/// for. What it would protect is little: the parent (<see cref="SandboxRun"/>) believes nothing and keeps every limit itself.
/// </remarks>
public sealed class DenoSandbox(SandboxOptions options, TimeProvider time, ILogger<DenoSandbox> logger) : IAgentSandbox, IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.MaxConcurrent);
    private readonly SemaphoreSlim _starting = new(1);
    private SandboxRoot? _root;

    /// <inheritdoc/>
    public async Task<SandboxResult> RunAsync(SandboxRequest request, CancellationToken cancellationToken)
    {
        var requested = time.GetTimestamp();
        var root = await StartAsync(cancellationToken);
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await SandboxRun.RunAsync(root, request, options.TimeLimit, requested, time, cancellationToken);
        }
        catch (IOException e)
        {
            throw new SandboxUnavailableException($"The sandbox could not be used: {e.Message}", e);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Prepares Deno's folder and finds the isolation, which otherwise the first run does.</summary>
    /// <exception cref="SandboxUnavailableException">Deno is missing or does not run; a later call tries again.</exception>
    public Task PrepareAsync(CancellationToken cancellationToken) => StartAsync(cancellationToken);

    /// <summary>Deletes Deno's folder.</summary>
    public void Dispose()
    {
        _root?.Dispose();
        _slots.Dispose();
        _starting.Dispose();
    }

    private async Task<SandboxRoot> StartAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            return _root ??= await SandboxRoot.CreateAsync(options, time, logger, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxUnavailableException($"The sandbox's folder could not be made in {options.TempFolder}: {e.Message}", e);
        }
        finally
        {
            _starting.Release();
        }
    }
}
