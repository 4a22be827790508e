using System.Diagnostics;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Ledger;
using Jobs.Functions.Capacity;
using Jobs.Functions.Ledger;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Activities;

/// <summary>
/// The calls of one attempt at one turn of a build: each takes a place among its organisation's, then the most that it can cost is held, and afterwards what it cost is paid.
/// </summary>
internal sealed class BuildModelCalls(Job job, WorkTurns turns, SpendingLedger spending, DurableTaskClient client, CancellationToken hostStops) : IModelCalls
{
    private readonly int _turn = job.Turns + 1;

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
                ThrowUnlessHeld(await spending.ReserveAsync(job.Tenant, job.Id, _turn, job.Attempts, most.Cost, cancellationToken));
            }
        }
        catch
        {
            await turns.LeaveAsync(place, client);
            throw;
        }

        return new Call(this, place, most.Cost);
    }

    private static void ThrowUnlessHeld(SpendingOutcome outcome)
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
                throw new GenerationException(SpendingLedger.BuildLimitReached, isTransient: false);
            case SpendingOutcome.Closed:
                throw new GenerationException("The build has ended.", isTransient: false);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>What is paid is paid to the end: no caller's token stops it.</summary>
    private sealed class Call(BuildModelCalls calls, WorkSlots.Place place, long held) : IModelCall
    {
        private readonly Job _job = calls.Job;
        private bool _isOver;

        public Task AnsweredAsync(ModelUsage used) => EndAsync(
            used, () => calls.Spending.SettleAsync(_job.Tenant, _job.Id, calls._turn, _job.Attempts, used.Cost, CancellationToken.None));

        public Task FailedAsync(bool mayCost) => mayCost
            ? EndAsync(ModelUsage.None with { Cost = held }, () => calls.Spending.LoseAsync(_job.Tenant, _job.Id, calls._turn, _job.Attempts, CancellationToken.None))
            : EndAsync(ModelUsage.None, () => calls.Spending.ReleaseAsync(_job.Tenant, _job.Id, calls._turn, _job.Attempts, CancellationToken.None));

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
            if (held > 0)
            {
                await endAsync();
            }
        }
    }

    private Job Job => job;

    private SpendingLedger Spending => spending;

    private bool HostStops => hostStops.IsCancellationRequested;

    private Task LeaveAsync(WorkSlots.Place place) => turns.LeaveAsync(place, client);
}
