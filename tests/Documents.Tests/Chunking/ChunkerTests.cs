using Jobs.Documents.Chunking;
using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Chunking;

public sealed class ChunkerTests
{
    private static readonly string[] Alphabet =
        ["word ", "Sentence. ", "\n\n", "\n", "\u6771\u4EAC", "e\u0301\u0302", "\U0001F468\u200D\U0001F469\u200D\U0001F467", "\u0645\u0631\u062D\u0628\u0627 ", "[SEP]", "1,000.5 ", "!!!", "\u202E", "\uAC00", "x"];

    [Fact]
    public void Short_section_is_one_chunk_with_its_headings_and_page()
    {
        var document = TestDocument.Of(("Policy", 1, "Intro text."), ("Access", 2, "Everyone signs in. Nobody shares."), ("Backups", 2, "Every night."));
        var chunks = Chunk(document, new());
        Assert.Equal(3, chunks.Count);
        Assert.Equal(["Policy", "Access"], chunks[1].Headings);
        Assert.Equal(["Policy", "Backups"], chunks[2].Headings);
        Assert.Equal(2, chunks[1].Page);
        Assert.StartsWith("Access\n\nEveryone", chunks[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Heading_with_nothing_below_goes_with_the_section_that_follows()
    {
        var chunks = Chunk(TestDocument.Of(("Policy", 1, ""), ("Access", 2, "Everyone signs in.")), new());
        Assert.StartsWith("Policy", Assert.Single(chunks).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Chunk_ends_at_a_paragraph_and_the_next_repeats_whole_sentences()
    {
        var first = string.Join(' ', Enumerable.Range(0, 5).Select(i => $"Sentence {i} of the first paragraph."));
        var second = string.Join(' ', Enumerable.Range(0, 5).Select(i => $"Sentence {i} of the second paragraph."));
        var chunks = Chunk(TestDocument.Of(first + "\n\n" + second), new() { MaxTokens = 60, OverlapTokens = 10 });
        Assert.EndsWith("Sentence 4 of the first paragraph.", chunks[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("Sentence 4 of the first paragraph.", chunks[1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16, 0)]
    [InlineData(16, 8)]
    [InlineData(64, 16)]
    [InlineData(ChunkingOptions.MostMaxTokens, 48)]
    public void Chunks_of_any_text_cover_it_in_order_within_the_bounds(int maxTokens, int overlap)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, 400).Select(_ => Alphabet[random.Next(seed % 3 == 0 ? 4 : 0, Alphabet.Length)]));
            var chunks = Chunk(TestDocument.Of(text), new() { MaxTokens = maxTokens, OverlapTokens = overlap });
            var covered = 0;
            var start = -1;
            foreach (var chunk in chunks)
            {
                Assert.Equal(text.Substring(chunk.Start, chunk.Length), chunk.Text);
                Assert.True(chunk.Start > start, "Each begins after the one before.");
                start = chunk.Start;
                if (chunk.Start > covered)
                {
                    Assert.True(string.IsNullOrWhiteSpace(text[covered..chunk.Start]), "Nothing but blanks is left out.");
                }

                Assert.Equal(chunk.Tokens, WordPieces.OfLocalModel.Count(chunk.Text));
                Assert.InRange(chunk.Tokens, 0, maxTokens);
                if (chunk.Start < covered)
                {
                    Assert.InRange(WordPieces.OfLocalModel.Count(text.AsSpan(chunk.Start, covered - chunk.Start)), 0, overlap);
                }

                Assert.False(char.IsLowSurrogate(chunk.Text[0]) || char.IsHighSurrogate(chunk.Text[^1]), "No surrogate pair is divided.");
                covered = Math.Max(covered, chunk.Start + chunk.Length);
            }

            Assert.True(string.IsNullOrWhiteSpace(text[covered..]), "Nothing but blanks is left out.");
        }
    }

    [Fact]
    public void Word_without_end_is_cut_between_characters()
    {
        var chunks = Chunk(TestDocument.Of(string.Concat(Enumerable.Repeat("e\u0301\U0001F600", 2_000))), new() { MaxTokens = 64, OverlapTokens = 0 });
        Assert.True(chunks.Count > 1);
        Assert.All(chunks, chunk => Assert.False(chunk.Text[0] == '\u0301' || char.IsLowSurrogate(chunk.Text[0])));
    }

    [Fact]
    public void Same_document_gives_the_same_chunks_and_another_id_others()
    {
        var document = TestDocument.Of(("A", 1, "Same words here."), ("A", 1, "Same words here."));
        var chunks = Chunk(document, new());
        Assert.Equal(chunks.Select(chunk => chunk.Id), Chunk(document, new()).Select(chunk => chunk.Id));
        Assert.Equal(2, chunks.Select(chunk => chunk.Id).Distinct().Count());
        Assert.NotEqual(chunks[0].Id, new Chunker(new()).Chunk(document, "other", default)[0].Id);
    }

    [Fact]
    public void Empty_document_has_no_chunks() => Assert.Empty(Chunk(TestDocument.Of(""), new()));

    [Fact]
    public void Document_beyond_the_limit_is_refused()
    {
        var document = TestDocument.Of("") with { Text = new string('\n', Chunker.MaxDocumentLength), Sections = [new(null, 0, 0, Chunker.MaxDocumentLength, null)] };
        Assert.Empty(Chunk(document, new()));
        var refused = Assert.Throws<TextTooLongException>(() => Chunk(document with { Text = document.Text + "\n" }, new()));
        Assert.Contains("20971520", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Document_has_as_many_chunks_as_the_limit()
    {
        Assert.Equal(Chunker.MaxChunks, Chunk(Sections(Chunker.MaxChunks), new()).Count);
        Assert.Throws<TextTooLongException>(() => Chunk(Sections(Chunker.MaxChunks + 1), new()));

        static ParsedDocument Sections(int count) => TestDocument.Of("") with
        {
            Text = string.Concat(Enumerable.Repeat("x\n", count)),
            Sections = [.. Enumerable.Range(0, count).Select(i => new DocumentSection(null, 0, i * 2, 2, null))],
        };
    }

    [Theory]
    [InlineData(15, 0)]
    [InlineData(511, 0)]
    [InlineData(64, 33)]
    [InlineData(64, -1)]
    public void Options_one_past_their_limits_are_refused(int maxTokens, int overlap) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Chunker(new() { MaxTokens = maxTokens, OverlapTokens = overlap }));

    [Fact]
    public void Cost_grows_with_the_length()
    {
        Cost(1_000);
        var few = Cost(10_000);
        var many = Cost(80_000);
        Assert.True(many < (few * 8 * 4) + TimeSpan.FromMilliseconds(500), $"8 times the words took {many}, where {few} was taken.");

        static TimeSpan Cost(int words)
        {
            var document = TestDocument.Of(string.Concat(Enumerable.Repeat("word ", words)));
            var start = ThreadTime.Now;
            Assert.NotEmpty(Chunk(document, new()));
            return ThreadTime.Now - start;
        }
    }

    [Fact]
    public void Cancelled_token_stops_it()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => new Chunker(new()).Chunk(TestDocument.Of("Some text."), "d1", cancelled.Token));
    }

    private static IReadOnlyList<DocumentChunk> Chunk(ParsedDocument document, ChunkingOptions options) => new Chunker(options).Chunk(document, "d1", default);
}
