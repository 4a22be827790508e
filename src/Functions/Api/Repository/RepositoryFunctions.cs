using System.Globalization;
using Jobs.Domain.Identity;
using Jobs.Domain.Repositories;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Repositories;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;
using RegisteredRepository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Functions.Api.Repository;

/// <summary>Contract 002: repositories, and jobs that change them. What is at an address of contract 003 is in <see cref="RepositoryCalls"/>.</summary>
public sealed class RepositoryFunctions(
    RepositoryEndpoint endpoint, RepositoryCalls calls, RepositoryService repositories, RepositoryJobs jobs, BranchRecords records, IOptions<PublicAddressOptions> publicAddress)
{
    /// <summary>The most changed files on one page.</summary>
    public const int MaxFiles = 1_000;

    /// <summary>The changed files on a page when no limit is given.</summary>
    public const int DefaultFiles = 100;

    /// <summary>202 with a new job.</summary>
    [Function("CreateRepositoryJob")]
    public Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/create-job")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var wanted = await RepositoryJobRequest.ReadAsync(request, cancellationToken);
            return await calls.CreateAsync(
                request, caller, wanted.Body, async (ids, untilDone) => await jobs.CreateAsync(caller, ids, await ChooseAsync(caller, wanted.Repository, untilDone), wanted.Job, client, untilDone));
        });

    /// <summary>202 with a new job that goes on where the latest on the job's branch has ended; 409 while that has not.</summary>
    [Function("FollowRepositoryJob")]
    public Task<IResult> Follow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/jobs/{jobId}/messages")] HttpRequest request,
        string jobId,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var job = await calls.FindAsync(caller, jobId, cancellationToken);
            var wanted = await FollowUpRequest.ReadAsync(request, cancellationToken);
            return await calls.CreateAsync(request, caller, wanted.Body, (ids, untilDone) => jobs.FollowAsync(caller, ids, job, wanted.Instruction, client, untilDone));
        });

    /// <summary>Merges the job's branch and answers with the job, which is <c>merged</c>; 409 with the reason when it is not.</summary>
    [Function("MergeRepositoryJob")]
    public Task<IResult> Merge([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/jobs/{jobId}/merge")] HttpRequest request, string jobId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var job = await calls.FindAsync(caller, jobId, cancellationToken);
            // What has begun is finished although the caller hangs up.
            var (now, reason) = await ForgeAsync(() => jobs.MergeAsync(job, CancellationToken.None), StatusCodes.Status409Conflict);
            return reason is null ? ApiJson.Result(RepositoryResponses.ToResponse(now, PublicAddress.For(request, publicAddress))) : throw RepositoryCalls.Conflict("not_merged", reason);
        });

    /// <summary>What the page of our own pull request shows; 404 for a job at GitHub, whose page is there.</summary>
    [Function("GetRepositoryPullRequest")]
    public Task<IResult> GetPullRequest([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs/{jobId}/pull-request")] HttpRequest request, string jobId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
            await jobs.ViewAsync(await calls.FindAsync(caller, jobId, cancellationToken), cancellationToken) is { } view
                ? ApiJson.Result(PullRequestResponse.From(view))
                : throw new ProblemException(Problem.NotFound("pull_request")));

    /// <summary>One page of the files that the job has changed.</summary>
    [Function("ListRepositoryJobFiles")]
    public Task<IResult> ListFiles([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs/{jobId}/changed-files")] HttpRequest request, string jobId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var job = await calls.FindAsync(caller, jobId, cancellationToken);
            var (limit, from) = Cursor.Read<int>(request, DefaultFiles, MaxFiles, ParseOffset, "must be the next_cursor of a page", "cursor");
            var files = await records.ReadFilesAsync(job, cancellationToken);
            var start = from ?? 0;
            var end = Math.Min(start + limit, files.Count);
            return ApiJson.Result(new ChangedFilesResponse(
                [.. files.Skip(start).Take(limit)],
                job.Repository!.Files?.Total ?? 0,
                end < files.Count ? end.ToString(CultureInfo.InvariantCulture) : null));
        });

    /// <summary>The whole log, as far as it is kept, as text; while the job works too.</summary>
    [Function("GetRepositoryJobLog")]
    public Task<IResult> GetLog([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs/{jobId}/log")] HttpRequest request, string jobId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
            Results.Text(await records.ReadLogAsync(await calls.FindAsync(caller, jobId, cancellationToken), cancellationToken), "text/plain; charset=utf-8"));

    /// <summary>201 with a repository that is registered from now on, or was before with the same settings; 403 without an admin's key.</summary>
    [Function("CreateRepository")]
    public Task<IResult> Register([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/repositories")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            ThrowUnlessAdmin(caller);
            var wanted = await RegistrationRequest.ReadAsync(request, cancellationToken);
            var (repository, outcome) = await ForgeAsync(
                () => repositories.RegisterAsync(
                    new RegisteredRepository(
                        caller.Tenant, wanted.Name, wanted.Kind, wanted.Location, wanted.DefaultBranch ?? "", wanted.AutoMerge, wanted.AllowedPaths, wanted.Check, CreatedAt: default),
                    cancellationToken),
                StatusCodes.Status400BadRequest);
            return outcome switch
            {
                Registration.Done => ApiJson.Result(RepositoryResponses.ToResponse(repository!, caller.IsAdmin), StatusCodes.Status201Created),
                Registration.NameTaken => throw RepositoryCalls.Conflict("name_taken", "There is a repository of this name with other settings; delete it first."),
                Registration.LocationTaken => throw RepositoryCalls.Conflict("location_taken", "This repository is registered already."),
                Registration.TooMany => throw RepositoryCalls.Conflict(
                    "too_many_repositories", $"An organization can have at most {RepositoryLimits.MaxRepositories} repositories; delete one first."),
            };
        });

    /// <summary>The organisation's repositories, in the order of their names.</summary>
    [Function("ListRepositories")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/repositories")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
            ApiJson.Result(new RepositoryListResponse([.. (await repositories.ListAsync(caller, cancellationToken)).Select(known => RepositoryResponses.ToResponse(known, caller.IsAdmin))])));

    /// <summary>A repository. Its name may have a slash.</summary>
    [Function("GetRepository")]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/repositories/{owner}/{name?}")] HttpRequest request,
        string owner,
        string? name) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
            ApiJson.Result(RepositoryResponses.ToResponse(await FindAsync(caller, NameOf(owner, name), cancellationToken), caller.IsAdmin)));

    /// <summary>Takes a repository out: its branches stay, and jobs that are on them fail. 404 the second time; 403 without an admin's key.</summary>
    [Function("DeleteRepository")]
    public Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/repositories/{owner}/{name?}")] HttpRequest request,
        string owner,
        string? name) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            ThrowUnlessAdmin(caller);
            return RepositoryNames.IsName(NameOf(owner, name)) && await repositories.RemoveAsync(caller, NameOf(owner, name), cancellationToken)
                ? ApiJson.Result(new RepositoryDeletedResponse(true))
                : throw new ProblemException(Problem.NotFound("repository"));
        });

    private static string NameOf(string owner, string? name) => string.IsNullOrEmpty(name) ? owner : $"{owner}/{name}";

    private static int? ParseOffset(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : null;

    private static void ThrowUnlessAdmin(Caller caller)
    {
        if (!caller.IsAdmin)
        {
            throw new ProblemException(new Problem(StatusCodes.Status403Forbidden, "admin_required", "Only an admin's key may register a repository or take one out."));
        }
    }

    /// <summary>What a forge cannot do is told in its own words.</summary>
    private static async Task<T> ForgeAsync<T>(Func<Task<T>> ask, int refused)
    {
        try
        {
            return await ask();
        }
        catch (ForgeException error)
        {
            throw new ProblemException(error.IsTransient
                ? new Problem(StatusCodes.Status503ServiceUnavailable, "forge_unavailable", error.Message) { RetryAfter = (int)Math.Clamp(error.RetryAfter?.TotalSeconds ?? 5, 1, 3_600) }
                : new Problem(refused, "refused", error.Message));
        }
    }

    private async Task<RegisteredRepository> FindAsync(Caller caller, string name, CancellationToken cancellationToken) =>
        RepositoryNames.IsName(name) && await repositories.FindAsync(caller, name, cancellationToken) is { } repository
            ? repository
            : throw new ProblemException(Problem.NotFound("repository"));

    /// <summary>The repository of a job: the one that is named, or the only one.</summary>
    private async Task<RegisteredRepository> ChooseAsync(Caller caller, string? name, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            return await FindAsync(caller, name, cancellationToken);
        }

        return await repositories.ListAsync(caller, cancellationToken) switch
        {
            [var only] => only,
            [] => throw new ProblemException(Problem.Invalid(new FieldError("repository", "cannot be left out: your organization has registered none, see POST /api/repositories"))),
            _ => throw new ProblemException(Problem.Invalid(new FieldError("repository", "cannot be left out: your organization has registered more than one"))),
        };
    }
}
