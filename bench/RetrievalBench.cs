using Jobs.Documents.Embedding;
using Jobs.Documents.Tests;
using Jobs.Documents.Tests.Retrieval;

namespace Jobs.Bench;

/// <summary>How well words, meaning and both find what the labelled queries of the tests should find: chunks, as a search does, and sentences, as the types of analysis do.</summary>
internal static class RetrievalBench
{
    public static async Task RunAsync(TextWriter output)
    {
        var set = LabelledSet.Read();
        var embedder = new LocalEmbedder();
        await PrintAsync("chunks", set.ChunkRetrieval());
        await PrintAsync("sentences", set.Retrieval());

        async Task PrintAsync(string what, (IReadOnlyList<string> Texts, IReadOnlyList<LabelledQuery> Queries) labelled)
        {
            output.WriteLine($"retrieval of {labelled.Texts.Count} {what} by {labelled.Queries.Count} labelled queries");
            foreach (var quality in await RetrievalQuality.MeasureAsync(embedder, labelled.Texts, labelled.Queries, CancellationToken.None))
            {
                output.WriteLine($"  {quality}");
            }
        }
    }
}
