using Azure;
using Azure.Data.Tables;
using Jobs.LocalRuntime.Storage;

namespace Jobs.LocalRuntime.Tables;

/// <summary>The outcome of a point read.</summary>
/// <param name="Entity">The entity; null when there is none.</param>
/// <param name="Response">The service's answer, 200 or 404.</param>
/// <param name="Missing">Why there is no entity, to be thrown by who needs one; null when there is one.</param>
internal readonly record struct TableRead(TableEntity? Entity, Response Response, RequestFailedException? Missing)
{
    /// <summary>There is none.</summary>
    public static TableRead Nothing(RequestFailedException missing) => new(null, new StoredResponse(missing.Status), missing);
}
