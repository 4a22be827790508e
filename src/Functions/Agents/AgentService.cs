using Jobs.Domain.Agents;
using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Domain.Resources;
using Jobs.Functions.Jobs;
using Jobs.Functions.Resources;
using Jobs.Functions.Runs;
using Jobs.Functions.Secrets;
using Jobs.Functions.Triggers;
using Jobs.Storage;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Agents;

/// <summary>What can be done with agents, beside what <see cref="ResourceService"/> offers.</summary>
public sealed class AgentService(
    AgentStore agents,
    ArtifactStore artifacts,
    JobStore jobStore,
    JobService jobs,
    SweepList sweep,
    SecretVault secrets,
    ResourceTokens tokens,
    RunService runs,
    TriggerService triggers,
    TimeProvider time) : ResourceService(agents, artifacts, jobStore, jobs, sweep, tokens, time)
{
    /// <inheritdoc/>
    protected override JobKind JobKind => JobKind.AgentBuild;

    /// <inheritdoc/>
    protected override SweepKind DeletionKind => SweepKind.AgentDeletion;

    /// <summary>The caller's agent, by one point read; null when it does not exist or is not theirs.</summary>
    public async Task<Agent?> FindAsync(Caller caller, string agentId, CancellationToken cancellationToken) =>
        (await FindStoredAsync(caller, agentId, cancellationToken))?.Resource as Agent;

    /// <inheritdoc/>
    protected override async Task<bool> RemovePartsAsync(string tenant, string id, Resource? resource, DurableTaskClient client, CancellationToken cancellationToken)
    {
        // First what starts runs, so that none is started behind those that are stopped here.
        await triggers.RemoveAllAsync(tenant, id, (Agent?)resource, cancellationToken);
        var haveStopped = await runs.RemoveAllAsync(id, cancellationToken);
        await secrets.DeleteAllAsync(id, cancellationToken);
        return haveStopped;
    }

    /// <inheritdoc/>
    protected override Resource New(string tenant, string id, string name, string? description, DateTimeOffset now) =>
        new Agent { Id = id, Tenant = tenant, Name = name, Description = description, CreatedAt = now };
}
