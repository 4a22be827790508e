using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>What kind of work an entry of the <see cref="SweepList"/> names.</summary>
public enum SweepKind
{
    /// <summary>A job that has not settled.</summary>
    Job,

    /// <summary>A widget whose deletion has begun.</summary>
    WidgetDeletion,

    /// <summary>An agent whose deletion has begun.</summary>
    AgentDeletion,

    /// <summary>An agent that is created without a build, whose token is reserved.</summary>
    AgentDraft,

    /// <summary>A run that has not ended; the id is <c>{agent id}|{run id}</c>.</summary>
    Run,

    /// <summary>An agent whose schedule is being changed; the id is <c>{agent id}|{random}</c>, so that each change has its own.</summary>
    Schedule,

    /// <summary>A webhook's token that is being made or taken away; the id is its hash.</summary>
    Webhook,

    /// <summary>A job whose branch somebody asked to merge; the id is the job's.</summary>
    RepositoryMerge,
}

/// <summary>One entry: work that was begun at <paramref name="Since"/>.</summary>
public sealed record SweepEntry(SweepKind Kind, string Id, string Tenant, DateTimeOffset Since)
{
    /// <summary>After this long announced work that was never stored is taken for a request that died before it accepted anything.</summary>
    public static readonly TimeSpan AnnouncementLifetime = TimeSpan.FromMinutes(10);
}

/// <summary>
/// The table <c>Sweep</c>: a row for each piece of work that is under way, inserted before the work begins and removed by the sweeper once it has
/// ended. A process that dies in between leaves the row, so nothing is forgotten; and the sweeper's cost depends on what is under way now,
/// never on how many jobs there were. PartitionKey = the kind and one of 16 shards; RowKey = the id.
/// </summary>
public sealed class SweepList(StorageAccount storage)
{
    private readonly TableClient _table = storage.Sweep;

    /// <summary>Adds an entry; one that is there already is kept.</summary>
    public async Task AddAsync(SweepEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await _table.AddEntityAsync(new TableEntity(Partition(entry), entry.Id) { ["Tenant"] = entry.Tenant, ["Since"] = entry.Since }, cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
        }
    }

    /// <summary>Every entry that was added before <paramref name="before"/>.</summary>
    public async IAsyncEnumerable<SweepEntry> ListAsync(
        DateTimeOffset before,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"Since lt {before}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            yield return new SweepEntry(
                Enum.Parse<SweepKind>(row.PartitionKey.Split('|')[0]),
                row.RowKey,
                row.GetString("Tenant"),
                row.GetDateTimeOffset("Since")!.Value);
        }
    }

    /// <summary>Removes an entry, if it is there.</summary>
    public Task RemoveAsync(SweepEntry entry, CancellationToken cancellationToken) =>
        _table.DeleteEntityAsync(Partition(entry), entry.Id, ETag.All, cancellationToken);

    private static string Partition(SweepEntry entry) => $"{entry.Kind}|{entry.Id[^1] % 16:x}";
}
