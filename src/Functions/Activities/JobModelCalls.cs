using System.Diagnostics;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Ledger;
using Jobs.Functions.Capacity;
using Jobs.Functions.Ledger;
using Jobs.Functions.Telemetry;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Activities;

/// <summary>
/// The calls of one attempt at one part of a job, which is a turn of a build or of a repository's job, or a batch of work: each takes a place among its organisation's, then the most that it can cost is held, and
/// afterwards what it cost is paid. <paramref name="part"/> is the part's number, from 1. A turn is paid once, whoever repeats it; of work, each call is.
/// </summary>
internal sealed class JobModelCalls(Job job, int part, WorkTurns turns, SpendingLedger spending, JobMetrics metrics, DurableTaskClient client, CancellationToken hostStops) : IModelCalls
{
    /// <summary>What its calls have taken so far; of one that was lost no tokens are known.</summary>
    public ModelUsage Taken { get; private set; }

    /// <inheritdoc/>
    public async Task<IModelCall> BeginAsync(ModelUsage most, CancellationToken cancellationToken)
    {
        if (await turns.TryEnterAsync(turns.ModelCalls, job.Tenant, job.Id, client) is not { } place)
        {
            throw new WorkbenchBusyException();
        }

        try
        {
            if (most.Cost > 0)
            {
                ThrowUnlessHeld(await spending.ReserveAsync(job.Tenant, job.Id, part, job.Attempts, most.Cost, cancellationToken));
            }
        }
        catch
        {
            await turns.LeaveAsync(place, client);
            throw;
        }

        return new Call(this, place, most.Cost);
    }

    private void ThrowUnlessHeld(SpendingOutcome outcome)
    {
        switch (outcome)
        {
            case SpendingOutcome.Held:
                return;
            case SpendingOutcome.HeldForOthers:
                throw new WorkbenchBusyException();
            case SpendingOutcome.MonthLimit:
                throw new GenerationException(SpendingLedger.MonthLimitReached, isTransient: false);
            case SpendingOutcome.BuildLimit:
                throw new GenerationException(IsBuild ? SpendingLedger.BuildLimitReached : SpendingLedger.JobLimitReached, isTransient: false);
            case SpendingOutcome.Closed:
                throw new GenerationException(IsBuild ? "The build has ended." : "The job has ended.", isTransient: false);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>What is paid is paid to the end: no caller's token stops it.</summary>
    private sealed class Call(JobModelCalls calls, WorkSlots.Place place, long held) : IModelCall
    {
        private readonly (string Tenant, string Id, int Part, int Attempt) _key = calls.Key;
        private bool _isOver;

        public Task AnsweredAsync(ModelUsage used) => EndAsync(used, () => calls.IsWork
            ? calls.Spending.SpendAsync(_key.Tenant, _key.Id, _key.Part, _key.Attempt, used.Cost, CancellationToken.None)
            : calls.Spending.SettleAsync(_key.Tenant, _key.Id, _key.Part, _key.Attempt, used.Cost, CancellationToken.None));

        public Task FailedAsync(bool mayCost) => mayCost
            ? EndAsync(ModelUsage.None with { Cost = held }, () => calls.Spending.LoseAsync(_key.Tenant, _key.Id, _key.Part, _key.Attempt, CancellationToken.None))
            : EndAsync(ModelUsage.None, () => calls.Spending.ReleaseAsync(_key.Tenant, _key.Id, _key.Part, _key.Attempt, CancellationToken.None));

        public async ValueTask DisposeAsync()
        {
            try
            {
                // A host that stops leaves the hold to whoever repeats the turn, as one that dies does.
                if (!calls.HostStops)
                {
                    await FailedAsync(mayCost: true);
                }
            }
            finally
            {
                await calls.LeaveAsync(place);
            }
        }

        private async Task EndAsync(ModelUsage taken, Func<Task> endAsync)
        {
            if (_isOver)
            {
                return;
            }

            // First, because a movement that storage did not take is left to whoever repeats the turn.
            _isOver = true;
            calls.Taken += taken;
            calls.Metrics.TokensTaken(JobKinds.KindOf(calls.Job), taken);
            if (held > 0)
            {
                await endAsync();
            }
        }
    }

    private (string Tenant, string Id, int Part, int Attempt) Key => (job.Tenant, job.Id, part, job.Attempts);

    private Job Job => job;

    private JobMetrics Metrics => metrics;

    private bool IsWork => job.Kind is JobKind.Work;

    private bool IsBuild => job.Kind is JobKind.WidgetBuild or JobKind.AgentBuild;

    private SpendingLedger Spending => spending;

    private bool HostStops => hostStops.IsCancellationRequested;

    private Task LeaveAsync(WorkSlots.Place place) => turns.LeaveAsync(place, client);
}
