using System.Text.Json;
using Jobs.Documents.Chunking;
using Jobs.Functions.Work;

namespace Jobs.Functions.Documents;

/// <summary>A chunk with its vector: one line of a JSONL artifact of embeddings.</summary>
/// <param name="DocumentId">The document that it is a part of.</param>
/// <param name="Id">The chunk's id.</param>
/// <param name="Index">Its number among the document's chunks, from 0.</param>
/// <param name="Start">Where it begins in the document's text, in UTF-16 units.</param>
/// <param name="Length">How long it is, in UTF-16 units.</param>
/// <param name="Tokens">How many tokens it has.</param>
/// <param name="Headings">The headings above it, outermost first.</param>
/// <param name="Page">The page, sheet or slide on which its section begins, from 1; null for formats without any.</param>
/// <param name="Text">Its text.</param>
/// <param name="Vector">The vector, of length 1.</param>
public sealed record EmbeddedChunk(
    string DocumentId,
    string Id,
    int Index,
    int Start,
    int Length,
    int Tokens,
    IReadOnlyList<string> Headings,
    int? Page,
    string Text,
    ReadOnlyMemory<float> Vector)
{
    /// <summary>A chunk of a document with its vector.</summary>
    public static EmbeddedChunk Of(string documentId, DocumentChunk chunk, ReadOnlyMemory<float> vector) =>
        new(documentId, chunk.Id, chunk.Index, chunk.Start, chunk.Length, chunk.Tokens, chunk.Headings, chunk.Page, chunk.Text, vector);

    /// <summary>Writes chunks, one a line.</summary>
    public static byte[] ToJsonLines(IEnumerable<EmbeddedChunk> chunks)
    {
        using var lines = new MemoryStream();
        foreach (var chunk in chunks)
        {
            JsonSerializer.Serialize(lines, chunk, WorkJson.Options);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    /// <summary>What is left of an artifact without the chunks of documents; null when that is nothing, and the artifact itself when it has none of them.</summary>
    public static BinaryData? Without(BinaryData lines, IReadOnlySet<string> documents)
    {
        using var left = new MemoryStream();
        for (var rest = lines.ToMemory().Span; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n') + 1;
            if (!documents.Contains(JsonElement.Parse(rest[..end]).GetProperty("documentId").GetString()!))
            {
                left.Write(rest[..end]);
            }

            rest = rest[end..];
        }

        return left.Length == lines.ToMemory().Length ? lines : left.Length == 0 ? null : BinaryData.FromBytes(left.ToArray());
    }

    /// <summary>Reads what <see cref="ToJsonLines"/> has written.</summary>
    public static IReadOnlyList<EmbeddedChunk> ReadJsonLines(ReadOnlyMemory<byte> lines)
    {
        var chunks = new List<EmbeddedChunk>();
        for (var rest = lines.Span; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            chunks.Add(JsonSerializer.Deserialize<EmbeddedChunk>(rest[..end], WorkJson.Options)!);
            rest = rest[(end + 1)..];
        }

        return chunks;
    }
}
