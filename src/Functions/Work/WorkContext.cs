using System.Text.Json;
using Jobs.Documents.Exchange;
using Jobs.Domain.Jobs;
using Jobs.Storage;

namespace Jobs.Functions.Work;

/// <summary>What a job of work was asked for.</summary>
/// <param name="Input">The input, as it came.</param>
/// <param name="OnlyFailed">True to do only what came out with an error in the job that it repeats.</param>
public sealed record StoredInput(JsonElement Input, bool OnlyFailed);

/// <summary>The job that a handler works at, with its artifacts.</summary>
public sealed class WorkContext(Job job, StoredInput asked, ArtifactStore artifacts, WorkResults results, JobStore jobs, WorkModel? model = null)
{
    /// <summary>Whose work it is.</summary>
    public string Tenant => job.Tenant;

    /// <summary>The user or key that asked for it.</summary>
    public string User => job.Owner;

    /// <summary>The job's id.</summary>
    public string JobId => job.Id;

    /// <summary>When the job was created.</summary>
    public DateTimeOffset CreatedAt => job.CreatedAt;

    /// <summary>The input, as it came.</summary>
    public JsonElement Input => asked.Input;

    /// <summary>The AI model, for a batch; null where none is configured, and while work is planned or finished.</summary>
    public WorkModel? Model => model;

    /// <summary>Keeps items as an artifact of the job.</summary>
    public Task<string> WriteAsync<T>(IReadOnlyList<T> items, CancellationToken cancellationToken) =>
        artifacts.WriteAsync(job.Tenant, job.ResourceId, JsonSerializer.SerializeToUtf8Bytes(items, WorkJson.Options), cancellationToken);

    /// <summary>Reads items that were kept.</summary>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(string reference, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<IReadOnlyList<T>>((await artifacts.ReadAsync(job.Tenant, job.ResourceId, reference, cancellationToken)).ToMemory().Span, WorkJson.Options)!;

    /// <summary>The results of a batch of this job.</summary>
    public Task<IReadOnlyList<JsonElement>> ReadResultsAsync(DoneBatch batch, CancellationToken cancellationToken) => results.ReadAsync(job, batch, ResultKind.Results, cancellationToken);

    /// <summary>Keeps bytes as an artifact of the job.</summary>
    public Task<string> WriteBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => artifacts.WriteAsync(job.Tenant, job.ResourceId, content, cancellationToken);

    /// <summary>Keeps a file that is in memory, to be listed in the result's <c>files</c>.</summary>
    public async Task<WorkFile> WriteFileAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        new(name, content.Length, await WriteBytesAsync(content, cancellationToken));

    /// <summary>Reads bytes that were kept.</summary>
    public Task<BinaryData> ReadBytesAsync(string reference, CancellationToken cancellationToken) => artifacts.ReadAsync(job.Tenant, job.ResourceId, reference, cancellationToken);

    /// <summary>
    /// Keeps a file of any size, piece by piece, to be listed in the result's <c>files</c>. What writes it is called twice, because a file is kept under the hash of what it holds, and must
    /// write the same both times; it gives the number of rows.
    /// </summary>
    public async Task<(WorkFile File, long Rows)> WriteFileAsync(string name, Func<Stream, CancellationToken, Task<long>> write, CancellationToken cancellationToken)
    {
        var file = await HashAsync(Stream.Null, cancellationToken);
        await artifacts.WriteAsync(
            job.Tenant,
            job.ResourceId,
            file.Sha256,
            async (stream, cancellation) =>
            {
                if (await HashAsync(stream, cancellation) != file)
                {
                    throw new InvalidOperationException($"The file {name} of {job.Work!.Type} came out differently the second time.");
                }
            },
            cancellationToken);
        return (new WorkFile(name, file.Bytes, file.Sha256), file.Rows);

        async Task<ExportedFile> HashAsync(Stream output, CancellationToken cancellation)
        {
            await using var hashing = new HashingStream(output);
            var rows = await write(hashing, cancellation);
            await hashing.FlushAsync(cancellation);
            return hashing.File(rows);
        }
    }

    /// <summary>The errors of a batch of this job.</summary>
    public Task<IReadOnlyList<JsonElement>> ReadErrorsAsync(DoneBatch batch, CancellationToken cancellationToken) => results.ReadAsync(job, batch, ResultKind.Errors, cancellationToken);

    /// <summary>The errors of the job that this one repeats, when only what failed is to be done; null when all is.</summary>
    public async Task<IReadOnlyList<JsonElement>?> ReadErrorsToRepeatAsync(CancellationToken cancellationToken)
    {
        if (!asked.OnlyFailed || await jobs.FindAsync(job.Work!.OriginalJobId!, cancellationToken) is not { } original)
        {
            return null;
        }

        var errors = new List<JsonElement>();
        await foreach (var batch in results.ListAsync(original, cancellationToken))
        {
            errors.AddRange(await results.ReadAsync(original, batch, ResultKind.Errors, cancellationToken));
        }

        return errors;
    }
}
