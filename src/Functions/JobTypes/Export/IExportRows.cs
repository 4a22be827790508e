using Jobs.Functions.Work;

namespace Jobs.Functions.JobTypes.Export;

/// <summary>A row of an export, or why there is none.</summary>
/// <param name="Json">The row as a JSON object on one line; null with an error.</param>
/// <param name="Error">The error; null with a row.</param>
public sealed record ExportRow(byte[]? Json, ExportError? Error = null);

/// <summary>What can be exported: which rows there are, and each of them.</summary>
public interface IExportRows
{
    /// <summary>The word for it, which names the file too.</summary>
    string What { get; }

    /// <summary>The members of a row that are columns of a CSV file, in their order.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>
    /// Lists what there is, or of it only what has one of some ids, and cuts it into batches of at most <see cref="ExportHandler.MaxBatchRows"/>. Throws <see cref="WorkException"/> for more
    /// than <see cref="ExportHandler.MaxRows"/>.
    /// </summary>
    Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, IReadOnlySet<string>? only, CancellationToken cancellationToken);

    /// <summary>The rows of a batch, few at a time in memory.</summary>
    IAsyncEnumerable<ExportRow> ReadAsync(WorkContext work, PlannedBatch batch, CancellationToken cancellationToken);
}
