using System.Globalization;
using Jobs.Domain;
using Jobs.Domain.Agents;
using Jobs.Domain.Identity;
using Jobs.Domain.Runs;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Runs;
using Jobs.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Api.Builder;

/// <summary>Contract 001: running an agent, and what came of it.</summary>
public sealed class RunFunctions(
    BuilderEndpoint endpoint,
    IdempotentCreation creation,
    AgentService agents,
    RunEndpoint starter,
    RunService runs,
    JobMetrics metrics,
    TimeProvider time)
{
    /// <summary>The seconds to wait before the next poll of a run.</summary>
    public const int PollInterval = 1;

    /// <summary>The most runs on one page.</summary>
    public const int MaxRuns = 100;

    /// <summary>The runs on a page when no limit is given.</summary>
    public const int DefaultRuns = 20;

    /// <summary>
    /// The shortest pause between two looks at a run that a caller waits for. A pause is an eighth of the time that was waited: a caller waits hardly longer than the run takes.
    /// </summary>
    public static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest pause between two looks at a run that a caller waits for.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>202 with the run's id; with <c>Prefer: wait=N</c> 200 with the whole run, if it ends within N seconds.</summary>
    [Function("RunAgentNow")]
    public Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/agents/{agentId}/run")] HttpRequest request,
        string agentId,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            // Before the body is read: what is wrong with it is told to those only whose agent it is.
            await FindAgentAsync(caller, agentId, cancellationToken);
            var wanted = await RunRequest.ReadAsync(request, cancellationToken);
            var accepted = await creation.CreateAsync(
                request, caller, wanted.Body, (ids, untilDone) => starter.StartAsync(caller, agentId, ids, wanted, RunTrigger.Manual, client, untilDone));

            if (Prefer.Wait(request) is { } seconds
                && await WaitAsync(agentId, RunIdOf(accepted), TimeSpan.FromSeconds(seconds), cancellationToken) is { } ended)
            {
                var headers = request.HttpContext.Response.Headers;
                headers["Preference-Applied"] = string.Create(CultureInfo.InvariantCulture, $"wait={seconds}");
                headers.Location = accepted.Location;
                return ApiJson.Result(RunResponses.ToResponse(ended, await runs.ReadResultAsync(ended, cancellationToken)));
            }

            return IdempotentCreation.Send(request, accepted);
        });

    /// <summary>One run with its output and logs; 304 when the caller has this state already.</summary>
    [Function("GetAgentRun")]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/agents/{agentId}/runs/{runId}")] HttpRequest request,
        string agentId,
        string runId) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            await FindAgentAsync(caller, agentId, cancellationToken);
            if (await runs.FindAsync(agentId, runId, cancellationToken) is not { } run)
            {
                throw new ProblemException(Problem.NotFound("run"));
            }

            metrics.Polled("builder");
            return Polled.IsKnown(request, run.Sequence, run.HasEnded ? null : PollInterval)
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : ApiJson.Result(RunResponses.ToResponse(run, await runs.ReadResultAsync(run, cancellationToken)));
        });

    /// <summary>One page of an agent's runs: the latest, or those before the run that <c>before</c> names.</summary>
    [Function("ListAgentRuns")]
    public Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/agents/{agentId}/runs")] HttpRequest request,
        string agentId) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            await FindAgentAsync(caller, agentId, cancellationToken);
            var (limit, before) = Cursor.Read<Place>(
                request, DefaultRuns, MaxRuns, id => Ids.IsRunId(id) ? new Place(id) : null, "must be the id of a run");
            return ApiJson.Result(RunResponses.ToResponse(await runs.ListAsync(agentId, before?.RunId, limit, cancellationToken), limit));
        });

    /// <summary>Stops a run: 202, and it is <c>cancelled</c> soon; 409 when it has ended.</summary>
    [Function("CancelAgentRun")]
    public Task<IResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/agents/{agentId}/runs/{runId}/cancel")] HttpRequest request,
        string agentId,
        string runId) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            await FindAgentAsync(caller, agentId, cancellationToken);
            return await runs.CancelAsync(agentId, runId, cancellationToken) switch
            {
                CancelOutcome.Accepted => ApiJson.Result(new RunAcceptedResponse(runId, "cancelling"), StatusCodes.Status202Accepted),
                CancelOutcome.NotFound => throw new ProblemException(Problem.NotFound("run")),
                CancelOutcome.Ended => throw new ProblemException(new Problem(StatusCodes.Status409Conflict, "run_ended", "The run has ended already.")),
            };
        });

    private static string RunIdOf(CreationResponse accepted) => accepted.Location[(accepted.Location.LastIndexOf('/') + 1)..];

    private async Task<Agent> FindAgentAsync(Caller caller, string agentId, CancellationToken cancellationToken) =>
        await agents.FindAsync(caller, agentId, cancellationToken) ?? throw new ProblemException(Problem.NotFound("agent"));

    /// <summary>The run once it has ended; null when it has not after <paramref name="patience"/>, or is gone.</summary>
    private async Task<AgentRun?> WaitAsync(string agentId, string runId, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var waited = time.GetElapsedTime(started);
            var left = patience - waited;
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            var pause = TimeSpan.FromTicks(Math.Clamp(waited.Ticks / 8, ShortestPause.Ticks, LongestPause.Ticks));
            await Task.Delay(pause < left ? pause : left, time, cancellationToken);
            var run = await runs.FindAsync(agentId, runId, cancellationToken);
            if (run is null or { HasEnded: true })
            {
                return run;
            }
        }
    }

    private readonly record struct Place(string RunId);
}
