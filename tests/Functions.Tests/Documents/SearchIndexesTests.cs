using Jobs.Documents.Embedding;
using Jobs.Functions.Documents;
using Jobs.Generation.Ai;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Documents;

/// <summary>What is read into memory for the search, and how much of it is kept.</summary>
public sealed class SearchIndexesTests
{
    [Fact]
    public async Task Indexes_that_take_too_much_memory_together_are_read_again_and_the_last_is_kept()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        await app.Client.ProcessTextsAsync("Tea");
        await app.Client.EmbedAsync();
        await app.OtherTenant.ProcessTextsAsync("Tea");
        await app.OtherTenant.EmbedAsync();
        var bytes = (await Indexes(app).GetAsync("acme", CancellationToken.None)).Bytes;

        foreach (var (maxBytes, isKept) in new[] { (2 * bytes, true), ((2 * bytes) - 1, false) })
        {
            var indexes = Indexes(app, maxBytes: maxBytes);
            var first = await indexes.GetAsync("acme", CancellationToken.None);
            Assert.Same(first, await indexes.GetAsync("acme", CancellationToken.None));
            var other = await indexes.GetAsync("other", CancellationToken.None);
            Assert.Same(other, await indexes.GetAsync("other", CancellationToken.None));

            Assert.Equal(isKept, ReferenceEquals(first, await indexes.GetAsync("acme", CancellationToken.None)));
        }
    }

    [Fact]
    public async Task What_has_not_changed_is_not_read_again()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        await app.Client.ProcessTextsAsync("Tea");
        await app.Client.EmbedAsync();
        var indexes = Indexes(app);
        var before = Assert.Single((await indexes.GetAsync("acme", CancellationToken.None)).Parts);

        await app.Client.ProcessTextsAsync("Coffee");
        await app.Client.EmbedAsync();

        var now = await indexes.GetAsync("acme", CancellationToken.None);
        Assert.Equal(2, now.Parts.Count);
        Assert.Same(before.Value, now.Parts[before.Key]);
    }

    [Fact]
    public async Task So_many_parts_are_looked_at()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var store = app.Services.GetRequiredService<EmbeddingStore>();
        foreach (var some in Enumerable.Range(0, SearchIndexes.MaxParts).Chunk(EmbeddingStore.MaxParts))
        {
            await store.PutAsync("acme", [.. some.Select(PartOfAnotherModel)], CancellationToken.None);
        }

        Assert.True((await Indexes(app).GetAsync("acme", CancellationToken.None)).IsComplete);
        await store.PutAsync("acme", [PartOfAnotherModel(SearchIndexes.MaxParts)], CancellationToken.None);
        Assert.False((await Indexes(app).GetAsync("acme", CancellationToken.None)).IsComplete);
    }

    [Fact]
    public async Task So_many_are_read_at_once_and_one_that_is_not_read_in_time_is_given_up()
    {
        await using var app = await TestApp.StartAsync();
        var tenants = Enumerable.Range(0, SearchIndexes.MaxLoads).Select(number => $"tenant{number}").ToList();
        foreach (var tenant in tenants.Append("late"))
        {
            await app.Services.GetRequiredService<EmbeddingStore>().PutAsync(tenant, [PartOfAnotherModel(0)], CancellationToken.None);
        }

        var time = new ManualTimeProvider();
        using var embedder = new StuckEmbedder();
        var indexes = Indexes(app, embedder, time);
        var stuck = tenants.Select(tenant => indexes.GetAsync(tenant, CancellationToken.None)).ToList();
        await UntilAsync(() => embedder.Asked == SearchIndexes.MaxLoads);
        var late = indexes.GetAsync("late", CancellationToken.None);
        // Who waits for a place has begun to be timed.
        await UntilAsync(() => indexes.Loads == SearchIndexes.MaxLoads + 1);

        time.Advance(SearchIndexes.LoadTimeLimit);

        await Assert.ThrowsAsync<TimeoutException>(() => late);
        Assert.Equal(SearchIndexes.MaxLoads, embedder.Asked);
        embedder.Free();
        foreach (var load in stuck)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => load);
        }

        Assert.True((await indexes.GetAsync("late", CancellationToken.None)).IsComplete);
    }

    [Theory]
    [InlineData(384, SearchIndexes.MaxChunks)]
    [InlineData(1_677, SearchIndexes.MaxChunks)]
    [InlineData(1_678, 19_996)]
    [InlineData(AiOptions.HighestEmbeddingDimensions, 8_192)]
    public void Index_has_fewer_chunks_where_vectors_are_long(int dimensions, int chunks) => Assert.Equal(chunks, SearchIndexes.MaxChunksOf(dimensions));

    private static SearchIndexes Indexes(TestApp app, IEmbedder? embedder = null, TimeProvider? time = null, long maxBytes = SearchIndexes.MaxBytes) => new(
        app.Services.GetRequiredService<EmbeddingStore>(), app.Services.GetRequiredService<ArtifactStore>(), new DocumentEmbedder(embedder ?? new WordEmbedder(), app.Services.GetRequiredService<AiEmbedder>()), time ?? TimeProvider.System, maxBytes);

    private static EmbeddedPart PartOfAnotherModel(int number) => new(
        $"{number:x32}", Part: 0, Parts: 1, "hash", "another", "Title", Url: null, Chunks: 1, Characters: 1, "job", "artifact", DateTimeOffset.UnixEpoch);

    private static async Task UntilAsync(Func<bool> isThere)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (!isThere())
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not get there.");
            await Task.Delay(10);
        }
    }

    /// <summary>An embedder that does not say its model's name until it is freed, so that whoever reads an index waits.</summary>
    private sealed class StuckEmbedder : IEmbedder, IDisposable
    {
        private readonly ManualResetEventSlim _gate = new();
        private int _asked;

        public int Asked => _asked;

        public string Model
        {
            get
            {
                Interlocked.Increment(ref _asked);
                _gate.Wait(TimeSpan.FromSeconds(90));
                return "words";
            }
        }

        public int Dimensions => 1;

        public void Free() => _gate.Set();

        public Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose() => _gate.Dispose();
    }
}
