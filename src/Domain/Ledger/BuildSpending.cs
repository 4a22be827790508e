namespace Jobs.Domain.Ledger;

/// <summary>What one build's calls of models cost, in millionths of the currency of the prices. It has one call at a time.</summary>
/// <param name="JobId">The build.</param>
public sealed record BuildSpending(string JobId)
{
    /// <summary>What calls that are over have cost.</summary>
    public long Spent { get; init; }

    /// <summary>How many turns of the build are paid. One that is repeated after it was paid costs nothing.</summary>
    public int PaidTurns { get; init; }

    /// <summary>What is held for the call under way; null when none is.</summary>
    public SpendingHold? Hold { get; init; }

    /// <summary>True once the build has ended; no call of it is let in any more.</summary>
    public bool IsClosed { get; init; }
}

/// <summary>What is held for a call.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Month">The month that it is held in, in which the call is also paid.</param>
/// <param name="Turn">The turn of the build that the call is.</param>
/// <param name="Attempt">The attempt that makes the call. A later one of the same turn takes the hold over, and only who has it moves it.</param>
public sealed record SpendingHold(long Amount, string Month, int Turn, int Attempt);

/// <summary>The most that may be spent, in millionths of the currency of the prices; null for no limit.</summary>
/// <param name="Month">By an organisation in a month.</param>
/// <param name="Build">By one build.</param>
public sealed record SpendingLimits(long? Month, long? Build);
