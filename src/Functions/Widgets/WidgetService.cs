using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Domain.Resources;
using Jobs.Domain.Widgets;
using Jobs.Functions.Jobs;
using Jobs.Functions.Resources;
using Jobs.Storage;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Widgets;

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

/// <summary>What can be done with widgets, beside what <see cref="ResourceService"/> offers: publish and delete.</summary>
public sealed class WidgetService(
    WidgetStore widgets,
    PublishedWidgetStore published,
    ArtifactStore artifacts,
    JobStore jobStore,
    JobService jobs,
    SweepList sweep,
    ResourceTokens tokens,
    TimeProvider time) : ResourceService(widgets, artifacts, jobStore, jobs, sweep, tokens, time)
{
    /// <inheritdoc/>
    protected override JobKind JobKind => JobKind.WidgetBuild;

    /// <inheritdoc/>
    protected override SweepKind DeletionKind => SweepKind.WidgetDeletion;

    /// <summary>The caller's widget, by one point read; null when it does not exist or is not theirs.</summary>
    public async Task<Widget?> FindAsync(Caller caller, string widgetId, CancellationToken cancellationToken) =>
        (await FindStoredAsync(caller, widgetId, cancellationToken))?.Resource as Widget;

    /// <summary>Serves the bundle of the current build to the public.</summary>
    public async Task<Publication> PublishAsync(Caller caller, string widgetId, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindStoredAsync(caller, widgetId, cancellationToken) is not { } stored)
            {
                return new Publication.NotFound();
            }

            var widget = (Widget)stored.Resource;
            var job = await FindCurrentJobAsync(widget, cancellationToken);
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
                || await widgets.TryReplaceAsync(stored, widget with { PublishedBuildId = job.BuildId }, message: null, cancellationToken))
            {
                await published.PublishAsync(new PublishedBuild(widgetId, BuildKey(job.BuildId!), caller.Tenant, widget.Name, bundle), cancellationToken);
                switch (await FindAsync(caller, widgetId, cancellationToken))
                {
                    case null:
                        await published.DeleteAllAsync(widgetId, cancellationToken);
                        return new Publication.NotFound();

                    case { PublishedBuildId: var latest } when latest == job.BuildId:
                        return new Publication.Published(job.BuildId!);

                    // A later build was published between our two writes: serve that one again.
                    default:
                        break;
                }
            }
        }
    }

    /// <summary>The part of a build's id that stands in public addresses: its UUID.</summary>
    public static string BuildKey(string buildId) => buildId[(buildId.IndexOf(':') + 1)..];

    /// <inheritdoc/>
    protected override Resource New(string tenant, string id, string name, string? description, DateTimeOffset now) =>
        new Widget { Id = id, Tenant = tenant, Name = name, Description = description, CreatedAt = now };

    /// <inheritdoc/>
    protected override async Task<bool> RemovePartsAsync(
        string tenant, string id, Resource? resource, DurableTaskClient client, CancellationToken cancellationToken)
    {
        await published.DeleteAllAsync(id, cancellationToken);
        return true;
    }
}
