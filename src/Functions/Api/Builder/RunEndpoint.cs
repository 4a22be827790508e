using Jobs.Domain;
using Jobs.Domain.Identity;
using Jobs.Domain.Resources;
using Jobs.Domain.Runs;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Ledger;
using Jobs.Functions.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Api.Builder;

/// <summary>How a request starts a run: a caller's own and a webhook's alike.</summary>
public sealed class RunEndpoint(AgentService agents, ProgramStore programs, RunService runs)
{
    /// <summary>
    /// Starts a run of what is built now; throws <see cref="ProblemException"/> when there is no such agent (404), no program (409), the input is not valid (400) or no token is
    /// left (402).
    /// </summary>
    public async Task<CreationResponse> StartAsync(
        Caller caller,
        string agentId,
        CreationIds ids,
        RunRequest wanted,
        RunTrigger trigger,
        DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var agent = await agents.FindAsync(caller, agentId, cancellationToken) ?? throw new ProblemException(Problem.NotFound("agent"));
        var program = await programs.FindAsync(agent, cancellationToken) ?? throw new ProblemException(
            new Problem(StatusCodes.Status409Conflict, "agent_not_built", "The agent has no program yet; wait until a build has succeeded."));
        wanted.ThrowUnlessValidFor(program);
        var run = new NewRun(agent, Ids.RunIdOf(ids.JobId), trigger, caller.User, wanted.Bytes);
        return await runs.StartAsync(run, client, cancellationToken) switch
        {
            Reservation.Held => new CreationResponse(StatusCodes.Status202Accepted, new RunAcceptedResponse(run.RunId, "running"), $"/v1/agents/{agentId}/runs/{run.RunId}"),
            Reservation.NoTokens => throw new ProblemException(Problem.InsufficientTokens),
            Reservation.TooMuchUnfinished => throw new ProblemException(Problem.TooMuchUnfinished),
        };
    }
}
