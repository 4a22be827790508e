using System.Text.Json;
using Jobs.Storage;

namespace Jobs.Functions.Work;

/// <summary>
/// Files that were sent ahead of the job that reads them. An upload's id names its content, so that sending it again gives the same. It is kept until it was not sent, and named by no new
/// job, for <see cref="Retention"/>.
/// </summary>
public sealed class Uploads(ArtifactStore artifacts, UploadStore uploads, JobListStore lists, TimeProvider time)
{
    /// <summary>How long an upload is kept after its last use.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>The most characters of a file's name.</summary>
    public const int MaxNameLength = 200;

    private const string Prefix = "upload_";
    private const string Owner = "uploads";
    private const int HashLength = 64;
    private const int MaxUses = 16;

    /// <summary>True for a string of the form that upload ids have.</summary>
    public static bool IsId(string id) =>
        id.Length == Prefix.Length + HashLength && id.StartsWith(Prefix, StringComparison.Ordinal) && id.AsSpan(Prefix.Length).IndexOfAnyExcept("0123456789abcdef") < 0;

    /// <summary>Keeps a file and gives its id.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="content">The file.</param>
    /// <param name="name">What its sender calls it, at most <see cref="MaxNameLength"/> characters; null when that is not known. Of one that is sent again the last name counts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> WriteAsync(string tenant, ReadOnlyMemory<byte> content, string? name, CancellationToken cancellationToken)
    {
        var id = Prefix + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content.Span));
        await uploads.PutAsync(tenant, id, time.GetUtcNow(), name, cancellationToken);
        await artifacts.ReplaceAsync(tenant, Owner, content, cancellationToken);
        return id;
    }

    /// <summary>Reads a file; null when the organisation has none of that id.</summary>
    public async Task<BinaryData?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        IsId(id) ? await artifacts.FindAsync(tenant, Owner, id[Prefix.Length..], cancellationToken) : null;

    /// <summary>What the sender of a file calls it; null when that is not known, or there is no such file.</summary>
    public async Task<string?> FindNameAsync(string tenant, string id, CancellationToken cancellationToken) => (await uploads.FindAsync(tenant, id, cancellationToken))?.Name;

    /// <summary>A job with this input is about to be created: the uploads that it names, at any place of it, are kept for it.</summary>
    public Task UseAsync(string tenant, JsonElement input, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        NamedIn(input).Distinct(StringComparer.Ordinal),
        new ParallelOptions { MaxDegreeOfParallelism = MaxUses, CancellationToken = cancellationToken },
        async (id, cancellation) =>
        {
            while (await uploads.FindAsync(tenant, id, cancellation) is { IsRemoved: false } upload
                && await uploads.TryReplaceAsync(upload, time.GetUtcNow(), isRemoved: false, cancellation) is null)
            {
                // Somebody else used it at the same moment.
            }
        });

    /// <summary>
    /// Removes the uploads that were not used for <see cref="Retention"/>. Those of an organisation that has a job from before that which has not ended are left for another time: a job that
    /// names an upload was created when that was last used, or earlier.
    /// </summary>
    public async Task RemoveUnusedAsync(CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - Retention;
        string? tenant = null;
        var mayBeRead = false;
        await foreach (var upload in uploads.ListUnusedAsync(since, cancellationToken))
        {
            if (upload.Tenant != tenant)
            {
                tenant = upload.Tenant;
                // A job's id has the time of the host that created it, whose clock may differ from ours.
                mayBeRead = await lists.HasUnfinishedBeforeAsync(tenant, since + (Retention / 2), cancellationToken);
            }

            if (!mayBeRead)
            {
                await RemoveAsync(upload, cancellationToken);
            }
        }
    }

    /// <summary>
    /// The file's version is read first and its row marked then: whoever sends it again meanwhile writes the row, which the mark does not overwrite, and then the file, whose new version is
    /// not removed.
    /// </summary>
    private async Task RemoveAsync(StoredUpload upload, CancellationToken cancellationToken)
    {
        var hash = upload.Id[Prefix.Length..];
        var version = await artifacts.FindVersionAsync(upload.Tenant, Owner, hash, cancellationToken);
        if (await uploads.TryReplaceAsync(upload, upload.UsedAt, isRemoved: true, cancellationToken) is not { } marked)
        {
            return;
        }

        if (version is { } known)
        {
            await artifacts.DeleteAsync(upload.Tenant, Owner, hash, known, cancellationToken);
        }

        await uploads.RemoveAsync(marked, cancellationToken);
    }

    private static IEnumerable<string> NamedIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => NamedIn(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(NamedIn),
        JsonValueKind.String when value.GetString() is { } text && IsId(text) => [text],
        _ => [],
    };
}
