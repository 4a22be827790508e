using System.Collections.ObjectModel;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Query;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using CoreStatus = DurableTask.Core.OrchestrationStatus;
using OrchestrationQuery = Microsoft.DurableTask.Client.OrchestrationQuery;
using PurgeResult = Microsoft.DurableTask.Client.PurgeResult;

namespace Jobs.Local.Durable;

/// <summary>The app's client over any orchestration service of DurableTask, with the manners of the Functions host.</summary>
/// <param name="orchestrators">The names that can be scheduled; the host refuses others.</param>
internal sealed class ServiceDurableTaskClient(
    IOrchestrationServiceClient client, IEnumerable<string> orchestrators, DataConverter converter) : DurableTaskClient("local")
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);

    /// <summary>The host's default: an unfinished instance is never replaced, a finished one always.</summary>
    private static readonly CoreStatus[] Unfinished = [CoreStatus.Running, CoreStatus.ContinuedAsNew, CoreStatus.Pending, CoreStatus.Suspended];

    private static readonly IReadOnlyDictionary<string, string> NoTags = ReadOnlyDictionary<string, string>.Empty;

    private readonly HashSet<string> _orchestrators = new(orchestrators, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">There is no such orchestrator, or the id or a status is no valid one.</exception>
    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (orchestratorName.Name is null || !_orchestrators.Contains(orchestratorName.Name))
            throw new ArgumentException($"The function '{orchestratorName.Name}' doesn't exist, is disabled, or is not an orchestrator function.", nameof(orchestratorName));
        if (options?.StartAt is not null)
            throw new NotSupportedException("A start at a later time is not supported.");
        var dedupe = ToDedupeStatuses(options?.DedupeStatuses);
        var instance = new OrchestrationInstance
        {
            InstanceId = options?.InstanceId ?? Guid.NewGuid().ToString("N"),
            ExecutionId = Guid.NewGuid().ToString("N"),
        };
        InstanceIds.Validate(instance.InstanceId);
        var start = new ExecutionStartedEvent(-1, converter.Serialize(input))
        {
            Name = orchestratorName.Name,
            Version = options?.Version?.Version ?? "",
            OrchestrationInstance = instance,
            Tags = options?.Tags is { Count: > 0 } tags ? tags.ToDictionary() : null,
        };
        await client.CreateTaskOrchestrationAsync(new TaskMessage { OrchestrationInstance = instance, Event = start }, dedupe);
        return instance.InstanceId;
    }

    public override async Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        await RequireAsync(instanceId, $"raise the event '{eventName}' for", status => Unfinished.Contains(status), cancellation);
        await SendAsync(instanceId, new EventRaisedEvent(-1, converter.Serialize(eventPayload)) { Name = eventName });
    }

    /// <summary>An activity that is running runs on.</summary>
    public override async Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        if (options?.Recursive == true)
            throw new NotSupportedException("Terminate the sub-orchestrations by their own ids.");
        await RequireAsync(instanceId, "terminate", status => Unfinished.Contains(status), cancellation);
        await client.ForceTerminateTaskOrchestrationAsync(instanceId, converter.Serialize(options?.Output));
    }

    public override async Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        await RequireAsync(instanceId, "suspend", status => status != CoreStatus.Suspended && Unfinished.Contains(status), cancellation);
        await SendAsync(instanceId, new ExecutionSuspendedEvent(-1, reason));
    }

    public override async Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        await RequireAsync(instanceId, "resume", status => status == CoreStatus.Suspended, cancellation);
        await SendAsync(instanceId, new ExecutionResumedEvent(-1, reason));
    }

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return await FindAsync(instanceId) is { } state ? ToMetadata(state, getInputsAndOutputs) : null;
    }

    public override async Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        if (client is IInstanceStarts starts)
            await starts.WaitForStartAsync(instanceId, cancellation);
        return ToMetadata(await PollAsync(instanceId, state => state.OrchestrationStatus != CoreStatus.Pending, cancellation), getInputsAndOutputs);
    }

    public override async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        // A service that can tell is waited for; others answer only when asked, at an interval of their own that is long.
        var state = client is IInstanceStarts
            ? await client.WaitForOrchestrationAsync(instanceId, null, TimeSpan.MaxValue, cancellation) ?? throw NoInstance(instanceId)
            : await PollAsync(instanceId, state => !Unfinished.Contains(state.OrchestrationStatus), cancellation);
        return ToMetadata(state, getInputsAndOutputs);
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var queries = As<IOrchestrationServiceQueryClient>();
        return Pageable.Create(async (continuation, pageSize, cancellation) =>
        {
            var page = await queries.GetOrchestrationWithQueryAsync(
                new DurableTask.Core.Query.OrchestrationQuery
                {
                    RuntimeStatus = filter?.Statuses?.Select(ToCore).ToList(),
                    CreatedTimeFrom = filter?.CreatedFrom?.UtcDateTime,
                    CreatedTimeTo = filter?.CreatedTo?.UtcDateTime,
                    TaskHubNames = filter?.TaskHubNames?.ToList(),
                    InstanceIdPrefix = filter?.InstanceIdPrefix,
                    PageSize = pageSize ?? filter?.PageSize ?? OrchestrationQuery.DefaultPageSize,
                    ContinuationToken = continuation ?? filter?.ContinuationToken,
                    FetchInputsAndOutputs = filter?.FetchInputsAndOutputs ?? false,
                },
                cancellation);
            return new Page<OrchestrationMetadata>(
                [.. page.OrchestrationState.Select(state => ToMetadata(state, filter?.FetchInputsAndOutputs ?? false))], page.ContinuationToken);
        });
    }

    /// <summary>An instance that has not finished is not purged.</summary>
    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        RequireFlat(options);
        cancellation.ThrowIfCancellationRequested();
        if (await FindAsync(instanceId) is not { } state || Unfinished.Contains(state.OrchestrationStatus))
            return new PurgeResult(0);
        return new PurgeResult((await As<IOrchestrationServicePurgeClient>().PurgeInstanceStateAsync(instanceId)).DeletedInstanceCount);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        RequireFlat(options);
        cancellation.ThrowIfCancellationRequested();
        var result = await As<IOrchestrationServicePurgeClient>().PurgeInstanceStateAsync(new PurgeInstanceFilter(
            filter.CreatedFrom?.UtcDateTime ?? DateTime.MinValue, filter.CreatedTo?.UtcDateTime, filter.Statuses?.Select(ToCore).ToList()));
        return new PurgeResult(result.DeletedInstanceCount, result.IsComplete);
    }

    /// <summary>Nothing: the service is its owner's to end.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void RequireFlat(PurgeInstanceOptions? options)
    {
        if (options?.Recursive == true)
            throw new NotSupportedException("Purge the sub-orchestrations by their own ids.");
    }

    private static ArgumentException NoInstance(string id) => new($"There is no orchestration instance with the id '{id}'.", nameof(id));

    private static CoreStatus[] ToDedupeStatuses(IReadOnlyList<string>? names)
    {
        if (names is null)
            return Unfinished;
        CoreStatus[] statuses = [.. names.Select(name => Enum.TryParse<CoreStatus>(name, ignoreCase: true, out var status)
            ? status
            : throw new ArgumentException($"'{name}' is no status of an orchestration."))];
        CoreStatus[] running = [CoreStatus.Running, CoreStatus.Pending];
        return running.Except(statuses).Any()
            ? throw new NotSupportedException("Dedupe statuses must name Pending and Running: replacing an unfinished instance is not supported.")
            : [.. statuses.Union(Unfinished)];
    }

    /// <summary>The two enumerations have the same members with the same values.</summary>
    private static CoreStatus ToCore(OrchestrationRuntimeStatus status) => (CoreStatus)status;

    private static TaskFailureDetails? ToTask(FailureDetails? details) => details is null
        ? null
        : new(details.ErrorType, details.ErrorMessage, details.StackTrace, ToTask(details.InnerFailure), details.Properties);

    private async Task<OrchestrationState?> FindAsync(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return (await client.GetOrchestrationStateAsync(instanceId, allExecutions: false))?.FirstOrDefault();
    }

    /// <summary>The host asks for the state first, because DurableTask drops a message to nobody.</summary>
    private async Task RequireAsync(string instanceId, string what, Func<CoreStatus, bool> takes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var state = await FindAsync(instanceId) ?? throw NoInstance(instanceId);
        if (!takes(state.OrchestrationStatus))
            throw new InvalidOperationException($"Cannot {what} the orchestration instance '{instanceId}', because its status is {state.OrchestrationStatus}.");
    }

    private Task SendAsync(string instanceId, HistoryEvent happened) => client.SendTaskOrchestrationMessageAsync(new TaskMessage
    {
        OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId },
        Event = happened,
    });

    private async Task<OrchestrationState> PollAsync(string instanceId, Func<OrchestrationState, bool> until, CancellationToken cancellation)
    {
        var wait = ShortestPoll;
        while (true)
        {
            var state = await FindAsync(instanceId) ?? throw NoInstance(instanceId);
            if (until(state))
                return state;
            await Task.Delay(wait, cancellation);
            wait = wait * 2 < LongestPoll ? wait * 2 : LongestPoll;
        }
    }

    private OrchestrationMetadata ToMetadata(OrchestrationState state, bool withInputsAndOutputs) =>
        new(state.Name, state.OrchestrationInstance.InstanceId)
        {
            DataConverter = withInputsAndOutputs ? converter : null,
            RuntimeStatus = (OrchestrationRuntimeStatus)state.OrchestrationStatus,
            CreatedAt = state.CreatedTime,
            LastUpdatedAt = state.LastUpdatedTime,
            SerializedInput = withInputsAndOutputs ? state.Input : null,
            SerializedOutput = withInputsAndOutputs ? state.Output : null,
            SerializedCustomStatus = withInputsAndOutputs ? state.Status : null,
            FailureDetails = withInputsAndOutputs ? ToTask(state.FailureDetails) : null,
            Tags = state.Tags is { Count: > 0 } tags ? tags.ToDictionary() : NoTags,
        };

    private T As<T>() => client is T supported ? supported : throw new NotSupportedException($"{client.GetType().Name} does not support this: {typeof(T).Name}.");
}
