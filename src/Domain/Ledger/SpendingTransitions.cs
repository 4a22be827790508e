namespace Jobs.Domain.Ledger;

/// <summary>What came of asking for what a call can cost.</summary>
public enum SpendingOutcome
{
    /// <summary>It is held, or the call is paid already.</summary>
    Held,

    /// <summary>What is left of the month is held for other calls, which may cost less in the end, or the build has another call under way: ask again.</summary>
    HeldForOthers,

    /// <summary>The organisation has not so much left in this month.</summary>
    MonthLimit,

    /// <summary>The build has not so much left.</summary>
    BuildLimit,

    /// <summary>The build has ended.</summary>
    Closed,
}

/// <summary>A movement: what month and build are after it.</summary>
public sealed record SpendingMove(MonthSpending Month, BuildSpending Build);

/// <summary>
/// The functions that change what is spent; each gives null where there is nothing to move. What they are given belongs together: the month is the one of the build's hold,
/// and where none is held the present one. As long as a call costs no more than was held for it, what is spent and held in a month is never more than its limit.
/// </summary>
public static class SpendingTransitions
{
    /// <summary>
    /// Holds the most that a call can cost. Where an attempt that died left a hold for the same turn, that is taken over, and made larger where it must be. A hold of another turn is
    /// waited for when it is of this attempt, whose turns may be done side by side, and else paid: whoever has it was overtaken in mid-call.
    /// </summary>
    public static (SpendingOutcome Outcome, SpendingMove? Move) Reserve(MonthSpending month, BuildSpending build, int turn, int attempt, long most, SpendingLimits limits)
    {
        if (build.IsClosed)
        {
            return (SpendingOutcome.Closed, null);
        }

        if (turn <= build.PaidTurns)
        {
            return (SpendingOutcome.Held, null);
        }

        if (build.Hold is { } other && other.Turn != turn)
        {
            if (other.Attempt >= attempt)
            {
                return (SpendingOutcome.HeldForOthers, null);
            }

            month = month with { Spent = month.Spent + other.Amount, Reserved = month.Reserved - other.Amount };
            build = build with { Spent = build.Spent + other.Amount, Hold = null };
        }

        var held = build.Hold?.Amount ?? 0;
        var needed = Math.Max(most, held);
        if (build.Spent + needed > limits.Build)
        {
            return (SpendingOutcome.BuildLimit, null);
        }

        if (month.Spent + needed > limits.Month)
        {
            return (SpendingOutcome.MonthLimit, null);
        }

        if (month.Spent + month.Reserved - held + needed > limits.Month)
        {
            return (SpendingOutcome.HeldForOthers, null);
        }

        return (
            SpendingOutcome.Held,
            new SpendingMove(
                month with { Reserved = month.Reserved - held + needed },
                build with { Hold = new SpendingHold(needed, month.Month, turn, attempt) }));
    }

    /// <summary>The call was answered and has cost <paramref name="cost"/>: the turn is paid.</summary>
    public static SpendingMove? Settle(MonthSpending month, BuildSpending build, int turn, int attempt, long cost) =>
        End(month, build, turn, attempt, cost) is { } move ? move with { Build = move.Build with { PaidTurns = turn } } : null;

    /// <summary>The call was answered and has cost <paramref name="cost"/>, and one that repeats its turn is paid again.</summary>
    public static SpendingMove? Spend(MonthSpending month, BuildSpending build, int turn, int attempt, long cost) => End(month, build, turn, attempt, cost);

    /// <summary>The call failed for nothing.</summary>
    public static SpendingMove? Release(MonthSpending month, BuildSpending build, int turn, int attempt) => End(month, build, turn, attempt, cost: 0);

    /// <summary>The call has no answer, and what was held for it is paid; the turn is not.</summary>
    public static SpendingMove? Lose(MonthSpending month, BuildSpending build, int turn, int attempt) => End(month, build, turn, attempt, build.Hold?.Amount ?? 0);

    /// <summary>
    /// The build has ended. What is still held for it is given back, because whoever held it died; or with <paramref name="isCancelled"/> paid, because a call was stopped that may
    /// have cost it.
    /// </summary>
    public static SpendingMove? Close(MonthSpending month, BuildSpending build, bool isCancelled)
    {
        if (build.IsClosed)
        {
            return null;
        }

        var held = build.Hold?.Amount ?? 0;
        var cost = isCancelled ? held : 0;
        return new SpendingMove(
            month with { Spent = month.Spent + cost, Reserved = month.Reserved - held },
            build with { Spent = build.Spent + cost, Hold = null, IsClosed = true });
    }

    /// <summary>Pays the most that a call can cost which is no build's, before it is made.</summary>
    public static (SpendingOutcome Outcome, MonthSpending? Next) Prepay(MonthSpending month, long most, SpendingLimits limits) =>
        month.Spent + most > limits.Month ? (SpendingOutcome.MonthLimit, null)
        : month.Spent + month.Reserved + most > limits.Month ? (SpendingOutcome.HeldForOthers, null)
        : (SpendingOutcome.Held, month with { Spent = month.Spent + most });

    /// <summary>A call that was paid before has cost <paramref name="amount"/> less, or more where that is negative.</summary>
    public static MonthSpending GiveBack(MonthSpending month, long amount) => month with { Spent = Math.Max(0, month.Spent - amount) };

    private static SpendingMove? End(MonthSpending month, BuildSpending build, int turn, int attempt, long cost) =>
        build.Hold is { } hold && hold.Turn == turn && hold.Attempt == attempt
            ? new SpendingMove(
                month with { Spent = month.Spent + cost, Reserved = month.Reserved - hold.Amount },
                build with { Spent = build.Spent + cost, Hold = null })
            : null;
}
