using System.Text.Json;

namespace Jobs.Functions.JobTypes.BatchEmbedding;

/// <summary>The input of batch embedding: <c>{documents?: [id] | "all"}</c>.</summary>
/// <param name="Documents">The ids of documents; <c>"all"</c>, null or absent for all that the organisation has.</param>
public sealed record BatchEmbeddingInput(JsonElement? Documents)
{
    /// <summary>The documents' ids, each once; null for all, and for what is no list of strings.</summary>
    internal IReadOnlyList<string>? Ids
    {
        get
        {
            try
            {
                return Documents is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(id => id.GetString() ?? "").Distinct(StringComparer.Ordinal)] : null;
            }
            catch (InvalidOperationException)
            {
                // Something else than a string, or half of a surrogate pair.
                return null;
            }
        }
    }

    /// <summary>True when all documents are meant.</summary>
    internal bool IsAll => Documents is null or { ValueKind: JsonValueKind.Null } || (Documents is { ValueKind: JsonValueKind.String } word && word.ValueEquals("all"));
}
