using Jobs.Domain.Jobs;
using Jobs.Storage;

namespace Jobs.Functions.Work;

/// <summary>Reads the files that came of jobs.</summary>
public sealed class WorkFiles(WorkResults results, ArtifactStore artifacts)
{
    /// <summary>The file of a name, to be read piece by piece; null when the job's result lists none of that name, or is not there yet.</summary>
    public async Task<OpenedFile?> OpenAsync(Job job, string name, CancellationToken cancellationToken)
    {
        if (WorkFile.Find(await results.ReadResultAsync(job, cancellationToken), name) is not { } file)
        {
            return null;
        }

        var content = await artifacts.OpenReadAsync(job.Tenant, job.ResourceId, file.Sha256, cancellationToken)
            ?? throw new InvalidDataException($"The file {file.Name} of job {job.Id} is missing.");
        return new OpenedFile(file, content);
    }
}

/// <summary>A file of a job, and what it holds.</summary>
/// <param name="File">The file.</param>
/// <param name="Content">Its content, for who opened it to dispose.</param>
public sealed record OpenedFile(WorkFile File, Stream Content);
