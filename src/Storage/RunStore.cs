using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Runs;

namespace Jobs.Storage;

/// <summary>
/// The table <c>Runs</c>. PartitionKey = agent id; RowKey = <c>{inverted time}|{run id}</c>. The time is the one that the id names, so that a run is found by one point read and an
/// agent's runs, the latest first, are one range.
/// </summary>
public sealed class RunStore(StorageAccount storage)
{
    /// <summary>How often a write is tried again after somebody else changed the row first.</summary>
    private const int MaxConflicts = 10;

    private readonly TableClient _table = storage.Runs;

    /// <summary>Inserts a run; false when one of that id is there already, which stays as it is.</summary>
    public async Task<bool> TryCreateAsync(AgentRun run, CancellationToken cancellationToken)
    {
        try
        {
            await _table.AddEntityAsync(ToEntity(run), cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
            return false;
        }
    }

    /// <summary>One point read; null when the agent has no such run. The id must be well-formed.</summary>
    public async Task<StoredRun?> ReadAsync(string agentId, string runId, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(agentId, RowKey(runId), cancellationToken: cancellationToken);
        return row.HasValue ? new StoredRun(FromEntity(row.Value!), row.Value!.ETag) : null;
    }

    /// <summary>
    /// Applies an event to the run as it is now, and to <paramref name="stored"/> with it, re-reading and trying again when somebody else was first.
    /// </summary>
    /// <returns>The transition function's answer, or null when the run is no longer there.</returns>
    public async Task<RunTransition?> ApplyAsync(StoredRun stored, RunEvent change, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            var transition = RunTransitions.Apply(stored.Run, change);
            if (transition is not RunTransition.Applied { Run: var next })
            {
                // What was read may be old: somebody may have asked to stop the run since.
                if (await ReadAsync(stored.Run.AgentId, stored.Run.Id, cancellationToken) is not { } latest)
                {
                    return null;
                }

                if (latest.ETag == stored.ETag || conflicts == MaxConflicts)
                {
                    return transition;
                }

                (stored.Run, stored.ETag) = (latest.Run, latest.ETag);
                continue;
            }

            try
            {
                var response = await _table.UpdateEntityAsync(ToEntity(next), stored.ETag, TableUpdateMode.Replace, cancellationToken);
                (stored.Run, stored.ETag) = (next, response.Headers.ETag!.Value);
                return transition;
            }
            catch (RequestFailedException error) when (error.IsNotFound())
            {
                return null;
            }
            catch (RequestFailedException error) when (error.IsStale() && conflicts < MaxConflicts)
            {
                if (await ReadAsync(stored.Run.AgentId, stored.Run.Id, cancellationToken) is not { } current)
                {
                    return null;
                }

                (stored.Run, stored.ETag) = (current.Run, current.ETag);
            }
        }
    }

    /// <summary>The latest <paramref name="limit"/> runs before one, or of all, the latest first: one query.</summary>
    public async Task<IReadOnlyList<AgentRun>> ListAsync(string agentId, string? before, int limit, CancellationToken cancellationToken)
    {
        var filter = before is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {agentId}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {agentId} and RowKey gt {RowKey(before)}");
        var runs = new List<AgentRun>();
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, maxPerPage: limit, cancellationToken: cancellationToken))
        {
            runs.Add(FromEntity(row));
            if (runs.Count == limit)
            {
                break;
            }
        }

        return runs;
    }

    /// <summary>Every run of an agent.</summary>
    public async IAsyncEnumerable<StoredRun> ListAllAsync(
        string agentId,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {agentId}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            yield return new StoredRun(FromEntity(row), row.ETag);
        }
    }

    /// <summary>Removes a run, if it is there.</summary>
    public Task RemoveAsync(AgentRun run, CancellationToken cancellationToken) =>
        _table.DeleteEntityAsync(run.AgentId, RowKey(run.Id), ETag.All, cancellationToken);

    private static string RowKey(string runId)
    {
        var milliseconds = long.Parse(runId.Split('_')[1], CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() - milliseconds:D15}|{runId}");
    }

    private static TableEntity ToEntity(AgentRun run) => new(run.AgentId, RowKey(run.Id))
    {
        [nameof(AgentRun.Id)] = run.Id,
        [nameof(AgentRun.Tenant)] = run.Tenant,
        [nameof(AgentRun.Owner)] = run.Owner,
        [nameof(AgentRun.Trigger)] = run.Trigger.ToString(),
        [nameof(AgentRun.ScheduledFor)] = run.ScheduledFor,
        [nameof(AgentRun.ProgramRef)] = run.ProgramRef,
        [nameof(AgentRun.InputRef)] = run.InputRef,
        [nameof(AgentRun.ResultRef)] = run.ResultRef,
        [nameof(AgentRun.Status)] = run.Status.ToString(),
        ["ErrorCode"] = run.Error?.Code.ToString(),
        ["ErrorMessage"] = run.Error?.Message,
        [nameof(AgentRun.Attempts)] = run.Attempts,
        [nameof(AgentRun.HadNetwork)] = run.HadNetwork,
        [nameof(AgentRun.WasExecuted)] = run.WasExecuted,
        [nameof(AgentRun.CancelRequested)] = run.CancelRequested,
        [nameof(AgentRun.TraceParent)] = run.TraceParent,
        [nameof(AgentRun.CreatedAt)] = run.CreatedAt,
        [nameof(AgentRun.StartedAt)] = run.StartedAt,
        [nameof(AgentRun.UpdatedAt)] = run.UpdatedAt,
        [nameof(AgentRun.CompletedAt)] = run.CompletedAt,
        ["StartUpMicroseconds"] = (long?)run.StartUp?.TotalMicroseconds,
        ["DurationMicroseconds"] = (long?)run.Duration?.TotalMicroseconds,
        [nameof(AgentRun.Sequence)] = run.Sequence,
    };

    private static AgentRun FromEntity(TableEntity row) => new()
    {
        Id = row.GetString(nameof(AgentRun.Id)),
        AgentId = row.PartitionKey,
        Tenant = row.GetString(nameof(AgentRun.Tenant)),
        Owner = row.GetString(nameof(AgentRun.Owner)),
        Trigger = Enum.Parse<RunTrigger>(row.GetString(nameof(AgentRun.Trigger))),
        ScheduledFor = row.GetDateTimeOffset(nameof(AgentRun.ScheduledFor)),
        ProgramRef = row.GetString(nameof(AgentRun.ProgramRef)),
        InputRef = row.GetString(nameof(AgentRun.InputRef)),
        ResultRef = row.GetString(nameof(AgentRun.ResultRef)),
        Status = Enum.Parse<RunStatus>(row.GetString(nameof(AgentRun.Status))),
        Error = row.GetString("ErrorCode") is { } code ? new RunError(Enum.Parse<RunErrorCode>(code), row.GetString("ErrorMessage")) : null,
        Attempts = row.GetInt32(nameof(AgentRun.Attempts)) ?? 0,
        HadNetwork = row.GetBoolean(nameof(AgentRun.HadNetwork)) ?? false,
        WasExecuted = row.GetBoolean(nameof(AgentRun.WasExecuted)) ?? false,
        CancelRequested = row.GetBoolean(nameof(AgentRun.CancelRequested)) ?? false,
        TraceParent = row.GetString(nameof(AgentRun.TraceParent)),
        CreatedAt = row.GetDateTimeOffset(nameof(AgentRun.CreatedAt))!.Value,
        StartedAt = row.GetDateTimeOffset(nameof(AgentRun.StartedAt)),
        UpdatedAt = row.GetDateTimeOffset(nameof(AgentRun.UpdatedAt))!.Value,
        CompletedAt = row.GetDateTimeOffset(nameof(AgentRun.CompletedAt)),
        StartUp = row.GetInt64("StartUpMicroseconds") is { } startUp ? TimeSpan.FromMicroseconds(startUp) : null,
        Duration = row.GetInt64("DurationMicroseconds") is { } duration ? TimeSpan.FromMicroseconds(duration) : null,
        Sequence = row.GetInt64(nameof(AgentRun.Sequence))!.Value,
    };
}

/// <summary>A run as it was read or last written, for a series of writes without reads between them.</summary>
public sealed class StoredRun(AgentRun run, ETag etag)
{
    /// <summary>The run.</summary>
    public AgentRun Run { get; set; } = run;

    /// <summary>The ETag of its row.</summary>
    public ETag ETag { get; set; } = etag;
}
