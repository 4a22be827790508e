using System.Text.Json;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Repositories;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>Jobs that are stored and that nobody has begun.</summary>
internal static class LaidRepositoryJobs
{
    /// <summary>A job of "acme" in its repository "site", of two minutes ago; the sweeper meets it if it was announced.</summary>
    public static async Task<Job> LayAsync(this RepositoryApp app, string id, Func<RepositoryState, RepositoryState>? change = null, string tenant = "acme", bool isAnnounced = false)
    {
        var services = app.App.Services;
        var longAgo = services.GetRequiredService<TimeProvider>().GetUtcNow() - TimeSpan.FromMinutes(2);
        var branch = new RepositoryState(
            "site", RepositoryKind.Local, RepositoryState.KeyOf(RepositoryKind.Local, "/repositories/site"), $"job/{id}", "main", AutoMerge: true, CreatePullRequest: true);
        var input = JsonSerializer.SerializeToUtf8Bytes(new StoredInstruction("add a note", []));
        var job = new Job
        {
            Id = id,
            Tenant = tenant,
            Owner = "ann",
            Kind = JobKind.Repository,
            ResourceId = "Wbk5MPTfzx",
            InputRef = await services.GetRequiredService<ArtifactStore>().WriteAsync(tenant, "Wbk5MPTfzx", input, CancellationToken.None),
            Repository = change is null ? branch : change(branch),
            Message = "Waiting to start",
            CreatedAt = longAgo,
            UpdatedAt = longAgo,
        };
        if (isAnnounced)
        {
            await services.GetRequiredService<SweepList>().AddAsync(new SweepEntry(SweepKind.Job, id, tenant, longAgo), CancellationToken.None);
        }

        await services.GetRequiredService<JobListStore>().AddAsync(job, CancellationToken.None);
        await services.GetRequiredService<JobStore>().CreateAsync(job, CancellationToken.None);
        return job;
    }
}
