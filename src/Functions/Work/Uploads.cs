using Jobs.Storage;

namespace Jobs.Functions.Work;

/// <summary>Files that were sent ahead of the job that reads them. An upload's id names its content, so that sending it again gives the same.</summary>
public sealed class Uploads(ArtifactStore artifacts)
{
    private const string Prefix = "upload_";
    private const string Owner = "uploads";
    private const int HashLength = 64;

    /// <summary>True for a string of the form that upload ids have.</summary>
    public static bool IsId(string id) =>
        id.Length == Prefix.Length + HashLength && id.StartsWith(Prefix, StringComparison.Ordinal) && id.AsSpan(Prefix.Length).IndexOfAnyExcept("0123456789abcdef") < 0;

    /// <summary>Keeps a file and gives its id.</summary>
    public async Task<string> WriteAsync(string tenant, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Prefix + await artifacts.WriteAsync(tenant, Owner, content, cancellationToken);

    /// <summary>Reads a file; null when the organisation has none of that id.</summary>
    public async Task<BinaryData?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        IsId(id) ? await artifacts.FindAsync(tenant, Owner, id[Prefix.Length..], cancellationToken) : null;
}
