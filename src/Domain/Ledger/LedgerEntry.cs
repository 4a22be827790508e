namespace Jobs.Domain.Ledger;

/// <summary>What moved.</summary>
public enum LedgerEntryKind
{
    /// <summary>The tokens of a month were added.</summary>
    Grant,

    /// <summary>A token was set aside for work.</summary>
    Reserve,

    /// <summary>The work used it.</summary>
    Settle,

    /// <summary>The work did not use it; it was given back.</summary>
    Release,
}

/// <summary>One movement. Entries are never changed.</summary>
/// <param name="Sequence">Its number among the organisation's, from 1.</param>
/// <param name="Kind">What moved.</param>
/// <param name="Amount">What it adds to the balance: the tokens of a grant, −1, 0 or +1.</param>
/// <param name="Reference">The work; null for a grant.</param>
/// <param name="What">The work, or the grant, in words.</param>
/// <param name="At">When it happened.</param>
public sealed record LedgerEntry(long Sequence, LedgerEntryKind Kind, long Amount, string? Reference, string What, DateTimeOffset At)
{
    /// <summary>What each piece of work that costs anything costs, in tokens.</summary>
    public const int Cost = 1;
}
