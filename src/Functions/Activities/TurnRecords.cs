using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Functions.Jobs;
using Jobs.Storage;

namespace Jobs.Functions.Activities;

/// <summary>What one call of a generator or an agent leaves, beside what it was called for.</summary>
/// <param name="Who">Who was called, as the start of a sentence.</param>
/// <param name="Message">What is to be said of a part of the work; null once all of it is done.</param>
/// <param name="State">What the next call is to be given; null when nothing is.</param>
/// <param name="Usage">What the call has cost.</param>
public sealed record TakenTurn(string Who, string? Message, ReadOnlyMemory<byte>? State, ModelUsage Usage);

/// <summary>Keeps the turns in which a generator or an agent works, so that the next call goes on where the last has ended, also in another process.</summary>
public sealed class TurnRecords(ArtifactStore artifacts, JobJournal journal, StepFence fence, TimeProvider time)
{
    /// <summary>Keeps a turn; what the step answers instead when it may not. <paramref name="isDone"/> tells whether the step's work is there.</summary>
    public async Task<StepResult?> KeepAsync(StoredJob stored, int attempt, TakenTurn turn, Func<Job, bool> isDone, CancellationToken cancellationToken)
    {
        var job = stored.Job;
        if (turn is { Message: null, State: null } && turn.Usage == ModelUsage.None)
        {
            return null;
        }

        if (turn.State?.Length > GenerationResult.MaxStateBytes)
        {
            return new StepResult(StepOutcome.FailedFinal, $"{turn.Who} left more than can be kept between two turns.");
        }

        // The last one is for the end of the work.
        if (turn.Message is not null && job.Turns >= Job.MaxTurns - 1)
        {
            return new StepResult(StepOutcome.FailedFinal, $"{turn.Who} was not done after {Job.MaxTurns} turns.");
        }

        var state = turn.State is { } left ? await artifacts.WriteAsync(job.Tenant, job.ResourceId, left, cancellationToken) : null;
        return await journal.ApplyAsync(stored, new JobEvent.TurnTaken(time.GetUtcNow(), attempt, state, turn.Message ?? job.Message, turn.Usage), cancellationToken)
            ? null
            : await fence.YieldAsync(stored, isDone, cancellationToken);
    }
}
