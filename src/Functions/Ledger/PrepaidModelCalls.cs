using Jobs.Domain.Generation;
using Jobs.Domain.Ledger;
using Jobs.Functions.Telemetry;

namespace Jobs.Functions.Ledger;

/// <summary>
/// A call of a model for an organisation that is no job's. The most that it can cost is paid before it is made, and what it cost less is given back: nothing is held that whoever dies
/// would leave behind. It takes no place among the calls of jobs; whoever makes it has a bound of their own.
/// </summary>
internal sealed class PrepaidModelCalls(string tenant, SpendingLedger spending, JobMetrics metrics) : IModelCalls
{
    /// <summary>Whether the organisation's spending limit has kept a call from being made.</summary>
    public bool IsRefused { get; private set; }

    /// <inheritdoc/>
    public async Task<IModelCall> BeginAsync(ModelUsage most, CancellationToken cancellationToken)
    {
        var (outcome, month) = most.Cost == 0 ? (SpendingOutcome.Held, "") : await spending.PrepayAsync(tenant, most.Cost, cancellationToken);
        switch (outcome)
        {
            case SpendingOutcome.Held:
                return new Call(tenant, month, most.Cost, spending, metrics);
            case SpendingOutcome.HeldForOthers:
                throw new WorkbenchBusyException();
            default:
                IsRefused = true;
                throw new GenerationException(SpendingLedger.MonthLimitReached, isTransient: false);
        }
    }

    private sealed class Call(string tenant, string month, long paid, SpendingLedger spending, JobMetrics metrics) : IModelCall
    {
        public Task AnsweredAsync(ModelUsage used)
        {
            metrics.TokensTaken(JobKinds.Search, used);
            return GiveBackAsync(paid - used.Cost);
        }

        public Task FailedAsync(bool mayCost) => mayCost ? Task.CompletedTask : GiveBackAsync(paid);

        /// <summary>Of a call that was broken off nobody knows what it cost: it stays paid.</summary>
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private Task GiveBackAsync(long amount) => amount == 0 ? Task.CompletedTask : spending.GiveBackAsync(tenant, month, amount, CancellationToken.None);
    }
}
