using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Functions.Api.Repository;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.JobTypes.AiPreview;
using Jobs.Functions.Telemetry;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Api.Analysis;

/// <summary>Contract 003: a user's jobs. Contract 002 has some of the same addresses, and no two functions can: so these tell the two apart.</summary>
public sealed class AnalysisFunctions(
    AnalysisEndpoint endpoint, RepositoryCalls repository, IdempotentCreation creation, WorkService work, WorkResults results, JobHandlers handlers, Uploads uploads, JobMetrics metrics)
{
    /// <summary>The seconds to wait before the next poll, as contract 003 says.</summary>
    public const int PollInterval = 3;

    /// <summary>The last segment of contract 002's address of a job.</summary>
    private const string RepositoryStatus = "status";

    /// <summary>202 with a new job of any type.</summary>
    [Function("CreateAnalysisJob")]
    public Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/jobs")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var wanted = await CreateJobRequest.ReadAsync(request, handlers, JobContract.Analysis, cancellationToken);
            return await StartAsync(request, caller, wanted.Body, wanted.Type, wanted.Input, client);
        });

    /// <summary>202 with a new job that shows what a prompt gives; 403 for a user who is no admin.</summary>
    [Function("CreatePromptPreview")]
    public Task<IResult> Preview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/prompts/preview")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            if (!caller.IsAdmin)
            {
                throw new ProblemException(Problem.AdminRoleRequired);
            }

            var wanted = await PreviewRequest.ReadAsync(request, handlers.Of(AiPreviewHandler.TypeName), cancellationToken);
            return await StartAsync(request, caller, wanted.Body, AiPreviewHandler.TypeName, wanted.Input, client);
        });

    /// <summary>
    /// The job; 304 when the caller has this state already. <c>Retry-After</c> is sent until it has ended. This function owns every address of its form: the Functions host takes the first
    /// function whose template matches, by name, and a constraint on the id would make 404 of what must be 400. So contract 002's literal is told apart here, by the path alone.
    /// </summary>
    [Function("GetAnalysisJob")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs/{jobId}")] HttpRequest request, string jobId) =>
        RepositoryStatus.Equals(jobId, StringComparison.OrdinalIgnoreCase)
            ? repository.StatusAsync(request)
            : endpoint.RunAsync(request, async (caller, cancellationToken) =>
            {
                var job = await FindAsync(caller, jobId, cancellationToken);
                metrics.Polled("analysis");
                return Polled.IsKnown(request, job.Sequence, job.IsTerminal ? null : PollInterval)
                    ? Results.StatusCode(StatusCodes.Status304NotModified)
                    : ApiJson.Result(AnalysisResponses.ToResponse(job, await results.ReadResultAsync(job, cancellationToken)));
            });

    /// <summary>One page of the user's jobs, the latest first; for a caller with an API key those of contract 002.</summary>
    [Function("ListAnalysisJobs")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs")] HttpRequest request) => repository.AreMeant(request)
        ? repository.ListAsync(request)
        : endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var (type, status, before, limit) = ListJobsRequest.Read(request, handlers, JobContract.Analysis, AnalysisResponses.StatusOf);
            var page = await work.ListAsync(caller, type, job => status is null || AnalysisResponses.StatusOf(job.Status) == status, before, limit, cancellationToken);
            return ApiJson.Result(AnalysisResponses.ToResponse(page));
        });

    /// <summary>202, and the job is stopped soon; 409 when it has ended. It serves contract 002 too.</summary>
    [Function("CancelAnalysisJob")]
    public Task<IResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/jobs/{jobId}/cancel")] HttpRequest request,
        string jobId,
        [DurableClient] DurableTaskClient client) => repository.AreMeant(request, jobId)
            ? repository.CancelAsync(request, jobId, client)
            : endpoint.RunAsync(request, async (caller, cancellationToken) =>
            {
                var job = await FindAsync(caller, jobId, cancellationToken);
                var now = job.IsTerminal ? job : await work.CancelAsync(job, client, cancellationToken) ?? throw new ProblemException(Problem.NotFound("job"));
                return job.IsTerminal || now is { IsTerminal: true, Status: not JobStatus.Cancelled }
                    ? throw new ProblemException(new Problem(StatusCodes.Status409Conflict, "job_ended", "The job has ended already."))
                    : ApiJson.Result(AnalysisResponses.ToResponse(now, result: null), StatusCodes.Status202Accepted);
            });

    /// <summary>202 with a new job that does the same; 409 while the job has not ended. It serves contract 002 too.</summary>
    [Function("RerunAnalysisJob")]
    public Task<IResult> Rerun(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/jobs/{jobId}/rerun")] HttpRequest request,
        string jobId,
        [DurableClient] DurableTaskClient client) => repository.AreMeant(request, jobId)
            ? repository.RerunAsync(request, jobId, client)
            : endpoint.RunAsync(request, async (caller, cancellationToken) =>
            {
                var job = await FindAsync(caller, jobId, cancellationToken);
                var body = await RequestBody.ReadAsync(request, cancellationToken, mayBeEmpty: true);
                return await StartAsync(request, caller, body, client, async untilDone => job.IsTerminal
                    ? new NewWork(job.Work!.Type, (await work.ReadInputAsync(job, untilDone)).Input, job.Id)
                    : throw new ProblemException(new Problem(StatusCodes.Status409Conflict, "job_running", "The job has not ended yet; wait, or cancel it.")));
            });

    /// <summary>201 with the id of a file, which is the body or the one field of a form. Sending the same again gives the same id.</summary>
    [Function("CreateAnalysisDocument")]
    public Task<IResult> Upload([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/documents")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var (file, name) = await UploadRequest.ReadAsync(request, cancellationToken);
            return ApiJson.Result(new DocumentResponse(await uploads.WriteAsync(caller.Tenant, file, name, cancellationToken), file.Length), StatusCodes.Status201Created);
        });

    private async Task<Job> FindAsync(Caller caller, string jobId, CancellationToken cancellationToken) =>
        await work.FindAsync(caller, AnalysisRequests.JobIdOf(jobId), cancellationToken) ?? throw new ProblemException(Problem.NotFound("job"));

    private Task<IResult> StartAsync(HttpRequest request, Caller caller, RequestBody body, string type, JsonElement input, DurableTaskClient client) =>
        StartAsync(request, caller, body, client, _ => Task.FromResult(new NewWork(type, input)));

    private Task<IResult> StartAsync(HttpRequest request, Caller caller, RequestBody body, DurableTaskClient client, Func<CancellationToken, Task<NewWork>> wanted) => creation.RunAsync(
        request,
        caller,
        body,
        async (ids, untilDone) =>
        {
            var job = await work.CreateAsync(caller, ids.JobId, await wanted(untilDone), client, untilDone) ?? throw new ProblemException(Problem.TooMuchUnfinished with { Detail = "Too much of your work has not ended yet; try again when some of it has." });
            return new CreationResponse(StatusCodes.Status202Accepted, AnalysisResponses.ToCreated(job), $"/api/jobs/{job.Id}");
        },
        Ids.NewJobUuid);
}
