using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Domain.Resources;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Repositories;
using Jobs.Functions.Telemetry;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Api.Repository;

/// <summary>
/// The calls of contract 002 at addresses that contract 003 has too. The functions there tell them apart: <c>status</c> by the path alone, a list by what its caller shows, and what is done to
/// one job by the form of its id or else likewise.
/// </summary>
public sealed class RepositoryCalls(
    RepositoryEndpoint endpoint,
    RepositoryStatusEndpoint statusEndpoint,
    IdempotentCreation creation,
    RepositoryJobs jobs,
    RepositoryService repositories,
    JobMetrics metrics,
    IOptions<PublicAddressOptions> publicAddress)
{
    /// <summary>The seconds to wait before the next poll.</summary>
    public const int PollInterval = 5;

    /// <summary>The most jobs on one page.</summary>
    public const int MaxJobs = 100;

    /// <summary>The jobs on a page when no limit is given.</summary>
    public const int DefaultJobs = 20;

    /// <summary>True for a request that shows, or tries to show, what this contract asks for.</summary>
    public bool AreMeant(HttpRequest request) => endpoint.IsMeant(request);

    /// <summary>True for a request that is about a job of this contract, or can be about no other's.</summary>
    public bool AreMeant(HttpRequest request, string jobId) => Domain.Ids.IsRepositoryJobId(jobId) || endpoint.IsMeant(request);

    /// <summary>The job; 304 when the caller has this state already. <c>Retry-After</c> is sent until it has ended.</summary>
    public Task<IResult> StatusAsync(HttpRequest request) => statusEndpoint.RunAsync(request, async (caller, cancellationToken) =>
    {
        if (request.Query["job_id"] is not [{ Length: > 0 } jobId])
        {
            throw new ProblemException(Problem.Invalid(new FieldError("job_id", "is required, once")));
        }

        var job = await FindAsync(caller, jobId, cancellationToken);
        metrics.Polled("repository");
        return Polled.IsKnown(request, job.Sequence, job.IsTerminal ? null : PollInterval)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : ApiJson.Result(RepositoryResponses.ToResponse(job, PublicAddress.For(request, publicAddress)));
    });

    /// <summary>One page of the organisation's jobs, the latest first.</summary>
    public Task<IResult> ListAsync(HttpRequest request) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
    {
        var (limit, before) = Cursor.Read<RepositoryJobPlace>(request, DefaultJobs, MaxJobs, JobPlaces.Parse, "must be the next_cursor of a page", "cursor");
        return ApiJson.Result(RepositoryResponses.ToResponse(await jobs.ListAsync(caller, before, limit, cancellationToken), PublicAddress.For(request, publicAddress)));
    });

    /// <summary>202, and the job is <c>failed</c> soon, with a log that says that it was cancelled; 409 when it has ended or is being merged.</summary>
    public Task<IResult> CancelAsync(HttpRequest request, string jobId, DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
    {
        var job = await FindAsync(caller, jobId, cancellationToken);
        var now = job.IsTerminal ? job : await jobs.CancelAsync(job, client, cancellationToken) ?? throw new ProblemException(Problem.NotFound("job"));
        return now switch
        {
            _ when job.IsTerminal || now is { IsTerminal: true, Status: not JobStatus.Cancelled } => throw Conflict("job_ended", "The job has ended already."),
            { IsTerminal: false, CancelRequested: false } => throw Conflict("job_merging", "The job is being merged, which cannot be stopped."),
            _ => ApiJson.Result(RepositoryResponses.ToResponse(now, PublicAddress.For(request, publicAddress)), StatusCodes.Status202Accepted),
        };
    });

    /// <summary>202 with a new job that has the same instruction: on a branch of its own, or on the same one where it went on where another had ended. 409 while the job has not ended.</summary>
    public Task<IResult> RerunAsync(HttpRequest request, string jobId, DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
    {
        var job = await FindAsync(caller, jobId, cancellationToken);
        var body = await JsonRequest.ReadAsync(request, cancellationToken, mayBeEmpty: true);
        return await CreateAsync(request, caller, body, async (ids, untilDone) =>
        {
            if (!job.IsTerminal)
            {
                throw Conflict("job_running", "The job has not ended yet; wait, or cancel it.");
            }

            var instruction = (await jobs.ReadInstructionAsync(job, untilDone)).Instruction;
            if (job.Repository!.Round > 0)
            {
                return await jobs.FollowAsync(caller, ids, job, instruction, client, untilDone);
            }

            var repository = await repositories.FindAsync(caller, job.Repository.Name, untilDone)
                ?? throw Conflict("repository_removed", "The job's repository is not registered any more.");
            var wanted = new NewRepositoryJob(instruction, job.Repository.BaseRef, job.Repository.AutoMerge, job.Repository.CreatePullRequest);
            return await jobs.CreateAsync(caller, ids, repository, wanted, client, untilDone);
        });
    });

    /// <summary>The caller's job. Throws <see cref="ProblemException"/> (404).</summary>
    internal async Task<Job> FindAsync(Caller caller, string jobId, CancellationToken cancellationToken) =>
        await jobs.FindAsync(caller, jobId, cancellationToken) ?? throw new ProblemException(Problem.NotFound("job"));

    /// <summary>202 with a new job, once for each idempotency key; the answer for each reason why there is none.</summary>
    internal Task<IResult> CreateAsync(
        HttpRequest request, Caller caller, RequestBody body, Func<CreationIds, CancellationToken, Task<(Job? Job, CreationRefusal? Refusal)>> create) => creation.RunAsync(
            request,
            caller,
            body,
            async (ids, untilDone) =>
            {
                var (job, refusal) = await create(ids, untilDone);
                return job is not null
                    ? new CreationResponse(StatusCodes.Status202Accepted, RepositoryResponses.ToCreated(job), $"/api/jobs/status?job_id={job.Id}")
                    : throw new ProblemException(refusal!.Value switch
                    {
                        CreationRefusal.TooMuchUnfinished => Problem.TooMuchUnfinished,
                        CreationRefusal.SpendingLimit => Problem.SpendingLimitReached,
                        CreationRefusal.BranchBusy => new Problem(StatusCodes.Status409Conflict, "job_running", "The latest job on this branch has not ended yet."),
                        CreationRefusal.IdTaken => new Problem(
                            StatusCodes.Status503ServiceUnavailable, "id_taken", "The job could not be given an id of its own; nothing was done. Send it again.")
                        { RetryAfter = 1 },
                    });
            },
            _ => Domain.Ids.NewRepositoryJobId());

    internal static ProblemException Conflict(string code, string detail) => new(new Problem(StatusCodes.Status409Conflict, code, detail));
}
