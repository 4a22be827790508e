using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Ledger;

namespace Jobs.Storage;

/// <summary>
/// The table <c>Ledger</c>. PartitionKey = tenant; RowKey = the tenant for its balance, <c>{tenant}|entry|{inverted number:D12}</c> for an entry, so that the newest come first,
/// and <c>{reference}|hold</c> for the token of one piece of work. Whatever changes, changes with the balance, in one transaction under its ETag.
/// </summary>
public sealed class LedgerStore(StorageAccount storage)
{
    /// <summary>The highest number that an entry can have.</summary>
    private const long MaxSequence = 999_999_999_999;

    private readonly TableClient _table = storage.Ledger;

    /// <summary>One point read; the empty balance when nothing has moved yet.</summary>
    public async Task<StoredBalance> ReadBalanceAsync(string tenant, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, tenant, cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found }
            ? new StoredBalance(
                new LedgerBalance
                {
                    Balance = Number(found, nameof(LedgerBalance.Balance)),
                    Reserved = Number(found, nameof(LedgerBalance.Reserved)),
                    Spent = Number(found, nameof(LedgerBalance.Spent)),
                    Granted = Number(found, nameof(LedgerBalance.Granted)),
                    Sequence = Number(found, nameof(LedgerBalance.Sequence)),
                    GrantedMonth = found.GetString(nameof(LedgerBalance.GrantedMonth)),
                },
                found.ETag)
            : new StoredBalance(LedgerBalance.Empty, ETag: null);
    }

    /// <summary>One point read; null when no token was ever reserved for it.</summary>
    public async Task<StoredHold?> FindHoldAsync(string tenant, string reference, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, HoldKey(reference), cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found }
            ? new StoredHold(
                new Hold(reference, Enum.Parse<HoldState>(found.GetString(nameof(Hold.State))), found.GetString(nameof(Hold.What))),
                found.ETag)
            : null;
    }

    /// <summary>
    /// Writes the next balance, the entries that lead to it and the hold that they are about, if balance and hold are still as they were read; false when somebody else was first.
    /// </summary>
    public async Task<bool> TryWriteAsync(
        string tenant,
        StoredBalance was,
        LedgerBalance next,
        IEnumerable<LedgerEntry> entries,
        StoredHold? held,
        Hold hold,
        CancellationToken cancellationToken)
    {
        try
        {
            await _table.SubmitTransactionAsync(
                [
                    Write(BalanceRow(tenant, next), was.ETag),
                    .. entries.Select(entry => Write(EntryRow(tenant, entry), etag: null)),
                    Write(HoldRow(tenant, hold), held?.ETag),
                ],
                cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict() || error.IsStale())
        {
            return false;
        }
    }

    /// <summary>The latest <paramref name="limit"/> entries before number <paramref name="before"/>, newest first: one query; none when the limit is 0.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> ListEntriesAsync(string tenant, long before, int limit, CancellationToken cancellationToken)
    {
        var entries = new List<LedgerEntry>();
        if (limit == 0)
        {
            return entries;
        }

        // '}' is the character after '|'.
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey gt {EntryKey(tenant, before)} and RowKey lt {$"{tenant}|entry}}"}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, maxPerPage: limit, cancellationToken: cancellationToken))
        {
            entries.Add(new LedgerEntry(
                Number(row, nameof(LedgerEntry.Sequence)),
                Enum.Parse<LedgerEntryKind>(row.GetString(nameof(LedgerEntry.Kind))),
                Number(row, nameof(LedgerEntry.Amount)),
                row.GetString(nameof(LedgerEntry.Reference)),
                row.GetString(nameof(LedgerEntry.What)),
                row.GetDateTimeOffset(nameof(LedgerEntry.At))!.Value));
            if (entries.Count == limit)
            {
                break;
            }
        }

        return entries;
    }

    private static TableTransactionAction Write(TableEntity row, ETag? etag) => etag is { } version
        ? new(TableTransactionActionType.UpdateReplace, row, version)
        : new(TableTransactionActionType.Add, row);

    private static TableEntity BalanceRow(string tenant, LedgerBalance balance) => new(tenant, tenant)
    {
        [nameof(LedgerBalance.Balance)] = balance.Balance,
        [nameof(LedgerBalance.Reserved)] = balance.Reserved,
        [nameof(LedgerBalance.Spent)] = balance.Spent,
        [nameof(LedgerBalance.Granted)] = balance.Granted,
        [nameof(LedgerBalance.Sequence)] = balance.Sequence,
        [nameof(LedgerBalance.GrantedMonth)] = balance.GrantedMonth,
    };

    private static TableEntity EntryRow(string tenant, LedgerEntry entry) => new(tenant, EntryKey(tenant, entry.Sequence))
    {
        [nameof(LedgerEntry.Sequence)] = entry.Sequence,
        [nameof(LedgerEntry.Kind)] = entry.Kind.ToString(),
        [nameof(LedgerEntry.Amount)] = entry.Amount,
        [nameof(LedgerEntry.Reference)] = entry.Reference,
        [nameof(LedgerEntry.What)] = entry.What,
        [nameof(LedgerEntry.At)] = entry.At,
    };

    private static TableEntity HoldRow(string tenant, Hold hold) => new(tenant, HoldKey(hold.Reference))
    {
        [nameof(Hold.State)] = hold.State.ToString(),
        [nameof(Hold.What)] = hold.What,
    };

    private static string EntryKey(string tenant, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{tenant}|entry|{MaxSequence - sequence:D12}");

    private static string HoldKey(string reference) => $"{reference}|hold";

    private static long Number(TableEntity row, string column) => row.GetInt64(column)!.Value;
}

/// <summary>A balance as it was read; without an ETag it has no row yet.</summary>
public sealed record StoredBalance(LedgerBalance Balance, ETag? ETag);

/// <summary>A hold as it was read.</summary>
public sealed record StoredHold(Hold Hold, ETag ETag);
