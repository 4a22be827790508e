using System.Globalization;

namespace Jobs.Domain.Ledger;

/// <summary>
/// What an organisation has: <c>Granted = Balance + Reserved + Spent</c>, and the balance is the sum of all entries. None of them is ever negative.
/// </summary>
public sealed record LedgerBalance
{
    /// <summary>An organisation whose tokens have never moved.</summary>
    public static LedgerBalance Empty { get; } = new();

    /// <summary>Tokens that can be reserved.</summary>
    public long Balance { get; init; }

    /// <summary>Tokens that are held for work that has not ended.</summary>
    public long Reserved { get; init; }

    /// <summary>Tokens that work has used.</summary>
    public long Spent { get; init; }

    /// <summary>Tokens that were ever granted.</summary>
    public long Granted { get; init; }

    /// <summary>The number of the last entry; entries are numbered from 1 without a gap.</summary>
    public long Sequence { get; init; }

    /// <summary>The last month whose tokens were granted, <c>yyyy-MM</c> in UTC; null when none was.</summary>
    public string? GrantedMonth { get; init; }

    /// <summary>The month of a point in time, as <see cref="GrantedMonth"/> writes it.</summary>
    public static string MonthOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>
    /// The entry that is due at <paramref name="now"/>: the tokens of the month, unless it or a later one has been granted (of two hosts one clock may be ahead). It is dated the
    /// month's beginning, so that it is the same whoever makes it, and whenever.
    /// </summary>
    public LedgerEntry? GrantDue(long tokensPerMonth, DateTimeOffset now)
    {
        var month = MonthOf(now);
        return tokensPerMonth == 0 || string.CompareOrdinal(month, GrantedMonth) <= 0
            ? null
            : new LedgerEntry(
                Sequence + 1,
                LedgerEntryKind.Grant,
                tokensPerMonth,
                Reference: null,
                $"Tokens for {month}",
                new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>The balance after <paramref name="entry"/>, which is the next one.</summary>
    public LedgerBalance After(LedgerEntry entry)
    {
        var moved = entry.Kind switch
        {
            LedgerEntryKind.Grant => this with { Granted = Granted + entry.Amount, GrantedMonth = MonthOf(entry.At) },
            LedgerEntryKind.Reserve or LedgerEntryKind.Release => this with { Reserved = Reserved - entry.Amount },
            LedgerEntryKind.Settle => this with { Reserved = Reserved - LedgerEntry.Cost, Spent = Spent + LedgerEntry.Cost },
        };
        return moved with { Balance = Balance + entry.Amount, Sequence = entry.Sequence };
    }
}
