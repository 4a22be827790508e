using System.Globalization;
using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using DurableTask.Core.Query;

namespace Jobs.Local.Durable;

/// <summary>
/// The <see cref="EmbeddedEngine"/> as clients see it. What it takes is stored when its task ends. While the store cannot
/// be written, requests fail at once with a <see cref="StoreUnavailableException"/>; reading goes on.
/// </summary>
internal sealed class EmbeddedOrchestrationClient(EmbeddedEngine engine)
    : IOrchestrationServiceClient, IOrchestrationServiceQueryClient, IOrchestrationServicePurgeClient, IInstanceStarts
{
    private const int RowsAtOnce = 500;

    public Task CreateTaskOrchestrationAsync(TaskMessage creationMessage) => CreateTaskOrchestrationAsync(creationMessage, []);

    /// <summary>An unfinished instance of the same id is never replaced, whatever the statuses say.</summary>
    /// <exception cref="OrchestrationAlreadyExistsException">An instance is in the way.</exception>
    public async Task CreateTaskOrchestrationAsync(TaskMessage creationMessage, OrchestrationStatus[]? dedupeStatuses)
    {
        var start = (ExecutionStartedEvent)creationMessage.Event;
        if (start.ScheduledStartTime is not null)
            throw new NotSupportedException("A start at a later time is not supported.");
        InstanceIds.Validate(start.OrchestrationInstance.InstanceId);
        if (await engine.CreateAsync(start, dedupeStatuses ?? []) is { } status)
        {
            throw new OrchestrationAlreadyExistsException(
                $"An orchestration instance with the id '{start.OrchestrationInstance.InstanceId}' already exists; its status is {status}.");
        }
    }

    public async Task SendTaskOrchestrationMessageAsync(TaskMessage message)
    {
        if (await engine.SendAsync(message) is { } finished)
        {
            throw new InvalidOperationException(
                $"The orchestration instance '{message.OrchestrationInstance.InstanceId}' takes no message: its status is {finished}.");
        }
    }

    public async Task SendTaskOrchestrationMessageBatchAsync(params TaskMessage[] messages)
    {
        foreach (var message in messages)
            await SendTaskOrchestrationMessageAsync(message);
    }

    public Task ForceTerminateTaskOrchestrationAsync(string instanceId, string reason) => SendTaskOrchestrationMessageAsync(new TaskMessage
    {
        OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId },
        Event = new ExecutionTerminatedEvent(-1, reason),
    });

    /// <summary>The state of the instance once it has finished; null if there is no such instance, or it has not finished in time.</summary>
    public async Task<OrchestrationState?> WaitForOrchestrationAsync(
        string instanceId, string? executionId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var store = engine.Store;
        if (engine.FindLive(instanceId) is not { } instance)
            return store.Read.Find(instanceId) is { Status: not null } finished ? finished.ToState() : null;
        try
        {
            var longest = timeout.TotalMilliseconds > int.MaxValue ? Timeout.InfiniteTimeSpan : timeout;
            return await instance.Finished.Task.WaitAsync(longest, engine.Options.TimeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public async Task WaitForStartAsync(string instanceId, CancellationToken cancellation)
    {
        if (engine.FindLive(instanceId) is { } instance)
            await instance.Started.Task.WaitAsync(cancellation);
    }

    /// <summary>One state, or none: an id has one execution at a time, and former ones are not kept.</summary>
    public async Task<IList<OrchestrationState>> GetOrchestrationStateAsync(string instanceId, bool allExecutions) =>
        await GetOrchestrationStateAsync(instanceId, executionId: null) is { } state ? [state] : [];

    public Task<OrchestrationState?> GetOrchestrationStateAsync(string instanceId, string? executionId)
    {
        // The one that has finished in between is in the store.
        var state = engine.FindLive(instanceId)?.ToState() ?? engine.Store.Read.Find(instanceId)?.ToState();
        return Task.FromResult(executionId is { Length: > 0 } && state?.OrchestrationInstance.ExecutionId != executionId ? null : state);
    }

    public Task<string> GetOrchestrationHistoryAsync(string instanceId, string executionId) =>
        throw new NotSupportedException("The history is in the store's file, in the table turns; it is not served.");

    public Task PurgeOrchestrationHistoryAsync(DateTime thresholdDateTimeUtc, OrchestrationStateTimeRangeFilterType timeRangeFilterType) =>
        throw new NotSupportedException("Purge by a filter instead.");

    public Task<OrchestrationQueryResult> GetOrchestrationWithQueryAsync(OrchestrationQuery query, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        var store = engine.Store;
        var found = new List<OrchestrationState>();
        var last = query.ContinuationToken is { Length: > 0 } token ? ReadToken(token) : 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = store.Read.Page(
                last, query.CreatedTimeFrom ?? DateTime.MinValue, query.CreatedTimeTo ?? DateTime.MaxValue, query.InstanceIdPrefix ?? "", RowsAtOnce);
            foreach (var row in rows)
            {
                last = row.Key;
                var state = row.Status is null && engine.FindLive(row.Id) is { } live ? live.ToState() : row.ToState();
                if (query.RuntimeStatus is { Count: > 0 } statuses && !statuses.Contains(state.OrchestrationStatus))
                    continue;
                found.Add(state.ClearFieldsImmutably(clearInput: !query.FetchInputsAndOutputs, clearOutput: !query.FetchInputsAndOutputs));
                if (found.Count == query.PageSize)
                    return Task.FromResult(new OrchestrationQueryResult(found, last.ToString(CultureInfo.InvariantCulture)));
            }
            if (rows.Count < RowsAtOnce)
                return Task.FromResult(new OrchestrationQueryResult(found, continuationToken: null));
        }
    }

    /// <summary>Only a finished instance is purged.</summary>
    public async Task<PurgeResult> PurgeInstanceStateAsync(string instanceId)
    {
        var store = engine.Store;
        var request = new StoreRequest<bool>(() => store.Write.Purge(instanceId));
        store.Commit.Submit(request);
        return new PurgeResult(await request.Task ? 1 : 0);
    }

    /// <summary>Only finished instances are purged.</summary>
    public async Task<PurgeResult> PurgeInstanceStateAsync(PurgeInstanceFilter purgeInstanceFilter)
    {
        var store = engine.Store;
        OrchestrationStatus[] statuses = [.. purgeInstanceFilter.RuntimeStatus ?? []];
        var request = new StoreRequest<int>(() => store.Write.Purge(
            purgeInstanceFilter.CreatedTimeFrom, purgeInstanceFilter.CreatedTimeTo ?? DateTime.MaxValue, statuses));
        store.Commit.Submit(request);
        return new PurgeResult(await request.Task, isComplete: true);
    }

    private static long ReadToken(string token) => long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var key)
        ? key
        : throw new ArgumentException($"'{token}' is no continuation token of this store.");
}
