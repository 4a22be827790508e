using System.Diagnostics;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Ledger;
using Jobs.Functions.Ledger;
using Jobs.Storage;

namespace Jobs.Functions.Jobs;

/// <summary>What came of paying for a build.</summary>
public enum Payment
{
    /// <summary>It is reserved.</summary>
    Made,

    /// <summary>The organisation has no token for it.</summary>
    NoTokens,

    /// <summary>The organisation has spent so much on models in this month that not even the build's first call can be paid.</summary>
    SpendingLimit,
}

/// <summary>What creating something or building it would cost.</summary>
/// <param name="Generator">Who would build it.</param>
/// <param name="Tokens">Tokens of the ledger.</param>
/// <param name="Model">What it would take of a model; null where none would be called.</param>
public sealed record BuildEstimate(string Generator, int Tokens, GenerationEstimate? Model);

/// <summary>
/// What creating and building costs: an agent's one token, a widget's nothing, and beside it what the calls of a model cost, which are paid one by one. The ledger's reference is
/// the job's id, or the agent's where it is created without a build.
/// </summary>
public sealed class ResourceTokens(
    TokenLedger ledger,
    SpendingLedger spending,
    IWidgetGenerator widgets,
    IAgentGenerator agents,
    JobStore jobs,
    SweepList sweep,
    TimeProvider time)
{
    /// <summary>How the ledger calls a new agent.</summary>
    public const string CreateAgent = "Create an agent";

    /// <summary>How the ledger calls another build of an agent.</summary>
    public const string RefineAgent = "Refine an agent";

    /// <summary>
    /// Reserves what an announced build costs. A build that is stored was paid for, whatever became of it: repeating its request pays nothing.
    /// </summary>
    public async Task<Payment> ReserveBuildAsync(JobKind kind, string tenant, string jobId, bool isNew, CancellationToken cancellationToken)
    {
        if (await spending.IsReachedAsync(tenant, GeneratorOf(kind).LeastToBegin.Cost, cancellationToken) && await jobs.FindAsync(jobId, cancellationToken) is null)
        {
            return Payment.SpendingLimit;
        }

        var isPaid = kind switch
        {
            JobKind.WidgetBuild => true,
            JobKind.AgentBuild => await jobs.FindAsync(jobId, cancellationToken) is not null
                || await ledger.ReserveAsync(tenant, jobId, isNew ? CreateAgent : RefineAgent, cancellationToken) is Reservation.Held,
            JobKind.Work or JobKind.Repository => throw new UnreachableException("Work builds nothing."),
        };
        return isPaid ? Payment.Made : Payment.NoTokens;
    }

    /// <summary>
    /// Settles what a build that succeeded has cost, and gives it back for one that did not; of its calls, what was held for one that died is given back. Nothing happens before its
    /// end, or the second time.
    /// </summary>
    public async Task CloseBuildAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.IsTerminal)
        {
            await spending.CloseAsync(job.Tenant, job.Id, job.Status is JobStatus.Cancelled, cancellationToken);
        }

        await CloseTokenAsync(job, cancellationToken);
    }

    /// <summary>What creating something, and building it with <paramref name="request"/>, would cost. Null for a request of none builds nothing.</summary>
    public BuildEstimate Estimate(JobKind kind, GenerationRequest? request)
    {
        var generator = GeneratorOf(kind);
        var tokens = kind switch
        {
            JobKind.WidgetBuild => 0,
            JobKind.AgentBuild => LedgerEntry.Cost,
            JobKind.Work or JobKind.Repository => throw new UnreachableException("Work builds nothing."),
        };
        var estimate = request is null ? null : generator.Estimate(request);
        return new BuildEstimate(generator.Name, tokens, estimate is null ? null : estimate with { MaxCost = Math.Min(estimate.MaxCost, spending.Limits.Build ?? long.MaxValue) });
    }

    private ISourceGenerator GeneratorOf(JobKind kind) => kind switch
    {
        JobKind.WidgetBuild => widgets,
        JobKind.AgentBuild => agents,
        JobKind.Work or JobKind.Repository => throw new UnreachableException("Work builds nothing."),
    };

    private Task CloseTokenAsync(Job job, CancellationToken cancellationToken) => job.Kind switch
    {
        JobKind.WidgetBuild or JobKind.Work or JobKind.Repository => Task.CompletedTask,
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
        JobKind.Work or JobKind.Repository => throw new UnreachableException("Work builds nothing."),
    };

    /// <summary>Settles what a draft that is stored has cost. Nothing happens the second time.</summary>
    public Task SettleDraftAsync(JobKind kind, string tenant, string id, CancellationToken cancellationToken) => kind switch
    {
        JobKind.WidgetBuild => Task.CompletedTask,
        JobKind.AgentBuild => SettleAgentAsync(tenant, id, cancellationToken),
        JobKind.Work or JobKind.Repository => throw new UnreachableException("Work builds nothing."),
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
