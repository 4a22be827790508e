using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Repositories;
using Jobs.Repositories.GitHub;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Api.Repository;

/// <summary>What GitHub tells us. Its signature is the credential.</summary>
public sealed class GitHubWebhookFunctions(RepositoryEndpoint endpoint, GitHubWebhooks webhooks, BranchNews news)
{
    /// <summary>204 for a delivery that GitHub has signed, whether or not it is about a job; 401 without its signature, and 404 where no webhook was set up.</summary>
    [Function("ReceiveGitHubWebhook")]
    public Task<IResult> Receive(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/github/webhook")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => endpoint.RunPublicAsync(request, async cancellationToken =>
        {
            JsonRequest.ThrowUnlessJson(request);
            var body = await RequestBody.ReadBytesAsync(request, GitHubLimits.WebhookBytes, cancellationToken);
            switch (webhooks.Read(HeaderOf(request, GitHubWebhooks.SignatureHeader), HeaderOf(request, GitHubWebhooks.EventHeader), HeaderOf(request, GitHubWebhooks.DeliveryHeader), body))
            {
                case GitHubDelivery.Received { Event: var told }:
                    await news.TakeAsync(told.DeliveryId, RepositoryKind.GitHub, told.Repository, told.Branch, FactsOf(told.Fact), client, cancellationToken);
                    return Results.NoContent();

                case GitHubDelivery.Refused { Reason: var reason }:
                    throw new ProblemException(ProblemOf(reason));

                default:
                    return Results.NoContent();
            }
        });

    private static string? HeaderOf(HttpRequest request, string name) => request.Headers[name] is [{ } value] ? value : null;

    private static BranchFacts FactsOf(GitHubFact fact) => fact switch
    {
        GitHubFact.RunChanged changed => new BranchFacts { Run = changed.Run },
        GitHubFact.PullRequestChanged changed => new BranchFacts { PullRequest = changed.PullRequest },
        GitHubFact.BranchDeleted => new BranchFacts { IsGone = true },
        // Pushes come in any order, and nothing of a commit says which is the later one: where the branch is, is asked at the end of the run.
        _ => new BranchFacts(),
    };

    private static Problem ProblemOf(GitHubRefusal reason) => reason switch
    {
        GitHubRefusal.NotConfigured => Problem.NotFound("webhook"),
        GitHubRefusal.NotSigned => Problem.Unauthorized,
        GitHubRefusal.TooLarge => new Problem(StatusCodes.Status413PayloadTooLarge, "body_too_large", "The body is too large."),
        GitHubRefusal.Unreadable => new Problem(StatusCodes.Status400BadRequest, "invalid_body", "The body is not what GitHub documents."),
    };
}
