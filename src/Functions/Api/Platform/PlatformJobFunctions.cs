using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Telemetry;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Api.Platform;

/// <summary>Contract 004: jobs of every type.</summary>
public sealed class PlatformJobFunctions(
    PlatformEndpoint endpoint, IdempotentCreation creation, WorkService work, WorkResults results, JobHandlers handlers, Uploads uploads, JobMetrics metrics)
{
    /// <summary>The seconds to wait before the next poll: contract 004 recommends 5 to 10.</summary>
    public const int PollInterval = 5;

    /// <summary>The most results or errors on one page.</summary>
    public const int MaxItems = 1_000;

    /// <summary>The results or errors on a page when no limit is given.</summary>
    public const int DefaultItems = 100;

    /// <summary>202 with a new job.</summary>
    [Function("CreatePlatformJob")]
    public Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/api/jobs")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var wanted = await CreateJobRequest.ReadAsync(request, handlers, JobContract.Platform, cancellationToken);
            return await creation.RunAsync(
                request, caller, wanted.Body, (ids, untilDone) => StartAsync(caller, ids.JobId, new NewWork(wanted.Type, wanted.Input), client, untilDone));
        });

    /// <summary>The job; 304 when the caller has this state already. <c>Retry-After</c> is sent until it has ended.</summary>
    [Function("GetPlatformJob")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/api/jobs/{jobId}")] HttpRequest request, string jobId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var job = await FindAsync(caller, jobId, cancellationToken);
            metrics.Polled("platform");
            return Polled.IsKnown(request, job.Sequence, job.IsTerminal ? null : PollInterval)
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : ApiJson.Result(new Envelope<PlatformJob>(PlatformResponses.ToResponse(job) with { Result = await results.ReadResultAsync(job, cancellationToken) }));
        });

    /// <summary>One page of the organisation's jobs, the latest first.</summary>
    [Function("ListPlatformJobs")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/api/jobs")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var (type, status, before, limit) = ListJobsRequest.Read(request, handlers, JobContract.Platform, PlatformResponses.StatusOf);
            var page = await work.ListAsync(
                caller, type, job => status is null || PlatformResponses.StatusOf(job.Status) == status, before, limit, cancellationToken);
            return ApiJson.Result(new Envelope<PlatformPage<PlatformJob>>(new PlatformPage<PlatformJob>([.. page.Jobs.Select(PlatformResponses.ToResponse)], page.Next)));
        });

    /// <summary>202 with a new job that does the same, or only what came out with an error; 409 while the job has not ended.</summary>
    [Function("RerunPlatformJob")]
    public Task<IResult> Rerun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/api/jobs/{jobId}/rerun")] HttpRequest request,
        string jobId,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var job = await FindAsync(caller, jobId, cancellationToken);
            var wanted = await RerunRequest.ReadAsync(request, cancellationToken);
            return await creation.RunAsync(request, caller, wanted.Body, async (ids, untilDone) =>
            {
                if (!job.IsTerminal)
                {
                    throw new ProblemException(new Problem(StatusCodes.Status409Conflict, "job_running", "The job has not ended yet; wait, or cancel it."));
                }

                var asked = await work.ReadInputAsync(job, untilDone);
                return await StartAsync(caller, ids.JobId, new NewWork(job.Work!.Type, asked.Input, job.Id, wanted.OnlyFailed), client, untilDone);
            });
        });

    /// <summary>202, and the job is <c>cancelled</c> soon; 409 when it has ended.</summary>
    [Function("CancelPlatformJob")]
    public Task<IResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/api/jobs/{jobId}/cancel")] HttpRequest request,
        string jobId,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var job = await FindAsync(caller, jobId, cancellationToken);
            if (job.IsTerminal)
            {
                throw Ended();
            }

            var now = await work.CancelAsync(job, client, cancellationToken) ?? throw new ProblemException(Problem.NotFound("job"));
            return now.IsTerminal && now.Status is not JobStatus.Cancelled
                ? throw Ended()
                : ApiJson.Result(new Envelope<PlatformJob>(PlatformResponses.ToResponse(now)), StatusCodes.Status202Accepted);
        });

    /// <summary>One page of what came out of the job, while it works too.</summary>
    [Function("ListPlatformJobResults")]
    public Task<IResult> ListResults([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/api/jobs/{jobId}/results")] HttpRequest request, string jobId) =>
        ReadPageAsync(request, jobId, ResultKind.Results);

    /// <summary>One page of what did not, while it works too.</summary>
    [Function("ListPlatformJobErrors")]
    public Task<IResult> ListErrors([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/api/jobs/{jobId}/errors")] HttpRequest request, string jobId) =>
        ReadPageAsync(request, jobId, ResultKind.Errors);

    /// <summary>201 with the id of a file, which is the body or the one field of a form. Sending the same again gives the same id.</summary>
    [Function("CreatePlatformUpload")]
    public Task<IResult> Upload([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/api/uploads")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var (file, name) = await UploadRequest.ReadAsync(request, cancellationToken);
            return ApiJson.Result(
                new Envelope<UploadResponse>(new UploadResponse(await uploads.WriteAsync(caller.Tenant, file, name, cancellationToken), file.Length)),
                StatusCodes.Status201Created);
        });

    private static ProblemException Ended() => new(new Problem(StatusCodes.Status409Conflict, "job_ended", "The job has ended already."));

    private async Task<Job> FindAsync(Caller caller, string jobId, CancellationToken cancellationToken) =>
        await work.FindAsync(caller, jobId, cancellationToken) ?? throw new ProblemException(Problem.NotFound("job"));

    private Task<IResult> ReadPageAsync(HttpRequest request, string jobId, ResultKind kind) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
    {
        var job = await FindAsync(caller, jobId, cancellationToken);
        var (limit, from) = Cursor.Read<ResultPlace>(request, DefaultItems, MaxItems, ResultPlace.Parse, "must be the nextCursor of a page", "cursor");
        return ApiJson.Result(PlatformResponses.ToResponse(await results.ReadPageAsync(job, kind, from ?? default, limit, cancellationToken)));
    });

    private async Task<CreationResponse> StartAsync(Caller caller, string jobId, NewWork wanted, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var job = await work.CreateAsync(caller, jobId, wanted, client, cancellationToken) ?? throw new ProblemException(Problem.TooMuchUnfinished);
        return new CreationResponse(StatusCodes.Status202Accepted, PlatformResponses.ToCreated(job), $"/v1/api/jobs/{job.Id}");
    }
}
