using System.Globalization;
using System.Text.Json;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Documents;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Platform;

/// <summary>The body of <c>POST /v1/api/search</c>: <c>{query, documents?, limit?}</c>.</summary>
public static class SearchRequest
{
    /// <summary>The most characters of a query.</summary>
    public const int MaxQueryLength = 1_000;

    /// <summary>The most documents that a search names.</summary>
    public const int MaxDocuments = 100;

    /// <summary>The most characters of a document's id.</summary>
    public const int MaxIdLength = 100;

    /// <summary>The most chunks of an answer.</summary>
    public const int MaxLimit = 50;

    /// <summary>The chunks of an answer when no limit is given.</summary>
    public const int DefaultLimit = 10;

    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413).</summary>
    public static async Task<Search> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        var query = body.Text("query", 1, MaxQueryLength, required: true);
        var documents = body.Array("documents") is { } list ? IdsOf(list) : null;
        if (documents is null ? body.Has("documents") && body.Json.GetProperty("documents").ValueKind is JsonValueKind.Array : documents.Count is 0 or > MaxDocuments)
        {
            body.Refuse("documents", $"must have 1 to {MaxDocuments} ids of documents");
        }

        var limit = LimitOf(body);
        body.ThrowIfInvalid();
        return new Search(query!, documents, limit);
    }

    private static HashSet<string>? IdsOf(JsonElement list)
    {
        try
        {
            var ids = list.EnumerateArray().Select(id => id.GetString() ?? "").ToHashSet(StringComparer.Ordinal);
            return ids.All(id => id.Length is > 0 and <= MaxIdLength) ? ids : null;
        }
        catch (InvalidOperationException)
        {
            // Something else than a string, or half of a surrogate pair.
            return null;
        }
    }

    private static int LimitOf(RequestBody body)
    {
        if (!body.Has("limit") || body.Json.GetProperty("limit") is not { ValueKind: not JsonValueKind.Null } limit)
        {
            return DefaultLimit;
        }

        if (limit.ValueKind is JsonValueKind.Number && limit.TryGetInt32(out var number) && number is >= 1 and <= MaxLimit)
        {
            return number;
        }

        body.Refuse("limit", string.Create(CultureInfo.InvariantCulture, $"must be a whole number from 1 to {MaxLimit}"));
        return DefaultLimit;
    }
}
