using Jobs.Domain.Ledger;
using Jobs.Storage;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Ledger;

/// <summary>What an organisation has, and one page of how it came about, newest first.</summary>
/// <param name="Balance">The balance.</param>
/// <param name="Entries">The page.</param>
/// <param name="Next">The number before which the next page goes on; null on the last.</param>
public sealed record Usage(LedgerBalance Balance, IReadOnlyList<LedgerEntry> Entries, long? Next);

/// <summary>What became of asking for a token.</summary>
public enum Reservation
{
    /// <summary>It is held for the work, now or already before.</summary>
    Held,

    /// <summary>The organisation has none left.</summary>
    NoTokens,

    /// <summary>The organisation has as much unfinished work as it may.</summary>
    TooMuchUnfinished,
}

/// <summary>
/// The organisations' tokens. One is reserved before a piece of work starts and settled or released when it has ended, so that concurrent work can never spend more than
/// there is. All of a movement is one transaction under the version of the balance: who was overtaken reads again and decides anew.
/// </summary>
public sealed class TokenLedger(LedgerStore store, IOptions<LedgerOptions> options, TimeProvider time)
{
    /// <summary>
    /// How long a movement is tried when others always come first. Each time it is overtaken somebody else has moved on, so it is the time that counts and not how often.
    /// </summary>
    public static readonly TimeSpan ContentionLimit = TimeSpan.FromSeconds(30);

    private readonly LedgerContention _contention = new(time);

    /// <summary>
    /// Reserves a token for a piece of work. Repeating it while the token is held, or after it was settled, says so and changes nothing; after it was
    /// released the work must be paid anew. Whoever reserves sees to it that the token is settled or released, whatever happens.
    /// </summary>
    /// <param name="tenant">Whose token.</param>
    /// <param name="reference">The work's id.</param>
    /// <param name="what">The work in words, for people.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="maxUnfinished">Refused when the organisation has tokens held for this many other pieces of work.</param>
    /// <exception cref="TimeoutException">Others came first for <see cref="ContentionLimit"/>.</exception>
    public Task<Reservation> ReserveAsync(string tenant, string reference, string what, CancellationToken cancellationToken, int maxUnfinished = int.MaxValue) =>
        MoveAsync(tenant, LedgerEntryKind.Reserve, reference, what, maxUnfinished, cancellationToken);

    /// <summary>The work used its token. Nothing happens when none is held for it.</summary>
    /// <exception cref="TimeoutException">Others came first for <see cref="ContentionLimit"/>.</exception>
    public Task SettleAsync(string tenant, string reference, CancellationToken cancellationToken) =>
        MoveAsync(tenant, LedgerEntryKind.Settle, reference, what: null, maxUnfinished: int.MaxValue, cancellationToken);

    /// <summary>The work did not use its token, which is given back. Nothing happens when none is held for it.</summary>
    /// <exception cref="TimeoutException">Others came first for <see cref="ContentionLimit"/>.</exception>
    public Task ReleaseAsync(string tenant, string reference, CancellationToken cancellationToken) =>
        MoveAsync(tenant, LedgerEntryKind.Release, reference, what: null, maxUnfinished: int.MaxValue, cancellationToken);

    /// <summary>
    /// The balance and the latest <paramref name="limit"/> entries before number <paramref name="before"/>, or of all, as they were at one moment. A month's tokens that the
    /// first movement will bring are shown as if it had.
    /// </summary>
    public async Task<Usage> ReadAsync(string tenant, long? before, int limit, CancellationToken cancellationToken)
    {
        var balance = (await store.ReadBalanceAsync(tenant, cancellationToken)).Balance;
        var due = balance.GrantDue(options.Value.TokensPerMonth, time.GetUtcNow());
        var end = Math.Min(before ?? long.MaxValue, balance.Sequence + 1);
        var entries = due is not null && !(before <= due.Sequence)
            ? [due, .. await store.ListEntriesAsync(tenant, end, limit - 1, cancellationToken)]
            : await store.ListEntriesAsync(tenant, end, limit, cancellationToken);
        return new Usage(due is null ? balance : balance.After(due), entries, entries is [.., { Sequence: > 1 and var last }] ? last : null);
    }

    /// <summary><see cref="Reservation.Held"/> also when nothing had to move.</summary>
    private Task<Reservation> MoveAsync(string tenant, LedgerEntryKind kind, string reference, string? what, int maxUnfinished, CancellationToken cancellationToken) =>
        _contention.RunAsync(tenant, $"{kind} of {reference}", () => TryMoveAsync(tenant, kind, reference, what, maxUnfinished, cancellationToken), cancellationToken);

    private async Task<(bool IsDone, Reservation Result)> TryMoveAsync(
        string tenant, LedgerEntryKind kind, string reference, string? what, int maxUnfinished, CancellationToken cancellationToken)
    {
        // The balance first: with it unchanged the hold, which changes only with it, is also as it is read here.
        var stored = await store.ReadBalanceAsync(tenant, cancellationToken);
        var hold = await store.FindHoldAsync(tenant, reference, cancellationToken);
        if (Next(kind, hold?.Hold.State) is not { } state)
        {
            return (true, Reservation.Held);
        }

        var now = time.GetUtcNow();
        var balance = stored.Balance;
        var entries = new List<LedgerEntry>();
        if (balance.GrantDue(options.Value.TokensPerMonth, now) is { } grant)
        {
            entries.Add(grant);
            balance = balance.After(grant);
        }

        if (kind is LedgerEntryKind.Reserve && balance.Balance < LedgerEntry.Cost)
        {
            return (true, Reservation.NoTokens);
        }

        if (kind is LedgerEntryKind.Reserve && balance.Reserved >= maxUnfinished)
        {
            return (true, Reservation.TooMuchUnfinished);
        }

        var description = what ?? hold!.Hold.What;
        var entry = new LedgerEntry(balance.Sequence + 1, kind, AmountOf(kind), reference, description, now);
        entries.Add(entry);
        return (await store.TryWriteAsync(tenant, stored, balance.After(entry), entries, hold, new Hold(reference, state, description), cancellationToken), Reservation.Held);
    }

    /// <summary>Where the movement takes the token from where it is; null when there is nothing to move.</summary>
    private static HoldState? Next(LedgerEntryKind kind, HoldState? state) => (kind, state) switch
    {
        (LedgerEntryKind.Reserve, null or HoldState.Released) => HoldState.Held,
        (LedgerEntryKind.Settle, HoldState.Held) => HoldState.Settled,
        (LedgerEntryKind.Release, HoldState.Held) => HoldState.Released,
        _ => null,
    };

    private static int AmountOf(LedgerEntryKind kind) => kind switch
    {
        LedgerEntryKind.Reserve => -LedgerEntry.Cost,
        LedgerEntryKind.Settle => 0,
        LedgerEntryKind.Release => LedgerEntry.Cost,
        LedgerEntryKind.Grant => throw new ArgumentOutOfRangeException(nameof(kind), "A grant moves no token that is held."),
    };
}
