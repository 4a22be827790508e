using System.Runtime.CompilerServices;
using System.Text.Json;
using Jobs.Domain.Jobs;
using Jobs.Functions.Api.Platform;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.Export;

/// <summary>The organisation's jobs that were there when the export was planned, itself excepted, each as contract 004 shows it when its batch is done.</summary>
public sealed class ExportJobRows(JobListStore lists, JobStore jobs) : IExportRows
{
    private const int PerPage = 1_000;
    private const int MaxReads = 16;

    /// <inheritdoc/>
    public string What => "jobs";

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; } = ["id", "type", "status", "progress", "createdAt", "completedAt", "error", "originalJobId", "result"];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        var batches = new List<PlannedBatch>();
        var count = 0;
        await foreach (var ids in lists.ListAsync(work.Tenant, type: null, before: null, PerPage, cancellationToken)
            .Where(id => id != work.JobId && only?.Contains(id) is not false)
            .Chunk(ExportHandler.MaxBatchRows)
            .WithCancellation(cancellationToken))
        {
            count += ids.Length;
            if (count > ExportHandler.MaxRows)
            {
                throw ExportHandler.TooMany(What);
            }

            batches.Add(new PlannedBatch(await work.WriteAsync(ids, cancellationToken), ids.Length));
        }

        return batches;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ExportRow> ReadAsync(WorkContext work, PlannedBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var ids in (await work.ReadAsync<string>(batch.Ref, cancellationToken)).Chunk(MaxReads))
        {
            foreach (var job in await Task.WhenAll(ids.Select(id => jobs.FindAsync(id, cancellationToken))))
            {
                // An entry without a job is one whose creation never came that far.
                if (job is { Kind: JobKind.Work } && job.Tenant == work.Tenant)
                {
                    yield return new ExportRow(JsonSerializer.SerializeToUtf8Bytes(PlatformResponses.ToResponse(job), ApiJson.Options));
                }
            }
        }
    }
}
