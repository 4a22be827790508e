using System.Text.Json;
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
