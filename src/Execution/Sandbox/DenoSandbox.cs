using Jobs.Domain.Sandbox;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Execution.Sandbox;

/// <summary>
/// Runs each agent in a Deno process of its own that is given no permission, no environment and, where the machine allows it, a root directory with nothing in it
/// but Deno, as a user who owns nothing, without a network. The process can write nowhere, so that nothing of a run can be left and no run sees another.
/// </summary>
/// <remarks>
/// The code runs beside <c>harness.js</c> in one realm from which everything is taken that an agent has no need of. A worker would separate the two better, but
/// needs an isolate of its own: half as long again to start, and twice the memory that V8 reserves, which is what the kernel's bound on memory has to leave room
/// for. What it would protect is little: the parent (<see cref="SandboxRun"/>) believes nothing and keeps every limit itself.
/// </remarks>
public sealed class DenoSandbox(SandboxOptions options, TimeProvider time, ILogger<DenoSandbox> logger, IOptions<IsolationOptions>? isolation = null) : IAgentSandbox, IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.MaxConcurrent);
    private readonly SharedWorkspace<SandboxRoot> _root = new(
        cancellationToken => SandboxRoot.CreateAsync(options, isolation?.Value.Required ?? IsolationLevel.None, time, logger, cancellationToken), root => root.IsIntact);

    /// <summary>How strictly agents are isolated here; null until Deno is prepared.</summary>
    public IsolationLevel? Isolation => _root.Latest?.Level;

    /// <inheritdoc/>
    public async Task<SandboxResult> RunAsync(SandboxRequest request, CancellationToken cancellationToken)
    {
        var requested = time.GetTimestamp();
        using var span = JailSpans.Source.StartActivity("run agent");
        await _slots.WaitAsync(cancellationToken);
        try
        {
            using var lease = await StartAsync(cancellationToken);
            var result = await SandboxRun.RunAsync(lease.Value, request, options.TimeLimit, requested, time, cancellationToken);
            span?.SetTag("error.type", result.Error?.Code.ToString());
            return result;
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
    public async Task PrepareAsync(CancellationToken cancellationToken) => (await StartAsync(cancellationToken)).Dispose();

    /// <summary>Deletes Deno's folder.</summary>
    public void Dispose()
    {
        _root.Dispose();
        _slots.Dispose();
    }

    private async Task<SharedWorkspace<SandboxRoot>.Lease> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _root.RentAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxUnavailableException($"The sandbox's folder could not be made in {options.TempFolder}: {e.Message}", e);
        }
    }
}
