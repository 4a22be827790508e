using Jobs.Functions.Api.Shared;
using Jobs.Functions.Documents;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Api.Platform;

/// <summary>Contract 004: the documents that an organisation's jobs have taken in.</summary>
public sealed class PlatformDocumentFunctions(PlatformEndpoint endpoint, DocumentStore documents, DocumentContents contents, DocumentRemoval removal)
{
    /// <summary>The most documents on one page.</summary>
    public const int MaxDocuments = 1_000;

    /// <summary>The documents on a page when no limit is given.</summary>
    public const int DefaultDocuments = 100;

    /// <summary>The most characters of a text that are sent: more than any row of an import has. An export has all of it.</summary>
    public const int MaxTextCharacters = 1024 * 1024;

    /// <summary>One page of the documents, in the order of their ids.</summary>
    [Function("ListPlatformDocuments")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/api/documents")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var (limit, after) = Cursor.Read<DocumentPlace>(
                request, DefaultDocuments, MaxDocuments, id => IsDocumentId(id) ? new DocumentPlace(id) : null, "must be the nextCursor of a page", "cursor");
            // One more than is shown says whether there is a next page.
            var found = await documents.ListAsync(caller.Tenant, after?.Id, Math.Min(limit + 1, MaxDocuments), cancellationToken).Take(limit + 1).ToListAsync(cancellationToken);
            var shown = found.Take(limit).Select(PlatformResponses.ToResponse).ToList();
            return ApiJson.Result(new Envelope<PlatformPage<PlatformDocument>>(new PlatformPage<PlatformDocument>(shown, found.Count > limit ? shown[^1].Id : null)));
        });

    /// <summary>A document with its text.</summary>
    [Function("GetPlatformDocument")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/api/documents/{documentId}")] HttpRequest request, string documentId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var document = await FindAsync(caller.Tenant, documentId, cancellationToken);
            var content = await contents.FindAsync(caller.Tenant, document, cancellationToken);
            if (content is null)
            {
                // It may have been removed in between.
                await FindAsync(caller.Tenant, documentId, cancellationToken);
                throw new InvalidDataException($"What document {document.Id} holds is missing.");
            }

            return ApiJson.Result(new Envelope<PlatformDocumentContent>(PlatformResponses.ToResponse(document, content, MaxTextCharacters)));
        });

    /// <summary>Removes a document with its text and its vectors: no list, export or search has it any more.</summary>
    [Function("DeletePlatformDocument")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/api/documents/{documentId}")] HttpRequest request, string documentId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var document = IsDocumentId(documentId) ? await removal.RemoveAsync(caller.Tenant, documentId, cancellationToken) : null;
            return ApiJson.Result(new Envelope<PlatformDocument>(PlatformResponses.ToResponse(document ?? throw new ProblemException(Problem.NotFound("document")))));
        });

    private static bool IsDocumentId(string id) => id.Length == StoredDocument.IdLength && id.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0;

    private async Task<StoredDocument> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        IsDocumentId(id) && await documents.FindAsync(tenant, id, cancellationToken) is { } document ? document : throw new ProblemException(Problem.NotFound("document"));

    private readonly record struct DocumentPlace(string Id);
}
