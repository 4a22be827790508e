using Jobs.Execution.Checks;
using Jobs.Execution.Compilation;
using Jobs.Execution.Sandbox;
using Jobs.Functions.Orchestrations;
using Jobs.Generation.Ai;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Capacity;

/// <summary>
/// Whose turn it is: runs, compiles and checks have places of their own, as many as the sandbox, the compilers and the jail of checks take at once, and so have calls of models and batches of work. A step that gets no place says so to its
/// orchestration and ends, so that waiting holds no activity; the orchestration is told when a place is kept for it.
/// </summary>
public sealed partial class WorkTurns(SandboxOptions sandbox, CompilerOptions compilers, RepositoryCheckOptions checks, IOptions<AiOptions> ai, TimeProvider time, ILogger<WorkTurns> logger)
{
    /// <summary>
    /// How many calls of models a host has under way at once. Each holds an activity for minutes, so this is fewer than <c>maxConcurrentActivityFunctions</c> in host.json:
    /// the others are left to the steps that hold none for long.
    /// </summary>
    public const int MaxModelCalls = 24;

    /// <summary>How many batches of work, plans and ends of it, a host has under way at once: fewer than <c>maxConcurrentActivityFunctions</c>, for the same reason.</summary>
    public const int MaxBatches = 16;

    /// <summary>How many of them one organisation has at most.</summary>
    public const int MaxBatchesOfOne = 8;

    /// <summary>The places for runs.</summary>
    public WorkSlots Runs { get; } = new(sandbox.MaxConcurrent, time);

    /// <summary>The places for compiles.</summary>
    public WorkSlots Compiles { get; } = new(compilers.MaxConcurrent, time);

    /// <summary>The places for checks of repositories.</summary>
    public WorkSlots Checks { get; } = new(checks.MaxConcurrent, time);

    /// <summary>The places for calls of models, of which one organisation has at most <see cref="AiOptions.MaxConcurrent"/>.</summary>
    public WorkSlots ModelCalls { get; } = new(MaxModelCalls, time, ai.Value.MaxConcurrent);

    /// <summary>The places for batches of work, of which one organisation has at most <see cref="MaxBatchesOfOne"/>.</summary>
    public WorkSlots Batches { get; } = new(MaxBatches, time, MaxBatchesOfOne);

    /// <summary>Does the work if a place is free or kept for it; <paramref name="waits"/> otherwise, and the work comes again.</summary>
    /// <param name="slots"><see cref="Runs"/>, <see cref="Compiles"/>, <see cref="Checks"/>, <see cref="ModelCalls"/> or <see cref="Batches"/>.</param>
    /// <param name="tenant">Whose work it is.</param>
    /// <param name="instance">The instance id of its orchestration.</param>
    /// <param name="work">The work.</param>
    /// <param name="waits">What the step says when it got no place.</param>
    /// <param name="client">Tells others that it is their turn.</param>
    /// <param name="part">Which part of the orchestration's work it is, where several wait at once, each for a place of its own; null where there is one.</param>
    public async Task<T> RunAsync<T>(WorkSlots slots, string tenant, string instance, Func<Task<T>> work, T waits, DurableTaskClient client, int? part = null)
    {
        if (await TryEnterAsync(slots, tenant, instance, client, part) is not { } place)
        {
            return waits;
        }

        try
        {
            return await work();
        }
        finally
        {
            await LeaveAsync(place, client);
        }
    }

    /// <summary>A place, to be given to <see cref="LeaveAsync"/> when the work is over; null when the work has to come again.</summary>
    public async Task<WorkSlots.Place?> TryEnterAsync(WorkSlots slots, string tenant, string instance, DurableTaskClient client, int? part = null)
    {
        var (place, called) = slots.TryEnter(tenant, new WorkSlots.Work(instance, part));
        await TellAsync(called, client);
        return place;
    }

    /// <summary>The work is over. Nothing happens the second time.</summary>
    public Task LeaveAsync(WorkSlots.Place place, DurableTaskClient client) => TellAsync(place.Leave(), client);

    /// <summary>The work will not come again, nor any part of it.</summary>
    public Task WithdrawAsync(WorkSlots slots, string tenant, string instance, DurableTaskClient client) => TellAsync(slots.Withdraw(tenant, instance), client);

    private async Task TellAsync(IReadOnlyList<WorkSlots.Work> called, DurableTaskClient client)
    {
        foreach (var (instance, part) in called)
        {
            try
            {
                var name = part is { } number ? Turns.CalledEventOf(number) : Turns.CalledEvent;
                await DurablePatience.BoundAsync(limited => client.RaiseEventAsync(instance, name, eventPayload: true, limited), CancellationToken.None);
            }
            catch (Exception error)
            {
                // Not told by type: the host's error for an instance that has ended is the same as for one that cannot be reached. Its orchestration comes by itself in the end.
                LogNotTold(logger, error, instance);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Instance} could not be told that it is its turn")]
    private static partial void LogNotTold(ILogger logger, Exception error, string instance);
}
