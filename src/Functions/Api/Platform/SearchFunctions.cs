using Jobs.Functions.Api.Shared;
using Jobs.Functions.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Api.Platform;

/// <summary>Contract 004: the search in the organisation's documents.</summary>
public sealed class SearchFunctions(PlatformEndpoint endpoint, SearchService search)
{
    /// <summary>The seconds after which a search that others held up may be sent again.</summary>
    public const int RetryAfter = 2;

    /// <summary>200 with the chunks that fit best; 404 and 409 for a document that is named and cannot be searched, 402 when the query's vector costs more
    /// than is left, 429 while others are searching, 503 when it takes too long or the model that embeds queries fails.</summary>
    [Function("SearchDocuments")]
    public Task<IResult> Search([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/api/search")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var wanted = await SearchRequest.ReadAsync(request, cancellationToken);
            return await search.SearchAsync(caller, wanted, cancellationToken) switch
            {
                SearchOutcome.Found found => ApiJson.Result(new Envelope<SearchResponse>(SearchResponse.Of(found, search.Method))),
                SearchOutcome.NoDocument => throw new ProblemException(Problem.NotFound("document")),
                SearchOutcome.NotEmbedded(var id, var isOfAnotherModel) => throw new ProblemException(new Problem(
                    StatusCodes.Status409Conflict,
                    "document_not_embedded",
                    isOfAnotherModel
                        ? $"The vectors of the document {id} were made by another model than the one that queries are compared by now; run a batch_embedding job over it first."
                        : $"The document {id} cannot be searched yet; run a batch_embedding job over it first.")),
                SearchOutcome.ModelFailed(var message, var retryAfter) => throw new ProblemException(new Problem(
                    StatusCodes.Status503ServiceUnavailable,
                    "search_model_failed",
                    $"The query could not be embedded. {message}")
                { RetryAfter = retryAfter is { } wait ? (int)Math.Ceiling(wait.TotalSeconds) : null }),
                SearchOutcome.SpendingLimit => throw new ProblemException(Problem.SpendingLimitReached),
                SearchOutcome.Busy => throw new ProblemException(new Problem(
                    StatusCodes.Status429TooManyRequests,
                    "too_many_searches",
                    "Too many searches are under way; try again in a moment.")
                { RetryAfter = RetryAfter }),
                SearchOutcome.TooSlow => throw new ProblemException(new Problem(
                    StatusCodes.Status503ServiceUnavailable,
                    "search_too_slow",
                    "The search took too long; try again in a moment.")
                { RetryAfter = RetryAfter }),
                var other => throw new InvalidOperationException($"Not a way in which a search ends: {other}"),
            };
        });
}
