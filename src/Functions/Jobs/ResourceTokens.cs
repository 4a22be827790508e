using Jobs.Domain.Jobs;
using Jobs.Functions.Ledger;
using Jobs.Storage;

namespace Jobs.Functions.Jobs;

/// <summary>
/// What creating and building costs: an agent's one token, a widget's nothing. The ledger's reference is the job's id, or the agent's where it is created without a build.
/// </summary>
public sealed class ResourceTokens(TokenLedger ledger, JobStore jobs, SweepList sweep, TimeProvider time)
{
    /// <summary>How the ledger calls a new agent.</summary>
    public const string CreateAgent = "Create an agent";

    /// <summary>How the ledger calls another build of an agent.</summary>
    public const string RefineAgent = "Refine an agent";

    /// <summary>
    /// Reserves what an announced build costs; false when there is no token. A build that is stored was paid for, whatever became of it: repeating its request pays nothing.
    /// </summary>
    public async Task<bool> ReserveBuildAsync(JobKind kind, string tenant, string jobId, bool isNew, CancellationToken cancellationToken) => kind switch
    {
        JobKind.WidgetBuild => true,
        JobKind.AgentBuild => await jobs.FindAsync(jobId, cancellationToken) is not null
            || await ledger.ReserveAsync(tenant, jobId, isNew ? CreateAgent : RefineAgent, cancellationToken) is Reservation.Held,
    };

    /// <summary>Settles what a build that succeeded has cost, and gives it back for one that did not. Nothing happens before its end, or the second time.</summary>
    public Task CloseBuildAsync(Job job, CancellationToken cancellationToken) => job.Kind switch
    {
        JobKind.WidgetBuild => Task.CompletedTask,
        JobKind.AgentBuild => job.Status switch
        {
            JobStatus.Queued or JobStatus.Running or JobStatus.WaitingForInput => Task.CompletedTask,
            JobStatus.Succeeded or JobStatus.Merged => ledger.SettleAsync(job.Tenant, job.Id, cancellationToken),
            JobStatus.Failed or JobStatus.Cancelled => ledger.ReleaseAsync(job.Tenant, job.Id, cancellationToken),
        },
    };

    /// <summary>Reserves what a draft costs, noting it first so that the sweeper finds the token if this request dies; false when there is none.</summary>
    public async Task<bool> ReserveDraftAsync(JobKind kind, string tenant, string id, CancellationToken cancellationToken) => kind switch
    {
        JobKind.WidgetBuild => true,
        JobKind.AgentBuild => await ReserveAgentAsync(tenant, id, cancellationToken),
    };

    /// <summary>Settles what a draft that is stored has cost. Nothing happens the second time.</summary>
    public Task SettleDraftAsync(JobKind kind, string tenant, string id, CancellationToken cancellationToken) => kind switch
    {
        JobKind.WidgetBuild => Task.CompletedTask,
        JobKind.AgentBuild => SettleAgentAsync(tenant, id, cancellationToken),
    };

    /// <summary>Gives back what was reserved for a build, or a draft, that will never be stored.</summary>
    public Task ReleaseAsync(string tenant, string reference, CancellationToken cancellationToken) => ledger.ReleaseAsync(tenant, reference, cancellationToken);

    private async Task<bool> ReserveAgentAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        await sweep.AddAsync(Draft(tenant, id), cancellationToken);
        if (await ledger.ReserveAsync(tenant, id, CreateAgent, cancellationToken) is Reservation.Held)
        {
            return true;
        }

        await sweep.RemoveAsync(Draft(tenant, id), cancellationToken);
        return false;
    }

    private async Task SettleAgentAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        await ledger.SettleAsync(tenant, id, cancellationToken);
        await sweep.RemoveAsync(Draft(tenant, id), cancellationToken);
    }

    private SweepEntry Draft(string tenant, string id) => new(SweepKind.AgentDraft, id, tenant, time.GetUtcNow());
}
