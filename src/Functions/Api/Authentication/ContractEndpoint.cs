using System.Globalization;
using Jobs.Domain.Identity;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Telemetry;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Api.Authentication;

/// <summary>What every call of a contract goes through: the credential, then the work, and any problem in the contract's shape.</summary>
public abstract partial class ContractEndpoint(ILogger logger)
{
    /// <summary>Answers 401 without a valid credential; otherwise runs <paramref name="work"/>, turning a <see cref="ProblemException"/> into its answer.</summary>
    public Task<IResult> RunAsync(HttpRequest request, Func<Caller, CancellationToken, Task<IResult>> work) =>
        RunPublicAsync(request, async cancellationToken => await work(await AuthenticateAsync(request, cancellationToken), cancellationToken));

    /// <summary>
    /// Runs work that needs no credential, turning a <see cref="ProblemException"/> into its answer, storage that is away into 503, and any other fault into 500. Nothing leaves it: the
    /// host would answer 500 with an empty body.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="work">What to do.</param>
    /// <param name="pathToLog">What stands in the log in the place of a path that is a secret itself.</param>
    public async Task<IResult> RunPublicAsync(HttpRequest request, Func<CancellationToken, Task<IResult>> work, string? pathToLog = null)
    {
        using var span = RequestTrace.Start(request, pathToLog);
        var result = await AnswerAsync(request, work, pathToLog);
        RequestTrace.End(span, result);
        return new SentResult(result);
    }

    /// <summary>Who calls. Throws <see cref="ProblemException"/> (401, 403) for a request that does not show it.</summary>
    protected abstract Task<Caller> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken);

    /// <summary>The problem in the contract's shape.</summary>
    protected abstract IResult ToResult(Problem problem);

    private async Task<IResult> AnswerAsync(HttpRequest request, Func<CancellationToken, Task<IResult>> work, string? pathToLog)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var headers = request.HttpContext.Response.Headers;
        StoragePatience.CallerWaits();
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "private, no-cache";
        try
        {
            return await work(cancellationToken);
        }
        catch (ProblemException error)
        {
            return Send(error.Problem);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller has hung up, and nobody reads an answer. An exception that leaves a function is logged as a failure of ours.
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (Exception error) when (error.IsStorageAway())
        {
            LogStorageAway(logger, error, request.Method, pathToLog ?? request.Path.Value);
            return Send(Problem.StorageUnavailable);
        }
        catch (Exception error)
        {
            LogFailure(logger, error, request.Method, pathToLog ?? request.Path.Value);
            return Send(Problem.Internal);
        }

        IResult Send(Problem problem)
        {
            if (problem.RetryAfter is { } seconds)
            {
                headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            }

            if (problem.Challenge is { } challenge)
            {
                headers.WWWAuthenticate = challenge;
            }

            return ToResult(problem.Status >= StatusCodes.Status500InternalServerError ? problem with { TraceId = JobSpans.TraceId } : problem);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path}: storage does not answer")]
    private static partial void LogStorageAway(ILogger logger, Exception error, string method, string? path);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailure(ILogger logger, Exception error, string method, string? path);
}
