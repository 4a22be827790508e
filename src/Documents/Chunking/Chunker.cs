using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Chunking;

/// <summary>
/// Divides a document by its structure. A chunk never goes beyond a section, except that headings with nothing below them go with the section that follows. Within a section it is
/// whole sentences, and ends where a paragraph does if that leaves it at least half full. Only a sentence that is longer than a chunk is divided, at blanks; only a word longer than
/// <see cref="MaxWordLength"/> is cut, between user-perceived characters where those are not longer themselves.
/// </summary>
public sealed class Chunker
{
    /// <summary>The longest document, in characters.</summary>
    public const int MaxDocumentLength = 20 * 1024 * 1024;

    /// <summary>The most chunks of a document.</summary>
    public const int MaxChunks = 50_000;

    /// <summary>The longest word that is kept whole, in characters; the model knows none that is longer.</summary>
    public const int MaxWordLength = 100;

    private readonly ChunkingOptions _options;
    private readonly WordPieces _tokens;

    /// <summary>A chunker of chunks as long as <paramref name="options"/> say.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The options are outside their limits.</exception>
    public Chunker(ChunkingOptions options)
    {
        options.Check();
        _options = options;
        _tokens = WordPieces.OfLocalModel;
    }

    /// <summary>The chunks of a document, in order. Together they have every character but blanks.</summary>
    /// <param name="document">The document.</param>
    /// <param name="documentId">What tells its chunks' ids from those of other documents.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="TextTooLongException">The document is longer than <see cref="MaxDocumentLength"/> or has more than <see cref="MaxChunks"/>.</exception>
    public IReadOnlyList<DocumentChunk> Chunk(ParsedDocument document, string documentId, CancellationToken cancellationToken)
    {
        TextTooLongException.ThrowIfLonger(document.Text.Length, MaxDocumentLength, "The document");
        var chunks = new List<DocumentChunk>();
        var path = new List<DocumentSection>();
        int? carried = null;
        for (var i = 0; i < document.Sections.Count; i++)
        {
            var section = document.Sections[i];
            path.RemoveAll(above => above.Level >= section.Level);
            path.Add(section);
            if (i + 1 < document.Sections.Count && IsHeadingOnly(document.Text, section))
            {
                carried ??= section.Start;
                continue;
            }

            string[] headings = [.. path.Where(above => above.Heading is not null).Select(above => above.Heading!)];
            Divide(document.Text, carried ?? section.Start, section.Start + section.Length, headings, section.Page, documentId, chunks, cancellationToken);
            carried = null;
        }

        return chunks;
    }

    private static bool IsHeadingOnly(string text, DocumentSection section) =>
        TextSpan.Trimmed(text, section.Start, section.Start + section.Length).Length <= (section.Heading?.Length ?? 0);

    private void Divide(
        string text, int start, int end, string[] headings, int? page, string documentId, List<DocumentChunk> chunks, CancellationToken cancellationToken)
    {
        var parts = PartsOf(text, start, end, cancellationToken);
        for (var first = 0; first < parts.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = EndOfChunk(parts, first);
            var span = Span(parts, first, next);
            var tokens = _tokens.Count(text.AsSpan(span.Start, span.Length));
            while (tokens > _options.MaxTokens && next > first + 1)
            {
                // Pieces of one word can be more tokens together than apart.
                next--;
                span = Span(parts, first, next);
                tokens = _tokens.Count(text.AsSpan(span.Start, span.Length));
            }

            TextTooLongException.ThrowIfMore(chunks.Count + 1, MaxChunks, "chunks or more in the document");
            chunks.Add(new(IdOf(documentId, span, text), chunks.Count, span.Start, span.Length, text.Substring(span.Start, span.Length), tokens, headings, page));
            first = next < parts.Count ? StartOfNext(text, parts, first, next) : next;
        }
    }

    /// <summary>The part after the last that fits.</summary>
    private int EndOfChunk(List<Part> parts, int first)
    {
        var (tokens, next, paragraph) = (0, first, -1);
        while (next < parts.Count && (next == first || tokens + parts[next].Tokens <= _options.MaxTokens))
        {
            tokens += parts[next].Tokens;
            next++;
            if (parts[next - 1].EndsParagraph && tokens >= _options.MaxTokens / 2)
            {
                paragraph = next;
            }
        }

        return next < parts.Count && paragraph > 0 ? paragraph : next;
    }

    /// <summary>The first part of the next chunk: as many of the last ones again as the overlap allows, and as leave room for the next part.</summary>
    private int StartOfNext(string text, List<Part> parts, int first, int next)
    {
        var most = Math.Min(_options.OverlapTokens, _options.MaxTokens - parts[next].Tokens);
        var (start, tokens) = (next, 0);
        while (start - 1 > first && tokens + parts[start - 1].Tokens <= most)
        {
            start--;
            tokens += parts[start].Tokens;
        }

        while (start < next && _tokens.Count(text.AsSpan(parts[start].Span.Start, parts[next - 1].Span.End - parts[start].Span.Start)) > most)
        {
            start++;
        }

        return start;
    }

    private List<Part> PartsOf(string text, int start, int end, CancellationToken cancellationToken)
    {
        var parts = new List<Part>();
        foreach (var sentence in Sentences.Of(text, start, end - start))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var tokens = _tokens.Count(text.AsSpan(sentence.Start, sentence.Length));
            if (tokens <= _options.MaxTokens && !HasLongWord(text.AsSpan(sentence.Start, sentence.Length)))
            {
                parts.Add(new(sentence, tokens, false));
            }
            else
            {
                AddWords(parts, text, sentence);
            }

            if (EndsParagraph(text, sentence.End, end))
            {
                parts[^1] = parts[^1] with { EndsParagraph = true };
            }
        }

        return parts;
    }

    private void AddWords(List<Part> parts, string text, TextSpan sentence)
    {
        var longest = Math.Min(MaxWordLength, _options.MaxTokens);
        for (var position = sentence.Start; position < sentence.End;)
        {
            if (char.IsWhiteSpace(text[position]))
            {
                position++;
                continue;
            }

            var wordEnd = position;
            while (wordEnd < sentence.End && wordEnd - position <= longest && !char.IsWhiteSpace(text[wordEnd]))
            {
                wordEnd++;
            }

            if (wordEnd - position > longest)
            {
                wordEnd = Cuts.Before(text, position, position + longest);
            }

            parts.Add(new(new(position, wordEnd - position), _tokens.Count(text.AsSpan(position, wordEnd - position)), false));
            position = wordEnd;
        }
    }

    private static bool HasLongWord(ReadOnlySpan<char> text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                start = i + 1;
            }
            else if (i - start >= MaxWordLength)
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsParagraph(string text, int position, int end)
    {
        var lines = 0;
        while (position < end && char.IsWhiteSpace(text[position]))
        {
            lines += text[position] == '\n' ? 1 : 0;
            position++;
        }

        return lines > 1 || position >= end;
    }

    private static TextSpan Span(List<Part> parts, int first, int next) => new(parts[first].Span.Start, parts[next - 1].Span.End - parts[first].Span.Start);

    private static string IdOf(string documentId, TextSpan span, string text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(documentId));
        Span<byte> place = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(place, span.Start);
        BinaryPrimitives.WriteInt32LittleEndian(place[4..], span.Length);
        hash.AppendData(place);
        hash.AppendData(Encoding.UTF8.GetBytes(text.Substring(span.Start, span.Length)));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>What is never divided: a sentence, or a word or piece of one that is longer than a chunk.</summary>
    private readonly record struct Part(TextSpan Span, int Tokens, bool EndsParagraph);
}
