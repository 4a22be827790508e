using Jobs.Documents.Embedding;

namespace Jobs.Documents.Tests.Retrieval;

public sealed class RetrievalQualityTests
{
    [Fact]
    public async Task Labelled_queries_find_their_sentences()
    {
        var (texts, queries) = LabelledSet.Read().Retrieval();
        Assert.All(queries, query => Assert.Single(query.Relevant));
        var quality = await RetrievalQuality.MeasureAsync(new LocalEmbedder(), texts, queries, default);

        // A little under what was measured.
        var (words, meaning, both) = (quality[0], quality[1], quality[2]);
        Assert.True(words is { RecallAt5: > 0.7, ReciprocalRank: > 0.66 }, words.ToString());
        Assert.True(meaning is { RecallAt5: > 0.92, ReciprocalRank: > 0.86 }, meaning.ToString());
        Assert.True(both is { RecallAt5: > 0.9, ReciprocalRank: > 0.79 }, both.ToString());
    }

    [Fact]
    public async Task Labelled_queries_find_their_chunks_by_meaning_better_than_by_both()
    {
        var (texts, queries) = LabelledSet.Read().ChunkRetrieval();
        var quality = await RetrievalQuality.MeasureAsync(new LocalEmbedder(), texts, queries, default);

        // Measured: words 0.859 and 0.768, meaning 0.976 and 0.888, both 0.976 and 0.866. Search goes by meaning alone for that reason.
        var (meaning, both) = (quality[1], quality[2]);
        Assert.True(meaning is { RecallAt5: > 0.96, ReciprocalRank: > 0.87 }, meaning.ToString());
        Assert.True(meaning.ReciprocalRank > both.ReciprocalRank && meaning.RecallAt5 >= both.RecallAt5, $"{meaning}; {both}");
    }
}
