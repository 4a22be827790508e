using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Agents;
using Jobs.Domain.Identity;
using Jobs.Domain.Runs;
using Jobs.Functions.Ledger;
using Jobs.Functions.Runs;
using Jobs.Functions.Schedules;
using Jobs.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Triggers;

/// <summary>
/// What starts an agent without a request for it: its schedule and its webhook. The agent's own row says what counts; the rows that make a due agent or a token findable follow it, and
/// are put right from it by whoever meets one that differs.
/// </summary>
public sealed partial class TriggerService(
    AgentStore agents,
    ScheduleStore schedules,
    WebhookStore webhooks,
    SweepList sweep,
    RunService runs,
    ProgramStore programs,
    TimeProvider time,
    ILogger<TriggerService> logger)
{
    /// <summary>The input of a scheduled run.</summary>
    private static readonly byte[] EmptyInput = "{}"u8.ToArray();

    /// <summary>When the agent's schedule starts it next; null when nothing does.</summary>
    public DateTimeOffset? NextRunOf(Agent agent) =>
        agent is { IsDeleted: false, IsPaused: false, Schedule: { } schedule } ? CronSchedule.Read(schedule).NextAfter(time.GetUtcNow())?.ToUniversalTime() : null;

    /// <summary>
    /// Changes the settings of the caller's agent; null when there is no such agent. <paramref name="change"/> gets the agent as it is, again when somebody else was first.
    /// </summary>
    public async Task<Agent?> UpdateAsync(Caller caller, string agentId, Func<Agent, Agent> change, CancellationToken cancellationToken)
    {
        // A change has an entry of its own, so that nobody else's end of work removes it.
        var entry = new SweepEntry(SweepKind.Schedule, $"{agentId}|{Ids.NewResourceId()}", caller.Tenant, time.GetUtcNow());
        for (var isAnnounced = false; ;)
        {
            if (await ReadAsync(caller.Tenant, agentId, cancellationToken) is not var (stored, agent))
            {
                return null;
            }

            var next = change(agent);
            var isScheduleChanged = (next.Schedule, next.IsPaused) != (agent.Schedule, agent.IsPaused);
            if (isScheduleChanged && !isAnnounced)
            {
                await sweep.AddAsync(entry, cancellationToken);
                isAnnounced = true;
            }

            if (await agents.TryReplaceAsync(stored, next, message: null, cancellationToken))
            {
                if (isAnnounced)
                {
                    await SyncScheduleAsync(caller.Tenant, agentId, cancellationToken);
                    await sweep.RemoveAsync(entry, cancellationToken);
                }

                return next;
            }
        }
    }

    /// <summary>Gives the caller's agent a webhook, in place of the one it had; the new token, or null when there is no such agent.</summary>
    public async Task<string?> CreateWebhookAsync(Caller caller, string agentId, CancellationToken cancellationToken)
    {
        var token = WebhookToken.Create();
        var hash = WebhookToken.Hash(token);
        if (await ReadAsync(caller.Tenant, agentId, cancellationToken) is null)
        {
            return null;
        }

        // Until the agent names it, it starts nothing.
        await sweep.AddAsync(WebhookEntry(caller.Tenant, hash), cancellationToken);
        await webhooks.AddAsync(hash, new WebhookTarget(caller.Tenant, agentId), cancellationToken);
        return await ReplaceWebhookAsync(caller, agentId, hash, cancellationToken) is null ? null : token;
    }

    /// <summary>Takes the webhook of the caller's agent away; false when there is no such agent, or none that has one.</summary>
    public async Task<bool> DeleteWebhookAsync(Caller caller, string agentId, CancellationToken cancellationToken) =>
        await ReplaceWebhookAsync(caller, agentId, hash: null, cancellationToken) is { WebhookHash: not null };

    /// <summary>
    /// The agent that a token starts, or null. Every token costs the same work, whether it was never made, was replaced, or its agent is paused or deleted.
    /// </summary>
    public async Task<Agent?> FindByTokenAsync(string token, CancellationToken cancellationToken)
    {
        var hash = WebhookToken.Hash(token);
        var target = await webhooks.FindAsync(hash, cancellationToken) ?? new WebhookTarget("nobody", "0000000000");
        var agent = (await agents.ReadAsync(target.Tenant, target.AgentId, cancellationToken))?.Resource as Agent;
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(agent?.WebhookHash ?? ""))
            && agent is { IsDeleted: false, IsPaused: false } ? agent : null;
    }

    /// <summary>
    /// Starts the run of an agent whose tick has come, once: the run's id is derived from the tick, whoever starts it. The next tick is after now, so that those that were missed
    /// are one run.
    /// </summary>
    public async Task RunDueAsync(StoredSchedule due, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var (agentId, tenant, schedule, tick) = due.Agent;
        if (await ReadAsync(tenant, agentId, cancellationToken) is not var (_, agent) || agent.IsPaused || agent.Schedule != schedule)
        {
            await SyncScheduleAsync(tenant, agentId, cancellationToken);
            return;
        }

        if (!await RunTickAsync(agent, tick, client, cancellationToken))
        {
            return;
        }

        // When somebody else changed it first, it is right already, or is met again.
        await schedules.TryReplaceAsync(due, NextOf(agent, schedule), cancellationToken);
    }

    /// <summary>Removes the triggers of an agent that is being deleted.</summary>
    public async Task RemoveAllAsync(string tenant, string agentId, Agent? agent, CancellationToken cancellationToken)
    {
        if (agent?.WebhookHash is { } hash)
        {
            await webhooks.RemoveAsync(hash, cancellationToken);
        }

        await SyncScheduleAsync(tenant, agentId, cancellationToken);
    }

    /// <summary>For the sweeper: finishes a change of a schedule whose request died.</summary>
    public async Task<bool> SettleScheduleAsync(SweepEntry entry, CancellationToken cancellationToken)
    {
        await SyncScheduleAsync(entry.Tenant, entry.Id.Split('|')[0], cancellationToken);
        return true;
    }

    /// <summary>For the sweeper: removes a token that no agent names.</summary>
    public async Task<bool> SettleWebhookAsync(SweepEntry entry, CancellationToken cancellationToken)
    {
        if (await webhooks.FindAsync(entry.Id, cancellationToken) is { } target
            && (await ReadAsync(target.Tenant, target.AgentId, cancellationToken))?.Agent.WebhookHash != entry.Id)
        {
            await webhooks.RemoveAsync(entry.Id, cancellationToken);
        }

        return true;
    }

    /// <summary>False when the organisation has too much unfinished work: the tick stays due and is met again by the next scan.</summary>
    private async Task<bool> RunTickAsync(Agent agent, DateTimeOffset tick, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var runId = Ids.RunIdOf(agent.Id, tick);
        var error = await RefusalAsync(agent, cancellationToken);
        if (error is null)
        {
            var run = new NewRun(agent, runId, RunTrigger.Schedule, RunTriggers.WordOf(RunTrigger.Schedule), EmptyInput, tick);
            switch (await runs.StartAsync(run, client, cancellationToken))
            {
                case Reservation.Held:
                    return true;

                case Reservation.TooMuchUnfinished:
                    return false;
            }

            error = new RunError(RunErrorCode.InsufficientTokens, "The organization had no token left for this run.");
        }

        LogRefused(logger, runId, error.Code);
        await runs.RecordRefusalAsync(agent, runId, tick, error, cancellationToken);
        return true;
    }

    private async Task<RunError?> RefusalAsync(Agent agent, CancellationToken cancellationToken)
    {
        if (await programs.FindAsync(agent, cancellationToken) is not { } program)
        {
            return new RunError(RunErrorCode.NotRunnable, "The agent has not been built yet.");
        }

        var violations = ProgramStore.Validate(program, JsonElement.Parse(EmptyInput));
        return violations.Count == 0
            ? null
            : new RunError(
                RunErrorCode.NotRunnable,
                $"A scheduled run has an empty input, which the agent does not take: {string.Join("; ", violations.Select(v => $"{(v.Path.Length == 0 ? "the input" : v.Path)} {v.Message}"))}.");
    }

    /// <summary>Makes the agent's row in the schedule what the agent's own row says. Who was overtaken reads both again.</summary>
    private async Task SyncScheduleAsync(string tenant, string agentId, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The row first: it is replaced only if nobody wrote it after the agent was read.
            var row = await schedules.ReadAsync(agentId, cancellationToken);
            var agent = (await ReadAsync(tenant, agentId, cancellationToken))?.Agent;
            var wanted = agent is not { IsPaused: false, Schedule: { } schedule } ? null
                : row?.Agent.Schedule == schedule ? row.Agent
                : NextOf(agent, schedule);
            if (wanted == row?.Agent || await schedules.TryReplaceAsync(row, wanted, cancellationToken))
            {
                return;
            }
        }
    }

    private DueAgent? NextOf(Agent agent, AgentSchedule schedule) =>
        NextRunOf(agent) is { } next ? new DueAgent(agent.Id, agent.Tenant, schedule, next) : null;

    /// <summary>The agent as it was before it named this hash; null when there is none.</summary>
    private async Task<Agent?> ReplaceWebhookAsync(Caller caller, string agentId, string? hash, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await ReadAsync(caller.Tenant, agentId, cancellationToken) is not var (stored, agent))
            {
                return null;
            }

            if (agent.WebhookHash is { } old)
            {
                await sweep.AddAsync(WebhookEntry(caller.Tenant, old), cancellationToken);
            }

            var next = agent with { WebhookHash = hash, WebhookCreatedAt = hash is null ? null : time.GetUtcNow() };
            if (agent.WebhookHash == hash || await agents.TryReplaceAsync(stored, next, message: null, cancellationToken))
            {
                if (agent.WebhookHash is { } replaced && replaced != hash)
                {
                    await webhooks.RemoveAsync(replaced, cancellationToken);
                }

                return agent;
            }
        }
    }

    private async Task<(StoredResource Stored, Agent Agent)?> ReadAsync(string tenant, string agentId, CancellationToken cancellationToken) =>
        Ids.IsResourceId(agentId) && await agents.ReadAsync(tenant, agentId, cancellationToken) is { Resource: Agent { IsDeleted: false } agent } stored ? (stored, agent) : null;

    private SweepEntry WebhookEntry(string tenant, string hash) => new(SweepKind.Webhook, hash, tenant, time.GetUtcNow());

    [LoggerMessage(LogLevel.Warning, "Scheduled run {RunId} could not be started: {Code}")]
    private static partial void LogRefused(ILogger logger, string runId, RunErrorCode code);
}
