using System.Text.Encodings.Web;
using System.Text.Json;

namespace Jobs.Documents.Exchange;

/// <summary>Writes rows as JSON Lines in UTF-8: a JSON value a line, lines ended by <c>\n</c>. One row is in memory at a time.</summary>
public static class JsonlWriter
{
    /// <summary>How many bytes are gathered before they are written.</summary>
    private const int PieceBytes = 64 * 1024;

    // The lines are no part of a page, in which other characters would have to be escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes rows; <paramref name="write"/> writes one of them as exactly one JSON value. The stream stays open.</summary>
    public static async Task<ExportedFile> WriteAsync<T>(Stream output, IAsyncEnumerable<T> rows, Action<Utf8JsonWriter, T> write, CancellationToken cancellationToken = default)
    {
        await using var stream = new HashingStream(output);
        using var buffer = new MemoryStream(PieceBytes);
        await using var json = new Utf8JsonWriter(buffer, Options);
        long count = 0;
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            json.Reset();
            write(json, row);
            json.Flush();
            buffer.WriteByte((byte)'\n');
            count++;
            if (buffer.Length >= PieceBytes)
            {
                await WriteOutAsync(buffer, stream, cancellationToken);
            }
        }

        await WriteOutAsync(buffer, stream, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return stream.File(count);
    }

    private static async Task WriteOutAsync(MemoryStream buffer, Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
        buffer.SetLength(0);
    }
}
