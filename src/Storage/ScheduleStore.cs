using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Agents;

namespace Jobs.Storage;

/// <summary>When an agent runs next.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Tenant">Its organisation.</param>
/// <param name="Schedule">The schedule that <paramref name="Due"/> was computed from.</param>
/// <param name="Due">The next tick.</param>
public sealed record DueAgent(string AgentId, string Tenant, AgentSchedule Schedule, DateTimeOffset Due);

/// <summary>
/// The table <c>Schedules</c>: a row for each agent that its schedule starts, with the next tick. What the agent's own row says counts; this table makes the due ones findable by one
/// query. PartitionKey = one of 16 shards; RowKey = the agent's id.
/// </summary>
public sealed class ScheduleStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.Schedules;

    /// <summary>The agents whose next tick is not after <paramref name="now"/>.</summary>
    public async IAsyncEnumerable<StoredSchedule> ListDueAsync(
        DateTimeOffset now,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"Due le {now}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            yield return new StoredSchedule(FromEntity(row), row.ETag);
        }
    }

    /// <summary>One point read; null when the agent has no row.</summary>
    public async Task<StoredSchedule?> ReadAsync(string agentId, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(Partition(agentId), agentId, cancellationToken: cancellationToken);
        return row.HasValue ? new StoredSchedule(FromEntity(row.Value!), row.Value!.ETag) : null;
    }

    /// <summary>
    /// Puts <paramref name="next"/> in the place of what was read, either of which may be nothing; false when the row is no longer as it was read.
    /// </summary>
    public async Task<bool> TryReplaceAsync(StoredSchedule? read, DueAgent? next, CancellationToken cancellationToken)
    {
        try
        {
            await ((read, next) switch
            {
                (null, null) => Task.CompletedTask,
                (null, not null) => _table.AddEntityAsync(ToEntity(next), cancellationToken),
                (not null, not null) => _table.UpdateEntityAsync(ToEntity(next), read.ETag, TableUpdateMode.Replace, cancellationToken),
                (not null, null) => _table.DeleteEntityAsync(Partition(read.Agent.AgentId), read.Agent.AgentId, read.ETag, cancellationToken),
            });
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict() || error.IsStale() || error.IsNotFound())
        {
            return false;
        }
    }

    private static string Partition(string agentId) => $"{agentId[^1] % 16:x}";

    private static TableEntity ToEntity(DueAgent agent) => new(Partition(agent.AgentId), agent.AgentId)
    {
        [nameof(DueAgent.Tenant)] = agent.Tenant,
        [nameof(AgentSchedule.Cron)] = agent.Schedule.Cron,
        [nameof(AgentSchedule.TimeZone)] = agent.Schedule.TimeZone,
        [nameof(DueAgent.Due)] = agent.Due,
    };

    private static DueAgent FromEntity(TableEntity row) => new(
        row.RowKey,
        row.GetString(nameof(DueAgent.Tenant)),
        new AgentSchedule(row.GetString(nameof(AgentSchedule.Cron)), row.GetString(nameof(AgentSchedule.TimeZone))),
        row.GetDateTimeOffset(nameof(DueAgent.Due))!.Value);
}

/// <summary>A row of <see cref="ScheduleStore"/> together with its ETag.</summary>
public sealed record StoredSchedule(DueAgent Agent, ETag ETag);
