using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Storage;

namespace Jobs.Functions.Repositories;

/// <summary>Registers and finds the repositories of organisations. A job touches no others.</summary>
public sealed class RepositoryService(RepositoryStore store, Forges forges, RepositoryGrants grants, TimeProvider time)
{
    /// <summary>Whether repositories of a kind are served here.</summary>
    public bool Serves(RepositoryKind kind) => forges.Find(kind) is not null;

    /// <summary>
    /// Registers a repository that is there and may be touched; throws <see cref="ForgeException"/> otherwise. Its default branch, if none is wanted, is the one that its head names. The
    /// repository as it is registered; null with the reason when it is not.
    /// </summary>
    public async Task<(Repository? Repository, Registration Outcome)> RegisterAsync(Repository wanted, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(wanted.Tenant, wanted.Name, cancellationToken) is { } known && (known.Kind, known.Location) != (wanted.Kind, wanted.Location))
        {
            return (null, Registration.NameTaken);
        }

        if (wanted.Kind is RepositoryKind.GitHub && !grants.Allow(wanted.Tenant, wanted.Location))
        {
            throw new ForgeException("The location is not one that your organization may use.", isTransient: false);
        }

        var facts = await forges.Of(wanted.Kind).InspectAsync(wanted.Location, cancellationToken);
        var repository = wanted with { DefaultBranch = wanted.DefaultBranch.Length > 0 ? wanted.DefaultBranch : facts.DefaultBranch, CreatedAt = time.GetUtcNow() };
        var outcome = await store.AddAsync(repository, RepositoryLimits.MaxRepositories, cancellationToken);
        return outcome is Registration.Done ? (await store.FindAsync(repository.Tenant, repository.Name, cancellationToken) ?? repository, outcome) : (null, outcome);
    }

    /// <summary>The organisation's repository of a name; null when there is none.</summary>
    public Task<Repository?> FindAsync(Caller caller, string name, CancellationToken cancellationToken) => store.FindAsync(caller.Tenant, name, cancellationToken);

    /// <summary>The organisation's repositories, in the order of their names.</summary>
    public Task<IReadOnlyList<Repository>> ListAsync(Caller caller, CancellationToken cancellationToken) => store.ListAsync(caller.Tenant, cancellationToken);

    /// <summary>Takes a repository out: its branches stay, and jobs that are on them fail at their next step. False when there is none of that name.</summary>
    public Task<bool> RemoveAsync(Caller caller, string name, CancellationToken cancellationToken) => store.RemoveAsync(caller.Tenant, name, cancellationToken);

    /// <summary>Whether what a job has done is to be checked; false also where its repository is not registered any more.</summary>
    public async Task<bool> HasCheckAsync(Job job, CancellationToken cancellationToken) =>
        await store.FindAsync(job.Tenant, job.Repository!.Name, cancellationToken) is { Check: not null };

    /// <summary>The repository that a job is in, as it is registered now. Throws <see cref="ForgeException"/> when it is not any more.</summary>
    public async Task<Repository> OfAsync(Job job, CancellationToken cancellationToken) =>
        await store.FindAsync(job.Tenant, job.Repository!.Name, cancellationToken) is { } repository && RepositoryState.KeyOf(repository.Kind, repository.Location) == job.Repository.Key
            ? repository
            : throw new ForgeException("The repository is not registered any more.", isTransient: false);
}
