using CsvHelper;

namespace Jobs.Documents.Exchange;

/// <summary>
/// Writes rows as CSV (RFC 4180) in UTF-8 with a header, lines ended by <c>\r\n</c>. A cell that begins with <c>=</c>, <c>+</c>, <c>-</c>, <c>@</c>, a tab or a carriage return gets a
/// <c>'</c> in front, because spreadsheets would take it for a formula and run it; so a file for machines is better written as JSON Lines. One row is in memory at a time.
/// </summary>
public static class CsvWriter
{
    /// <summary>Writes a header and rows. The stream stays open.</summary>
    public static async Task<ExportedFile> WriteAsync<T>(Stream output, IReadOnlyList<CsvColumn<T>> columns, IAsyncEnumerable<T> rows, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count);
        await using var stream = new HashingStream(output);
        long count = 0;
        await using (var csv = CsvHelper.CsvWriter.Create(stream, new CsvWriterOptions { Injection = CsvInjection.Escape }, leaveOpen: true))
        {
            foreach (var column in columns)
            {
                csv.WriteField(column.Name);
            }

            await csv.EndRecordAsync(cancellationToken);
            await foreach (var row in rows.WithCancellation(cancellationToken))
            {
                foreach (var column in columns)
                {
                    csv.WriteField(column.Value(row) ?? "");
                }

                await csv.EndRecordAsync(cancellationToken);
                count++;
            }

            await csv.FlushAsync(cancellationToken);
        }

        return stream.File(count);
    }
}

/// <summary>A column of a CSV file.</summary>
/// <param name="Name">Its name in the header.</param>
/// <param name="Value">What a row has in it; null for an empty cell.</param>
public sealed record CsvColumn<T>(string Name, Func<T, string?> Value);
