using System.Runtime.CompilerServices;
using System.Text.Json;
using Jobs.Documents.Exchange;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.Export;

/// <summary>
/// Writes what an organisation has into a file. The plan lists the rows; a batch writes its rows as JSON Lines, in parts; the end makes the file of the parts, piece by piece. At no time
/// more than a few MiB of it are in memory, however many rows there are.
/// </summary>
public sealed class ExportHandler(IEnumerable<IExportRows> rows) : JobHandler<ExportInput>
{
    /// <summary>The most rows of an export: as many as a file that is imported may have.</summary>
    public const int MaxRows = ExchangeLimits.MaxRows;

    /// <summary>The most bytes that the rows may have together as JSON Lines: 1 GiB, which the last step writes within its time.</summary>
    public const long MaxBytes = 1024 * 1024 * 1024;

    /// <summary>The rows of a batch.</summary>
    public const int MaxBatchRows = 1_000;

    /// <summary>After so many bytes a part of a batch ends, with the row: 2 MiB.</summary>
    public const int PartBytes = 2 * 1024 * 1024;

    private const string Rows = "rows";

    private static readonly string[] Formats = ["jsonl", "csv", "zip"];

    private readonly IExportRows[] _rows = [.. rows];

    /// <inheritdoc/>
    public override string Type => "export";

    /// <inheritdoc/>
    public override JobContract Contract => JobContract.Platform;

    /// <summary>What ends an export of more than <see cref="MaxRows"/>.</summary>
    internal static WorkException TooMany(string what) => new($"There are more than {MaxRows:N0} {what}; an export has at most so many.", isTransient: false);

    /// <inheritdoc/>
    public override async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken)
    {
        var input = work.Input.Deserialize<ExportInput>(WorkJson.Options)!;
        var parts = new List<ExportPart>();
        foreach (var batch in batches)
        {
            parts.AddRange((await work.ReadResultsAsync(batch, cancellationToken)).Select(part => part.Deserialize<ExportPart>(WorkJson.Options)!));
        }

        var errors = batches.Sum(batch => batch.Errors);
        if (errors > 0 && parts.Count == 0)
        {
            return new WorkEnd(null, $"Nothing could be exported, of {errors}.");
        }

        if (parts.Sum(part => part.Bytes) > MaxBytes)
        {
            return new WorkEnd(null, $"The rows have more than {MaxBytes / (1024 * 1024):N0} MiB together; an export has at most so many.");
        }

        var (file, count) = await work.WriteFileAsync(
            $"{input.What}.{input.Format}", (stream, cancellation) => WriteAsync(work, input, parts, stream, cancellation), cancellationToken);
        return new WorkEnd(new ExportResult(count, [file], errors));
    }

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(ExportInput input)
    {
        if (!_rows.Any(kind => kind.What == input.What))
        {
            yield return new InputError("input.what", $"must be one of: {string.Join(", ", _rows.Select(kind => kind.What).Order(StringComparer.Ordinal))}");
        }

        if (!Formats.Contains(input.Format, StringComparer.Ordinal))
        {
            yield return new InputError("input.format", $"must be one of: {string.Join(", ", Formats)}");
        }
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, ExportInput input, CancellationToken cancellationToken)
    {
        var only = (await work.ReadErrorsToRepeatAsync(cancellationToken))?.Select(error => error.GetProperty("id").GetString()!).ToHashSet(StringComparer.Ordinal);
        return await RowsOf(input).PlanAsync(work, only, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task<BatchOutcome> RunAsync(WorkContext work, ExportInput input, PlannedBatch batch, CancellationToken cancellationToken)
    {
        var parts = new List<object>();
        var errors = new List<object>();
        var count = 0;
        var inPart = 0;
        using var part = new MemoryStream();
        await foreach (var row in RowsOf(input).ReadAsync(work, batch, cancellationToken))
        {
            if (row.Json is not { } json)
            {
                errors.Add(row.Error!);
                continue;
            }

            part.Write(json);
            part.WriteByte((byte)'\n');
            count++;
            inPart++;
            if (part.Length >= PartBytes)
            {
                await EndPartAsync();
            }
        }

        if (inPart > 0)
        {
            await EndPartAsync();
        }

        return new BatchOutcome(new Dictionary<string, int> { [Rows] = count }, parts, errors);

        async Task EndPartAsync()
        {
            parts.Add(new ExportPart(inPart, part.Length, await work.WriteBytesAsync(part.GetBuffer().AsMemory(0, (int)part.Length), cancellationToken)));
            part.SetLength(0);
            inPart = 0;
        }
    }

    private IExportRows RowsOf(ExportInput input) => _rows.Single(kind => kind.What == input.What);

    /// <summary>Writes the file, and says how many rows it has.</summary>
    private async Task<long> WriteAsync(WorkContext work, ExportInput input, IReadOnlyList<ExportPart> parts, Stream output, CancellationToken cancellationToken)
    {
        switch (input.Format)
        {
            case "jsonl":
                return (await WriteLinesAsync(output, cancellationToken)).Rows;

            case "csv":
                var columns = RowsOf(input).Columns.Select(name => new CsvColumn<JsonElement>(name, row => CellOf(row, name))).ToList();
                return (await CsvWriter.WriteAsync(output, columns, ReadAsync(work, parts, cancellationToken), cancellationToken)).Rows;

            default:
                // The time of the job: the file is written twice, and must come out the same.
                await using (var zip = new ZipExport(output, work.CreatedAt))
                {
                    await zip.AddAsync($"{input.What}.jsonl", WriteLinesAsync, cancellationToken);
                    return (await zip.CompleteAsync(cancellationToken)).Rows;
                }
        }

        Task<ExportedFile> WriteLinesAsync(Stream stream, CancellationToken cancellation) =>
            JsonlWriter.WriteAsync(stream, ReadAsync(work, parts, cancellation), (json, row) => row.WriteTo(json), cancellation);
    }

    private static async IAsyncEnumerable<JsonElement> ReadAsync(WorkContext work, IReadOnlyList<ExportPart> parts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            var lines = (await work.ReadBytesAsync(part.Sha256, cancellationToken)).ToMemory();
            while (lines.Span.IndexOf((byte)'\n') is >= 0 and var end)
            {
                yield return JsonElement.Parse(lines.Span[..end]);
                lines = lines[(end + 1)..];
            }
        }
    }

    private static string? CellOf(JsonElement row, string column) => !row.TryGetProperty(column, out var value)
        ? null
        : value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => value.GetRawText(),
        };
}
