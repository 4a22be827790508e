using Jobs.Domain.Ledger;
using Jobs.Generation.Ai;
using Jobs.Storage;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Ledger;

/// <summary>
/// What the organisations' calls of models cost. The most that a call can cost is held before it is made, and afterwards what it cost is paid, so that calls at once never spend
/// more than their organisation and their build may. A hold is known by its build and turn: an attempt that repeats a turn after a crash takes over what the one before held, and
/// what was paid for a turn is paid once. A build that has ended holds nothing. A job of work is a build here, and its batches are turns, each call of which is paid
/// (<see cref="SpendAsync"/>): one that is made twice costs twice.
/// </summary>
public sealed class SpendingLedger(SpendingStore store, IOptions<AiOptions> options, TimeProvider time)
{
    /// <summary>Why nothing more is paid in this month, for callers.</summary>
    public const string MonthLimitReached = "Your organization has reached its spending limit for AI models in this month.";

    /// <summary>Why nothing more is paid for a build, for callers.</summary>
    public const string BuildLimitReached = "The build has reached the spending limit of one build for AI models.";

    /// <summary>Why nothing more is paid for a job of work, for callers.</summary>
    public const string JobLimitReached = "The job has reached the spending limit of one job for AI models.";

    private readonly LedgerContention _contention = new(time);

    /// <summary>The limits of the settings.</summary>
    public SpendingLimits Limits { get; } = new(InMillionths(options.Value.SpendingLimit), InMillionths(options.Value.BuildSpendingLimit));

    /// <summary>What the present month has cost so far.</summary>
    public async Task<MonthSpending> ReadAsync(string tenant, CancellationToken cancellationToken) =>
        (await store.ReadMonthAsync(tenant, LedgerBalance.MonthOf(time.GetUtcNow()), cancellationToken)).Month;

    /// <summary>Whether a call that can cost <paramref name="most"/> will not be let in any more in this month, whatever comes of those under way. Reads nothing where there is no limit.</summary>
    public async Task<bool> IsReachedAsync(string tenant, long most, CancellationToken cancellationToken) =>
        most > 0 && Limits.Month is { } limit && (await ReadAsync(tenant, cancellationToken)).Spent + most > limit;

    /// <summary>Holds the most that a call can cost. Whoever has it held ends it by one of the other methods, with the same turn and attempt.</summary>
    /// <param name="tenant">The organisation.</param>
    /// <param name="jobId">The build.</param>
    /// <param name="turn">Which of the build's turns the call is, from 1.</param>
    /// <param name="attempt">Which attempt makes it.</param>
    /// <param name="most">The most that it can cost, in millionths.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">Others came first for <see cref="TokenLedger.ContentionLimit"/>.</exception>
    public Task<SpendingOutcome> ReserveAsync(string tenant, string jobId, int turn, int attempt, long most, CancellationToken cancellationToken) => RunAsync(
        tenant, jobId, nameof(ReserveAsync), (month, build) => SpendingTransitions.Reserve(month, build, turn, attempt, most, Limits), cancellationToken);

    /// <summary>The call was answered and has cost this. Nothing happens when nothing is held for it by this attempt.</summary>
    /// <exception cref="TimeoutException">Others came first for <see cref="TokenLedger.ContentionLimit"/>.</exception>
    public Task SettleAsync(string tenant, string jobId, int turn, int attempt, long cost, CancellationToken cancellationToken) =>
        RunAsync(tenant, jobId, nameof(SettleAsync), (month, build) => SpendingTransitions.Settle(month, build, turn, attempt, cost), cancellationToken);

    /// <summary>As <see cref="SettleAsync"/>, but whoever repeats the turn pays again.</summary>
    /// <exception cref="TimeoutException">Others came first for <see cref="TokenLedger.ContentionLimit"/>.</exception>
    public Task SpendAsync(string tenant, string jobId, int turn, int attempt, long cost, CancellationToken cancellationToken) =>
        RunAsync(tenant, jobId, nameof(SpendAsync), (month, build) => SpendingTransitions.Spend(month, build, turn, attempt, cost), cancellationToken);

    /// <summary>The call failed for nothing, and what was held for it is given back. Nothing happens when nothing is held for it by this attempt.</summary>
    /// <exception cref="TimeoutException">Others came first for <see cref="TokenLedger.ContentionLimit"/>.</exception>
    public Task ReleaseAsync(string tenant, string jobId, int turn, int attempt, CancellationToken cancellationToken) =>
        RunAsync(tenant, jobId, nameof(ReleaseAsync), (month, build) => SpendingTransitions.Release(month, build, turn, attempt), cancellationToken);

    /// <summary>The call broke off and may have cost all that was held for it, which is paid. Nothing happens when nothing is held for it by this attempt.</summary>
    /// <exception cref="TimeoutException">Others came first for <see cref="TokenLedger.ContentionLimit"/>.</exception>
    public Task LoseAsync(string tenant, string jobId, int turn, int attempt, CancellationToken cancellationToken) =>
        RunAsync(tenant, jobId, nameof(LoseAsync), (month, build) => SpendingTransitions.Lose(month, build, turn, attempt), cancellationToken);

    /// <summary>The build has ended: nothing is held for it any more, and nothing will be. Nothing happens the second time, or where models have no price.</summary>
    /// <exception cref="TimeoutException">Others came first for <see cref="TokenLedger.ContentionLimit"/>.</exception>
    /// <param name="tenant">The organisation.</param>
    /// <param name="jobId">The build.</param>
    /// <param name="isCancelled">Whether it was stopped on request: a call that was under way is then paid as in <see cref="LoseAsync"/>, and else costs nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task CloseAsync(string tenant, string jobId, bool isCancelled, CancellationToken cancellationToken) => options.Value.HasPrices
        ? RunAsync(tenant, jobId, nameof(CloseAsync), (month, build) => SpendingTransitions.Close(month, build, isCancelled), cancellationToken)
        : Task.CompletedTask;

    /// <summary>Pays for a call that is no job's before it is made: what came of it, and the month that it was paid in, for <see cref="GiveBackAsync"/>.</summary>
    /// <exception cref="TimeoutException">Others came first for <see cref="TokenLedger.ContentionLimit"/>.</exception>
    public async Task<(SpendingOutcome Outcome, string Month)> PrepayAsync(string tenant, long most, CancellationToken cancellationToken)
    {
        var present = LedgerBalance.MonthOf(time.GetUtcNow());
        return (await RunAsync(tenant, present, nameof(PrepayAsync), month => SpendingTransitions.Prepay(month, most, Limits), cancellationToken), present);
    }

    /// <summary>A call that was paid before has cost so much less; or more, where <paramref name="amount"/> is negative.</summary>
    /// <exception cref="TimeoutException">Others came first for <see cref="TokenLedger.ContentionLimit"/>.</exception>
    public Task GiveBackAsync(string tenant, string paidIn, long amount, CancellationToken cancellationToken) => RunAsync(
        tenant, paidIn, nameof(GiveBackAsync), month => (SpendingOutcome.Held, SpendingTransitions.GiveBack(month, amount)), cancellationToken);

    private Task<SpendingOutcome> RunAsync(
        string tenant, string inMonth, string what, Func<MonthSpending, (SpendingOutcome Outcome, MonthSpending? Next)> decide, CancellationToken cancellationToken) => _contention.RunAsync(
            tenant,
            $"{what} in {inMonth}",
            async () =>
            {
                var month = await store.ReadMonthAsync(tenant, inMonth, cancellationToken);
                var (outcome, next) = decide(month.Month);
                return (next is null || await store.TryWriteAsync(tenant, month, next, cancellationToken), outcome);
            },
            cancellationToken);

    private Task RunAsync(string tenant, string jobId, string what, Func<MonthSpending, BuildSpending, SpendingMove?> move, CancellationToken cancellationToken) =>
        RunAsync(tenant, jobId, what, (month, build) => (SpendingOutcome.Held, move(month, build)), cancellationToken);

    private Task<SpendingOutcome> RunAsync(
        string tenant,
        string jobId,
        string what,
        Func<MonthSpending, BuildSpending, (SpendingOutcome Outcome, SpendingMove? Move)> decide,
        CancellationToken cancellationToken) => _contention.RunAsync(
            tenant,
            $"{what} of {jobId}",
            async () =>
            {
                var build = await store.ReadBuildAsync(tenant, jobId, cancellationToken);
                var month = await store.ReadMonthAsync(tenant, build.Build.Hold?.Month ?? LedgerBalance.MonthOf(time.GetUtcNow()), cancellationToken);
                var (outcome, move) = decide(month.Month, build.Build);
                return (move is null || await store.TryWriteAsync(tenant, month, build, move, cancellationToken), outcome);
            },
            cancellationToken);

    private static long? InMillionths(decimal? limit) => limit is { } amount ? Money.ToMillionths(amount) : null;
}
