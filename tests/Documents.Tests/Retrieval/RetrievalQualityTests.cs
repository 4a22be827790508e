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
}
