using System.Text;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Storage;

namespace Jobs.Functions.Repositories;

/// <summary>What is kept of a job on a branch beside its row: the whole log and the whole list of changed files. Of both the row holds what is small.</summary>
public sealed class BranchRecords(ArtifactStore artifacts)
{
    /// <summary>What was to be done.</summary>
    public async Task<StoredInstruction> ReadInstructionAsync(Job job, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<StoredInstruction>((await artifacts.ReadAsync(job.Tenant, job.ResourceId, job.InputRef, cancellationToken)).ToMemory().Span)!;

    /// <summary>Keeps what is to be done by a job that is about to be created.</summary>
    public Task<string> WriteInstructionAsync(string tenant, string resourceId, StoredInstruction instruction, CancellationToken cancellationToken) =>
        artifacts.WriteAsync(tenant, resourceId, JsonSerializer.SerializeToUtf8Bytes(instruction), cancellationToken);

    /// <summary>Reads the edits that are there.</summary>
    public async Task<StoredEdits> ReadEditsAsync(Job job, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<StoredEdits>((await artifacts.ReadAsync(job.Tenant, job.ResourceId, job.SourcesRef!, cancellationToken)).ToMemory().Span)!;

    /// <summary>The whole log, with why the job failed as its end.</summary>
    public async Task<string> ReadLogAsync(Job job, CancellationToken cancellationToken) => WithError(await ReadWrittenAsync(job, cancellationToken), job);

    /// <summary>The log as far as the row holds it, with why the job failed as its end; null when nothing was written.</summary>
    public static string? LogOf(Job job) => WithError(job.Repository!.Log?.Tail ?? "", job) is { Length: > 0 } log ? log : null;

    /// <summary>The log with some lines more.</summary>
    public async Task<BranchLog> AppendAsync(Job job, string text, CancellationToken cancellationToken)
    {
        var written = await ReadWrittenAsync(job, cancellationToken);
        return await WriteAsync(job, written.Length == 0 ? text : $"{written.TrimEnd('\n')}\n{text}", cancellationToken);
    }

    /// <summary>A log in the place of what was written before.</summary>
    public async Task<BranchLog> WriteAsync(Job job, string text, CancellationToken cancellationToken)
    {
        var log = End(Texts.Plain(text), RepositoryLimits.MaxLogLength);
        return log.Length <= RepositoryState.MaxLogLength
            ? new BranchLog(log)
            : new BranchLog(
                End(log, RepositoryState.MaxLogLength),
                await artifacts.WriteAsync(job.Tenant, job.ResourceId, Encoding.UTF8.GetBytes(log), cancellationToken));
    }

    /// <summary>Asks a forge what a job has changed, and keeps it.</summary>
    public async Task<BranchFiles> ListFilesAsync(Job job, IForge forge, Repository repository, string headSha, CancellationToken cancellationToken)
    {
        var branch = job.Repository!;
        // A job that goes on where another has ended has changed what came after that.
        var from = branch.Round == 0 ? branch.BaseSha! : branch.StartSha!;
        var paths = new List<string>();
        int total;
        do
        {
            var wanted = Math.Min(RepositoryLimits.ChangedFilesAtOnce, RepositoryLimits.MaxChangedFiles - paths.Count);
            var page = await forge.ListChangedFilesAsync(repository, new BranchStart(branch.Branch, from, branch.StartSha!), headSha, paths.Count, wanted, cancellationToken);
            total = page.Total;
            paths.AddRange(page.Paths);
            if (page.Paths.Count == 0)
            {
                break;
            }
        }
        while (paths.Count < Math.Min(total, RepositoryLimits.MaxChangedFiles));

        var length = 0;
        var first = paths.TakeWhile((path, index) => index < RepositoryState.MaxFiles && (length += path.Length) <= RepositoryState.MaxFilesLength).ToArray();
        return first.Length == paths.Count
            ? new BranchFiles(first, total)
            : new BranchFiles(first, total, await artifacts.WriteAsync(job.Tenant, job.ResourceId, JsonSerializer.SerializeToUtf8Bytes(paths), cancellationToken));
    }

    /// <summary>Every changed file that is listed, in the order of their paths.</summary>
    public async Task<IReadOnlyList<string>> ReadFilesAsync(Job job, CancellationToken cancellationToken) => job.Repository!.Files switch
    {
        null => [],
        { Ref: { } reference } => JsonSerializer.Deserialize<string[]>((await artifacts.ReadAsync(job.Tenant, job.ResourceId, reference, cancellationToken)).ToMemory().Span)!,
        var files => files.First,
    };

    private async Task<string> ReadWrittenAsync(Job job, CancellationToken cancellationToken) => job.Repository!.Log switch
    {
        null => "",
        { Ref: { } reference } => (await artifacts.ReadAsync(job.Tenant, job.ResourceId, reference, cancellationToken)).ToString(),
        var log => log.Tail,
    };

    private static string WithError(string log, Job job) => job.Error is { } error ? log.Length == 0 ? error : $"{log.TrimEnd('\n')}\n{error}" : log;

    private static string End(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        // Half of a surrogate pair is not text.
        var start = text.Length - length + 1;
        return string.Concat("…", text.AsSpan(char.IsLowSurrogate(text[start]) ? start + 1 : start));
    }
}
