using Jobs.Documents.Retrieval;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Retrieval;

public sealed class IndexTests
{
    private static readonly string[] Texts = ["red apple", "green apple apple pear", "blue plum"];

    [Fact]
    public void Word_score_is_what_the_formula_gives()
    {
        var found = new Bm25Index(Texts, default).Search("apples", 10, default);

        // N = 3, n = 2, so the weight is ln(1 + 1.5 / 2.5); the average length is 8 / 3.
        var weight = Math.Log(1.6);
        Assert.Equal([1, 0], found.Select(item => item.Index));
        Assert.Equal(weight * 2 * 2.2 / (2 + (1.2 * (0.25 + (0.75 * 4 / (8.0 / 3))))), found[0].Score, 12);
        Assert.Equal(weight * 1 * 2.2 / (1 + (1.2 * (0.25 + (0.75 * 2 / (8.0 / 3))))), found[1].Score, 12);
    }

    [Fact]
    public void Repeated_query_terms_and_unknown_ones_change_nothing()
    {
        var index = new Bm25Index(Texts, default);
        Assert.Equal(index.Search("plum", 10, default), index.Search("plum PLUMS the unheard", 10, default));
        Assert.Empty(index.Search("", 10, default));
        Assert.Empty(new Bm25Index([], default).Search("plum", 10, default));
    }

    [Fact]
    public void Query_has_as_many_terms_as_the_limit()
    {
        var filler = string.Join(' ', Enumerable.Range(0, Bm25Index.MaxQueryTerms - 1).Select(i => $"q{i}"));
        var index = new Bm25Index(Texts, default);
        Assert.NotEmpty(index.Search(filler + " plum", 10, default));
        Assert.Empty(index.Search(filler + " q999 plum", 10, default));
    }

    [Fact]
    public void More_to_search_than_the_limits_is_refused()
    {
        Assert.Equal(Bm25Index.MaxTexts, new Bm25Index([.. Enumerable.Repeat("", Bm25Index.MaxTexts)], default).Count);
        Assert.Equal(VectorIndex.MaxVectors, new VectorIndex(new ReadOnlyMemory<float>[VectorIndex.MaxVectors]).Count);
        Assert.Throws<TextTooLongException>(() => new Bm25Index(new string[Bm25Index.MaxTexts + 1], default));
        Assert.Throws<TextTooLongException>(() => new VectorIndex(new ReadOnlyMemory<float>[VectorIndex.MaxVectors + 1]));
        var blanks = new string(' ', Bm25Index.MaxCharacters);
        Assert.Equal(1, new Bm25Index([blanks], default).Count);
        Assert.Throws<TextTooLongException>(() => new Bm25Index([blanks, " "], default));
    }

    [Fact]
    public void Equal_scores_come_in_the_order_of_the_texts()
    {
        Assert.Equal([0, 1, 2], new Bm25Index([.. Enumerable.Repeat("equal words", 9)], default).Search("equal", 3, default).Select(item => item.Index));
        ReadOnlyMemory<float>[] vectors = [.. Enumerable.Repeat(new ReadOnlyMemory<float>([1, 0]), 9)];
        Assert.Equal([0, 1, 2], new VectorIndex(vectors).Search([1, 0], 3, default).Select(item => item.Index));
    }

    [Fact]
    public void Vectors_are_found_by_their_cosine()
    {
        var index = new VectorIndex([new float[] { 1, 0 }, new float[] { 0.6f, 0.8f }, new float[] { 0, 1 }]);
        var found = index.Search([0, 1], 2, default);
        Assert.Equal([2, 1], found.Select(item => item.Index));
        Assert.Equal(0.8, found[1].Score, 6);
        Assert.Throws<ArgumentException>(() => index.Search([1, 0, 0], 2, default));
        Assert.Throws<ArgumentException>(() => new VectorIndex([new float[] { 1, 0 }, new float[] { 1 }]));
    }

    [Fact]
    public void Both_rankings_count_by_their_ranks()
    {
        var words = new Bm25Index(["plum", "pear plum", "apple"], default);
        var vectors = new VectorIndex([new float[] { 0, 1 }, new float[] { 1, 0 }, new float[] { 0.8f, 0.6f }]);
        var found = new HybridRetriever(words, vectors).Search("pear", [1, 0], 3, default);
        Assert.Equal([1, 2, 0], found.Select(item => item.Index));
        Assert.Equal((1.0 / 61) + (1.0 / 61), found[0].Score, 12);
        Assert.Equal((1, 1), (found[0].WordRank!.Value, found[0].VectorRank!.Value));
        Assert.Equal(1.0 / 62, found[1].Score, 12);
        Assert.Null(found[1].WordRank);
        Assert.Throws<ArgumentException>(() => new HybridRetriever(words, new VectorIndex([])));
    }

    [Fact]
    public void Cancelled_token_stops_it()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => new Bm25Index(Texts, cancelled.Token));
        Assert.Throws<OperationCanceledException>(() => new VectorIndex([new float[] { 1 }]).Search([1], 1, cancelled.Token));
    }

    [Fact]
    public void Cost_grows_with_the_texts()
    {
        Cost(1_000);
        var few = Cost(20_000);
        var many = Cost(160_000);
        Assert.True(many < (few * 8 * 4) + TimeSpan.FromMilliseconds(500), $"8 times the texts took {many}, where {few} was taken.");

        static TimeSpan Cost(int texts)
        {
            string[] all = [.. Enumerable.Range(0, texts).Select(i => $"common word{i % 97} text")];
            var start = ThreadTime.Now;
            Assert.Equal(5, new Bm25Index(all, default).Search("common word3", 5, default).Count);
            return ThreadTime.Now - start;
        }
    }
}
