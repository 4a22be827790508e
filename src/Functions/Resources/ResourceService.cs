using System.Text;
using Jobs.Domain;
using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Domain.Resources;
using Jobs.Domain.Widgets;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Jobs;
using Jobs.Storage;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Resources;

/// <summary>What became of a request to build.</summary>
public enum BuildStart
{
    /// <summary>The job is accepted.</summary>
    Started,

    /// <summary>The caller has no such resource.</summary>
    NotFound,

    /// <summary>Another build is running; one runs at a time.</summary>
    AlreadyRunning,

    /// <summary>The organisation has no token for it.</summary>
    NoTokens,

    /// <summary>The organisation may spend no more on models in this month.</summary>
    SpendingLimit,
}

/// <summary>What became of a message.</summary>
public abstract record Posted
{
    private Posted()
    {
    }

    /// <summary>It answered the open question; the job goes on.</summary>
    public sealed record Answered(string JobId) : Posted;

    /// <summary>It asked for a build, or tried to.</summary>
    public sealed record Refined(BuildStart Start) : Posted;
}

/// <summary>One page of a conversation, oldest first.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="OpenQuestion">The job and the number of the message that waits for an answer; null when none does.</param>
public sealed record Conversation(IReadOnlyList<ChatMessage> Messages, (string JobId, int Number)? OpenQuestion);

/// <summary>
/// What can be done with a widget as with an agent: create, build, list, read, talk. Every method takes a <see cref="Caller"/>; another tenant's resource does not exist.
/// </summary>
public abstract class ResourceService(
    ResourceStore resources,
    ArtifactStore artifacts,
    JobStore jobStore,
    JobService jobs,
    SweepList sweep,
    ResourceTokens tokens,
    TimeProvider time)
{
    /// <summary>
    /// How long a resource may name a job that is not stored yet: the time between two writes of one request. Afterwards the request is taken for dead.
    /// </summary>
    public static readonly TimeSpan ClaimLifetime = TimeSpan.FromMinutes(1);

    /// <summary>How many messages of earlier builds the generator gets.</summary>
    public const int MaxEarlierMessages = 50;

    /// <summary>The jobs that build it.</summary>
    protected abstract JobKind JobKind { get; }

    /// <summary>The sweep list's name for a deletion.</summary>
    protected abstract SweepKind DeletionKind { get; }

    /// <summary>Creates a draft; false when the organisation has no token for it. Repeating it with the same id changes nothing.</summary>
    public async Task<bool> CreateDraftAsync(Caller caller, string id, string name, string? description, CancellationToken cancellationToken)
    {
        if (!await tokens.ReserveDraftAsync(JobKind, caller.Tenant, id, cancellationToken))
        {
            return false;
        }

        await resources.CreateAsync(New(caller.Tenant, id, name, description, time.GetUtcNow()), prompt: null, cancellationToken);
        await tokens.SettleDraftAsync(JobKind, caller.Tenant, id, cancellationToken);
        return true;
    }

    /// <summary>
    /// Creates a resource and the job that builds it, unless the organisation cannot pay for it. Repeating it with the same ids completes what is missing and changes
    /// nothing else.
    /// </summary>
    public async Task<BuildStart> CreateAndBuildAsync(
        Caller caller,
        CreationIds ids,
        string name,
        string? description,
        string prompt,
        DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (await TryAnnounceAsync(caller, ids.JobId, isNew: true, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var resource = New(caller.Tenant, ids.ResourceId, name, description, time.GetUtcNow());
        await resources.CreateAsync(resource with { CurrentJobId = ids.JobId, ClaimedAt = resource.CreatedAt }, Prompt(ids.JobId, prompt), cancellationToken);
        await CreateJobAsync(caller, ids.ResourceId, ids, prompt, client, cancellationToken);
        return BuildStart.Started;
    }

    /// <summary>What creating a resource would cost, and building it where there is a prompt. Does nothing.</summary>
    public BuildEstimate EstimateCreation(string name, string? description, string? prompt) =>
        tokens.Estimate(JobKind, prompt is null ? null : Request(name, description, prompt, [], SourceFiles.Empty));

    /// <summary>What building a resource again would cost, or why it would not be built. Does nothing.</summary>
    public async Task<(BuildStart Start, BuildEstimate? Estimate)> EstimateBuildAsync(Caller caller, string id, string prompt, CancellationToken cancellationToken)
    {
        if (await FindStoredAsync(caller, id, cancellationToken) is not { Resource: var resource } || await ReadFilesAsync(caller, id, cancellationToken) is not { } files)
        {
            return (BuildStart.NotFound, null);
        }

        if (await IsBusyAsync(resource, cancellationToken))
        {
            return (BuildStart.AlreadyRunning, null);
        }

        var earlier = await resources.ListMessagesAsync(caller.Tenant, id, before: null, MaxEarlierMessages, cancellationToken);
        return SourceFiles.TryCreate(files, out var current, out string? error)
            ? (BuildStart.Started, tokens.Estimate(JobKind, Request(resource.Name, resource.Description, prompt, [.. earlier.Reverse()], current)))
            : throw new InvalidDataException($"The files of {id} break a rule: {error}");
    }

    /// <summary>Builds a resource again, from the files that are there. Repeating it with the same ids completes what is missing and changes nothing else.</summary>
    public async Task<BuildStart> BuildAsync(
        Caller caller,
        string id,
        CreationIds ids,
        string prompt,
        DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var isAnnounced = false;
        while (true)
        {
            if (await FindStoredAsync(caller, id, cancellationToken) is not { } stored)
            {
                return await RefuseAsync(BuildStart.NotFound);
            }

            var resource = stored.Resource;
            if (resource.CurrentJobId != ids.JobId)
            {
                // A repetition of a request that started this build and died before it answered, after which others were started.
                if (await jobStore.FindAsync(ids.JobId, cancellationToken) is not null)
                {
                    return BuildStart.Started;
                }

                if (await IsBusyAsync(resource, cancellationToken))
                {
                    return await RefuseAsync(BuildStart.AlreadyRunning);
                }
            }

            if (await TryAnnounceAsync(caller, ids.JobId, isNew: false, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            isAnnounced = true;
            // Of two requests at once the ETag lets one claim the resource; the other reads again and finds it busy.
            if (resource.CurrentJobId == ids.JobId
                || await resources.TryReplaceAsync(
                    stored,
                    resource with { CurrentJobId = ids.JobId, ClaimedAt = time.GetUtcNow() },
                    Prompt(ids.JobId, prompt),
                    cancellationToken))
            {
                break;
            }
        }

        await CreateJobAsync(caller, id, ids, prompt, client, cancellationToken);
        return BuildStart.Started;

        async Task<BuildStart> RefuseAsync(BuildStart reason)
        {
            if (isAnnounced)
            {
                await tokens.ReleaseAsync(caller.Tenant, ids.JobId, cancellationToken);
                await jobs.WithdrawAsync(caller, ids.JobId, cancellationToken);
            }

            return reason;
        }
    }

    /// <summary>One page of the caller's resources, newest first, and how many there are.</summary>
    public Task<(IReadOnlyList<ResourceLine> Page, int Total)> ListAsync(Caller caller, Paging paging, CancellationToken cancellationToken) =>
        resources.ListAsync(caller.Tenant, paging.Page, paging.Limit, cancellationToken);

    /// <summary>The files of the last build that produced any; none for a draft. Null when the caller has no such resource.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> ReadFilesAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        if (await FindStoredAsync(caller, id, cancellationToken) is not { Resource: var resource })
        {
            return null;
        }

        if (resource.SourcesRef is not { } reference)
        {
            return SourceFiles.Empty.Files;
        }

        if (await artifacts.FindAsync(caller.Tenant, id, reference, cancellationToken) is { } sources)
        {
            return Sources.Parse(sources).Files;
        }

        // Deleted between the two reads; for a resource that is still there a missing artifact is a fault.
        return await FindStoredAsync(caller, id, cancellationToken) is null
            ? null
            : throw new InvalidDataException($"The artifact {reference} of {id} is missing.");
    }

    /// <summary>The latest <paramref name="limit"/> messages before a place, or of all. Null when the caller has no such resource.</summary>
    public async Task<Conversation?> ListMessagesAsync(
        Caller caller,
        string id,
        (string JobId, int Number)? before,
        int limit,
        CancellationToken cancellationToken)
    {
        if (await FindStoredAsync(caller, id, cancellationToken) is not { Resource: var resource })
        {
            return null;
        }

        var messages = await resources.ListMessagesAsync(caller.Tenant, id, before, limit, cancellationToken);
        var job = await FindCurrentJobAsync(resource, cancellationToken);
        return new Conversation([.. messages.Reverse()], IsWaiting(job) ? (job!.Id, ChatMessage.NumberOfQuestion(job.Questions)) : null);
    }

    /// <summary>
    /// Says something about the resource: the answer to the open question, if there is one, else what to build next. Of two answers at once the first is taken, and the
    /// other one is what to build next.
    /// </summary>
    public async Task<Posted> PostMessageAsync(
        Caller caller,
        string id,
        CreationIds ids,
        string content,
        DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (await FindStoredAsync(caller, id, cancellationToken) is not { Resource: var resource })
        {
            return new Posted.Refined(BuildStart.NotFound);
        }

        if (await FindCurrentJobAsync(resource, cancellationToken) is { } job && IsWaiting(job))
        {
            var answer = new ChatMessage
            {
                JobId = job.Id,
                Number = ChatMessage.NumberOfAnswer(job.Questions),
                Kind = ChatMessageKind.Answer,
                Content = content,
                CreatedAt = time.GetUtcNow(),
            };
            var isTaken = await resources.TryAddMessageAsync(caller.Tenant, id, answer, cancellationToken)
                // The same answer once more: this request's own, sent again after it died, or one that says the same.
                || (await resources.FindMessageAsync(caller.Tenant, id, job.Id, answer.Number, cancellationToken))?.Content == content;
            // Also for the answer of somebody else, whose request may have died here.
            await jobs.AnswerAsync(job.Id, job.Questions, client, cancellationToken);
            if (isTaken)
            {
                return new Posted.Answered(job.Id);
            }
        }

        return new Posted.Refined(await BuildAsync(caller, id, ids, content, client, cancellationToken));
    }

    /// <summary>
    /// Deletes a resource for good: a running build is stopped, and all that belongs to it is removed. False when it does not exist. Once the row is marked the resource is gone
    /// for every caller; a crash after that is completed by the sweeper.
    /// </summary>
    public async Task<bool> DeleteAsync(Caller caller, string id, DurableTaskClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindStoredAsync(caller, id, cancellationToken) is not { } stored)
            {
                return false;
            }

            await sweep.AddAsync(new SweepEntry(DeletionKind, id, caller.Tenant, time.GetUtcNow()), cancellationToken);
            if (await resources.TryReplaceAsync(stored, stored.Resource with { IsDeleted = true }, message: null, cancellationToken))
            {
                // The entry stays: whatever was under way may write after this, and dies with the sweeper's second look.
                await CompleteDeletionAsync(caller.Tenant, id, client, cancellationToken);
                return true;
            }
        }
    }

    /// <summary>
    /// Does what is left of a deletion, also when nothing seems to be. False while a build of the resource is still stopping: it may yet write an artifact, so
    /// it is looked at again later.
    /// </summary>
    public async Task<bool> CompleteDeletionAsync(string tenant, string id, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var resource = (await resources.ReadAsync(tenant, id, cancellationToken))?.Resource;
        if (resource is { IsDeleted: false })
        {
            // Announced by a request that died before it deleted anything.
            return true;
        }

        var isDone = await RemovePartsAsync(tenant, id, resource, client, cancellationToken);
        if (resource?.CurrentJobId is { } jobId)
        {
            await jobs.CancelAsync(jobId, client, cancellationToken);
            isDone &= !await IsBusyAsync(resource, cancellationToken);
        }

        await artifacts.DeleteAllAsync(tenant, id, cancellationToken);
        if (isDone)
        {
            await resources.RemoveAsync(tenant, id, cancellationToken);
        }

        return isDone;
    }

    /// <summary>Removes what only this type of resource has, also when nothing seems to be left of it; false when it must be looked at again later.</summary>
    protected abstract Task<bool> RemovePartsAsync(string tenant, string id, Resource? resource, DurableTaskClient client, CancellationToken cancellationToken);

    /// <summary>A new resource of this service's type.</summary>
    protected abstract Resource New(string tenant, string id, string name, string? description, DateTimeOffset now);

    /// <summary>The caller's resource with its ETag, by one point read; null when it does not exist, is being deleted or is not theirs.</summary>
    protected async Task<StoredResource?> FindStoredAsync(Caller caller, string id, CancellationToken cancellationToken) =>
        Ids.IsResourceId(id) && await resources.ReadAsync(caller.Tenant, id, cancellationToken) is { Resource.IsDeleted: false } stored ? stored : null;

    /// <summary>The job that builds the resource or built it last; null for a draft, and for a job that is not stored yet.</summary>
    protected async Task<Job?> FindCurrentJobAsync(Resource resource, CancellationToken cancellationToken) =>
        resource.CurrentJobId is { } jobId ? await jobStore.FindAsync(jobId, cancellationToken) : null;

    /// <summary>Whether a build of the resource is under way.</summary>
    protected async Task<bool> IsBusyAsync(Resource resource, CancellationToken cancellationToken) => resource.CurrentJobId is { } jobId
        && (await jobStore.FindAsync(jobId, cancellationToken) is { } job ? !job.IsSettled : time.GetUtcNow() - resource.ClaimedAt < ClaimLifetime);

    private static GenerationRequest Request(string name, string? description, string prompt, IReadOnlyList<ChatMessage> earlier, SourceFiles current) =>
        new(name, description, prompt, [], earlier, current) { Workbench = new NoWorkbench() };

    private bool IsWaiting(Job? job) => job is { Status: JobStatus.WaitingForInput } && time.GetUtcNow() < job.QuestionExpiresAt;

    private ChatMessage Prompt(string jobId, string prompt) => new()
    {
        JobId = jobId,
        Number = ChatMessage.PromptNumber,
        Kind = ChatMessageKind.Prompt,
        Content = prompt,
        CreatedAt = time.GetUtcNow(),
    };

    /// <summary>Announces a build and reserves what it costs; the reason, with nothing left of it, when the organisation cannot pay for it.</summary>
    private async Task<BuildStart?> TryAnnounceAsync(Caller caller, string jobId, bool isNew, CancellationToken cancellationToken)
    {
        // In this order, so that the sweeper gives back what a request reserved that died.
        await jobs.AnnounceAsync(caller, jobId, cancellationToken);
        BuildStart? refusal = await tokens.ReserveBuildAsync(JobKind, caller.Tenant, jobId, isNew, cancellationToken) switch
        {
            Payment.Made => null,
            Payment.NoTokens => BuildStart.NoTokens,
            Payment.SpendingLimit => BuildStart.SpendingLimit,
        };
        if (refusal is not null)
        {
            // A request that died, or this one a moment ago, may have paid when there was money for the build.
            await tokens.ReleaseAsync(caller.Tenant, jobId, cancellationToken);
            await jobs.WithdrawAsync(caller, jobId, cancellationToken);
        }

        return refusal;
    }

    private async Task CreateJobAsync(
        Caller caller,
        string id,
        CreationIds ids,
        string prompt,
        DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var input = await artifacts.WriteAsync(caller.Tenant, id, Encoding.UTF8.GetBytes(prompt), cancellationToken);
        var now = time.GetUtcNow();
        await jobs.CreateAsync(
            new Job
            {
                Id = ids.JobId,
                Tenant = caller.Tenant,
                Owner = caller.User,
                Kind = JobKind,
                ResourceId = id,
                BuildId = JobKind switch { JobKind.WidgetBuild => ids.BuildId, JobKind.AgentBuild or JobKind.Work or JobKind.Repository => null },
                InputRef = input,
                Message = "Waiting to start",
                CreatedAt = now,
                UpdatedAt = now,
            },
            client,
            cancellationToken);
    }
}
