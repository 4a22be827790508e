using System.Text;
using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Domain.Widgets;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Jobs;
using Jobs.Functions.Storage;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Widgets;

/// <summary>What became of a request to build a widget again.</summary>
public enum BuildStart
{
    /// <summary>The job is accepted.</summary>
    Started,

    /// <summary>The caller has no such widget.</summary>
    NotFound,

    /// <summary>Another build is running; one runs at a time.</summary>
    AlreadyRunning,
}

/// <summary>What became of a request to publish a widget.</summary>
public abstract record Publication
{
    private Publication()
    {
    }

    /// <summary>The build is served.</summary>
    public sealed record Published(string BuildId) : Publication;

    /// <summary>The caller has no such widget.</summary>
    public sealed record NotFound : Publication;

    /// <summary>The current build is not safe to publish.</summary>
    public sealed record NotReady(string Reason) : Publication;
}

/// <summary>Creates, builds, lists, publishes and deletes widgets. Every method takes a <see cref="Caller"/>; another tenant's widget does not exist.</summary>
public sealed class WidgetService(
    WidgetStore widgets,
    PublishedWidgetStore published,
    ArtifactStore artifacts,
    JobStore jobStore,
    JobService jobs,
    SweepList sweep,
    TimeProvider time)
{
    /// <summary>
    /// How long a widget may name a job that is not stored yet: the time between two writes of one request. Afterwards the request is taken for dead.
    /// </summary>
    public static readonly TimeSpan ClaimLifetime = TimeSpan.FromMinutes(1);

    /// <summary>Creates a draft. Repeating it with the same id changes nothing.</summary>
    public Task CreateDraftAsync(Caller caller, string widgetId, string name, string? description, CancellationToken cancellationToken) =>
        widgets.CreateAsync(NewWidget(caller, widgetId, name, description), cancellationToken);

    /// <summary>Creates a widget and the job that builds it. Repeating it with the same ids completes what is missing and changes nothing else.</summary>
    public async Task CreateAndBuildAsync(
        Caller caller,
        CreationIds ids,
        string name,
        string? description,
        string prompt,
        DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        await jobs.AnnounceAsync(caller, ids.JobId, cancellationToken);
        var widget = NewWidget(caller, ids.ResourceId, name, description);
        await widgets.CreateAsync(widget with { CurrentJobId = ids.JobId, ClaimedAt = widget.CreatedAt }, cancellationToken);
        await CreateJobAsync(caller, widget.Id, ids, prompt, client, cancellationToken);
    }

    /// <summary>Builds a widget again, from the files that are there. Repeating it with the same ids completes what is missing and changes nothing else.</summary>
    public async Task<BuildStart> BuildAsync(
        Caller caller,
        string widgetId,
        CreationIds ids,
        string prompt,
        DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindStoredAsync(caller, widgetId, cancellationToken) is not { } stored)
            {
                return BuildStart.NotFound;
            }

            var widget = stored.Widget;
            if (widget.CurrentJobId != ids.JobId)
            {
                // A repetition of a request that started this build and died before it answered, after which others were started.
                if (await jobStore.FindAsync(ids.JobId, cancellationToken) is not null)
                {
                    return BuildStart.Started;
                }

                if (await IsBusyAsync(widget, cancellationToken))
                {
                    return BuildStart.AlreadyRunning;
                }
            }

            await jobs.AnnounceAsync(caller, ids.JobId, cancellationToken);
            // Of two requests at once the ETag lets one claim the widget; the other reads again and finds it busy.
            if (widget.CurrentJobId == ids.JobId
                || await widgets.TryReplaceAsync(stored, widget with { CurrentJobId = ids.JobId, ClaimedAt = time.GetUtcNow() }, cancellationToken))
            {
                break;
            }
        }

        await CreateJobAsync(caller, widgetId, ids, prompt, client, cancellationToken);
        return BuildStart.Started;
    }

    /// <summary>The caller's widget, by one point read; null when it does not exist or is not theirs.</summary>
    public async Task<Widget?> FindAsync(Caller caller, string widgetId, CancellationToken cancellationToken) =>
        (await FindStoredAsync(caller, widgetId, cancellationToken))?.Widget;

    /// <summary>One page of the caller's widgets, newest first, and how many there are.</summary>
    public Task<(IReadOnlyList<WidgetLine> Page, int Total)> ListAsync(Caller caller, Paging paging, CancellationToken cancellationToken) =>
        widgets.ListAsync(caller.Tenant, paging.Page, paging.Limit, cancellationToken);

    /// <summary>The files of the last build that generated any; none for a widget that was never built. Null when the widget does not exist.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> ReadFilesAsync(Caller caller, string widgetId, CancellationToken cancellationToken)
    {
        if (await FindAsync(caller, widgetId, cancellationToken) is not { } widget)
        {
            return null;
        }

        if (widget.SourcesRef is not { } reference)
        {
            return SourceFiles.Empty.Files;
        }

        if (await artifacts.FindAsync(caller.Tenant, widgetId, reference, cancellationToken) is { } sources)
        {
            return WidgetSources.Parse(sources).Files;
        }

        // Deleted between the two reads; for a widget that is still there a missing artifact is a fault.
        return await FindAsync(caller, widgetId, cancellationToken) is null
            ? null
            : throw new InvalidDataException($"The artifact {reference} of widget {widgetId} is missing.");
    }

    /// <summary>Serves the bundle of the current build to the public.</summary>
    public async Task<Publication> PublishAsync(Caller caller, string widgetId, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindStoredAsync(caller, widgetId, cancellationToken) is not { } stored)
            {
                return new Publication.NotFound();
            }

            var widget = stored.Widget;
            var job = widget.CurrentJobId is { } jobId ? await jobStore.FindAsync(jobId, cancellationToken) : null;
            if (job?.Compile is not { Status: CompileStatus.Succeeded, Bundle: { } bundle })
            {
                return new Publication.NotReady(job switch
                {
                    null => "The widget has not been built yet.",
                    { Status: JobStatus.Failed or JobStatus.Cancelled } => "The widget's last build failed; build it again.",
                    { Compile.Status: CompileStatus.Failed } => "The widget's files do not compile; see buildStatus.failureDetails of its job.",
                    _ => "The widget's build has not finished; wait until buildStatus.status is SUCCEEDED.",
                });
            }

            // The widget's row decides: a widget that is being deleted meanwhile is not published.
            if (widget.PublishedBuildId == job.BuildId
                || await widgets.TryReplaceAsync(stored, widget with { PublishedBuildId = job.BuildId }, cancellationToken))
            {
                await published.PublishAsync(new PublishedBuild(widgetId, BuildKey(job.BuildId), caller.Tenant, widget.Name, bundle), cancellationToken);
                switch (await FindAsync(caller, widgetId, cancellationToken))
                {
                    case null:
                        await published.DeleteAllAsync(widgetId, cancellationToken);
                        return new Publication.NotFound();

                    case { PublishedBuildId: var latest } when latest == job.BuildId:
                        return new Publication.Published(job.BuildId);

                    // A later build was published between our two writes: serve that one again.
                    default:
                        break;
                }
            }
        }
    }

    /// <summary>
    /// Deletes a widget for good: a running build is stopped, the public address answers 404, files and bundles are removed. False when it does not exist.
    /// Once the row is marked the widget is gone for every caller; a crash after that is completed by the sweeper.
    /// </summary>
    public async Task<bool> DeleteAsync(Caller caller, string widgetId, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindStoredAsync(caller, widgetId, cancellationToken) is not { } stored)
            {
                return false;
            }

            await sweep.AddAsync(new SweepEntry(SweepKind.WidgetDeletion, widgetId, caller.Tenant, time.GetUtcNow()), cancellationToken);
            if (await widgets.TryReplaceAsync(stored, stored.Widget with { IsDeleted = true }, cancellationToken))
            {
                // The entry stays: a publication or a build that was under way may write after this, and dies with the sweeper's second look.
                await CompleteDeletionAsync(caller.Tenant, widgetId, cancellationToken);
                return true;
            }
        }
    }

    /// <summary>
    /// Does what is left of a deletion, also when nothing seems to be. False while a build of the widget is still stopping: it may yet write an artifact, so
    /// it is looked at again later.
    /// </summary>
    public async Task<bool> CompleteDeletionAsync(string tenant, string widgetId, CancellationToken cancellationToken)
    {
        var widget = (await widgets.ReadAsync(tenant, widgetId, cancellationToken))?.Widget;
        if (widget is { IsDeleted: false })
        {
            // Announced by a request that died before it deleted anything.
            return true;
        }

        await published.DeleteAllAsync(widgetId, cancellationToken);
        var busy = false;
        if (widget?.CurrentJobId is { } jobId)
        {
            await jobs.CancelAsync(jobId, cancellationToken);
            busy = await IsBusyAsync(widget, cancellationToken);
        }

        await artifacts.DeleteAllAsync(tenant, widgetId, cancellationToken);
        if (busy)
        {
            return false;
        }

        await widgets.RemoveAsync(tenant, widgetId, cancellationToken);
        return true;
    }

    /// <summary>The part of a build's id that stands in public addresses: its UUID.</summary>
    public static string BuildKey(string buildId) => buildId[(buildId.IndexOf(':') + 1)..];

    private Widget NewWidget(Caller caller, string widgetId, string name, string? description) => new()
    {
        Id = widgetId,
        Tenant = caller.Tenant,
        Name = name,
        Description = description,
        CreatedAt = time.GetUtcNow(),
    };

    private async Task CreateJobAsync(
        Caller caller,
        string widgetId,
        CreationIds ids,
        string prompt,
        DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var input = await artifacts.WriteAsync(caller.Tenant, widgetId, Encoding.UTF8.GetBytes(prompt), cancellationToken);
        var now = time.GetUtcNow();
        await jobs.CreateAsync(
            new Job
            {
                Id = ids.JobId,
                Tenant = caller.Tenant,
                Owner = caller.User,
                Kind = JobKind.WidgetBuild,
                WidgetId = widgetId,
                BuildId = ids.BuildId,
                InputRef = input,
                Message = "Waiting to start",
                CreatedAt = now,
                UpdatedAt = now,
            },
            client,
            cancellationToken);
    }

    private async Task<bool> IsBusyAsync(Widget widget, CancellationToken cancellationToken) => widget.CurrentJobId is { } jobId
        && (await jobStore.FindAsync(jobId, cancellationToken) is { } job ? !job.IsSettled : time.GetUtcNow() - widget.ClaimedAt < ClaimLifetime);

    private async Task<StoredWidget?> FindStoredAsync(Caller caller, string widgetId, CancellationToken cancellationToken) =>
        Ids.IsResourceId(widgetId)
        && await widgets.ReadAsync(caller.Tenant, widgetId, cancellationToken) is { Widget.IsDeleted: false } stored
            ? stored
            : null;
}
