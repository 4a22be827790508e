using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Documents.Chunking;
using Jobs.Functions.Documents;
using Jobs.Functions.JobTypes.BatchEmbedding;
using Jobs.Functions.Tests.Documents;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>The job type <c>batch_embedding</c>, through the API and down to the vectors.</summary>
public sealed class BatchEmbeddingJobTests
{
    /// <summary>How many tokens mark the ends of a chunk.</summary>
    private const int Ends = 2;

    [Fact]
    public async Task Documents_of_every_origin_are_embedded_by_the_model_on_the_machine()
    {
        await using var app = await TestApp.StartAsync();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync("""{"id":"tea","title":"Tea","text":"Tea is a drink."}""", """{"id":"coffee","title":"Coffee","text":"Coffee is another."}"""));
        await app.Client.ProcessTextsAsync("Water has no taste.");

        var job = await app.Client.EmbedAsync();

        var id = job.GetProperty("id").GetString();
        Payload.AssertMatches("004-job-batch-embedding.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{id}"));
        var results = await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results");
        Assert.Equal(3, results.Count);
        Assert.All(results, result => Assert.Equal(["id", "title", "part", "parts", "chunks", "artifact"], result.EnumerateObject().Select(member => member.Name)));
        // One line of JSON for each chunk, with its vector.
        var artifact = await app.Services.GetRequiredService<ArtifactStore>().ReadAsync("acme", id!, results[0].GetProperty("artifact").GetString()!, CancellationToken.None);
        var lines = artifact.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.Equal(1, line.GetProperty("vector").EnumerateArray().Sum(number => Math.Pow(number.GetDouble(), 2)), 0.001));
        Assert.All(lines, line => Assert.Equal(384, line.GetProperty("vector").GetArrayLength()));
    }

    [Fact]
    public async Task Only_what_has_no_vectors_of_its_content_and_the_model_is_embedded()
    {
        var data = Path.Combine(Path.GetTempPath(), $"jobs-test-{Guid.NewGuid():N}");
        try
        {
            var embedder = new WordEmbedder();
            await using (var app = await DocumentJobs.StartAsync(embedder, data: data))
            {
                await app.Client.WaitForWorkAsync(await app.Client.ImportAsync("""{"id":"tea","title":"Tea","text":"Tea is a drink."}""", """{"id":"coffee","title":"Coffee","text":"Coffee."}"""));
                Assert.Equal(Result(embedded: 2, chunks: 2), (await app.Client.EmbedAsync()).ResultOf());
                Assert.Equal(Result(unchanged: 2), (await app.Client.EmbedAsync()).ResultOf());
                Assert.Equal(2, embedder.Embedded);

                await app.Client.WaitForWorkAsync(await app.Client.ImportAsync("""{"id":"tea","title":"Tea","text":"Tea is a plant."}"""));
                // Until then it is found by what it was.
                Assert.Equal("Tea is a drink.", (await app.Client.SearchAsync("drink")).GetProperty("items")[0].GetProperty("chunk").GetProperty("text").GetString());
                Assert.Equal(Result(embedded: 1, unchanged: 1, chunks: 1), (await app.Client.EmbedAsync()).ResultOf());
                Assert.Equal(["Tea is a plant.", "Coffee."], (await app.Client.SearchAsync("plant")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("chunk").GetProperty("text").GetString()));
            }

            await using var next = await DocumentJobs.StartAsync(new WordEmbedder { Model = "other words" }, data: data);
            // Vectors of another model cannot be compared with its own.
            Assert.Empty((await next.Client.SearchAsync("plant")).Titles());
            Assert.Equal(Result(embedded: 2, chunks: 2, method: "other words"), (await next.Client.EmbedAsync()).ResultOf());
            Assert.Equal(2, (await next.Client.SearchAsync("plant")).Titles().Length);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Named_documents_are_embedded_and_those_that_are_not_there_are_errors_which_a_rerun_repeats()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var documents = await app.Client.ProcessTextsAsync("Tea", "Coffee", "Water");
        var foreign = (await app.OtherTenant.ProcessTextsAsync("Milk"))[0];

        var job = await app.Client.EmbedAsync(documents[0], foreign, documents[2], documents[2]);

        Assert.Equal(Result(embedded: 2, chunks: 2, errors: 1), job.ResultOf());
        Assert.Equal(["Tea", "Water"], (await app.Client.SearchAsync("Tea")).Titles().Order());
        var error = Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{job.GetProperty("id").GetString()}/errors"));
        Assert.Equal((foreign, "document_not_found"), (error.GetProperty("id").GetString(), error.GetProperty("code").GetString()));

        var still = await app.Client.RerunFailedAsync(job.GetProperty("id").GetString()!);
        Assert.Equal(("failed", $"No document could be embedded, of 1. Document {foreign}: There is no document {foreign}."), (still.Status(), still.ResultOf()));
        await app.Client.ProcessTextsAsync("Milk");
        var again = await app.Client.RerunFailedAsync(still.GetProperty("id").GetString()!);
        Assert.Equal(Result(embedded: 1, chunks: 1), again.ResultOf());
    }

    [Fact]
    public async Task Long_document_is_embedded_in_parts_and_found_by_each_of_its_chunks()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var text = string.Join(' ', Enumerable.Range(0, 6_000).Select(number => $"Word{number} stands here.")) + " The needle is here.";
        await app.Client.ProcessAsync(await app.Client.UploadAsync(Encoding.UTF8.GetBytes(text)));

        var job = await app.Client.EmbedAsync();

        var parts = await app.EmbeddingsAsync();
        Assert.InRange(parts.Count, 2, 10);
        Assert.Equal(Result(embedded: 1, chunks: parts.Sum(part => part.Chunks)), job.ResultOf());
        Assert.All(parts, part => Assert.Equal(parts.Count, part.Parts));
        var found = await app.Client.SearchAsync("The needle is here.");
        Assert.Contains("needle", found.GetProperty("items")[0].GetProperty("chunk").GetProperty("text").GetString());
        Assert.Equal(parts.Sum(part => part.Chunks), found.GetProperty("searched").GetProperty("chunks").GetInt32());
        Assert.Equal(Result(unchanged: 1), (await app.Client.EmbedAsync()).ResultOf());
    }

    [Fact]
    public async Task Job_that_is_cancelled_in_the_middle_keeps_what_it_has_embedded_and_the_next_does_the_rest()
    {
        var batches = 0;
        var hold = true;
        var embedder = new WordEmbedder { Before = cancellation => Interlocked.Increment(ref batches) > 1 && Volatile.Read(ref hold) ? Task.Delay(Timeout.Infinite, cancellation) : Task.CompletedTask };
        await using var app = await DocumentJobs.StartAsync(embedder);
        var rows = Enumerable.Range(0, (2 * EmbeddingStore.MaxParts) + 10).Select(number => $$"""{"id":"{{number}}","title":"Row {{number}}","text":"Text {{number}}."}""").ToArray();
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(rows));
        var id = await app.Client.CreateJobAsync("batch_embedding", new { documents = "all" });
        await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);

        using var cancel = await app.Client.PostAsync($"v1/api/jobs/{id}/cancel", null);

        Assert.Equal("cancelled", (await app.Client.WaitForWorkAsync(id)).Status());
        var kept = (await app.EmbeddingsAsync()).Count;
        Assert.InRange(kept, 1, EmbeddingStore.MaxParts);
        Volatile.Write(ref hold, false);
        Assert.Equal(Result(embedded: rows.Length - kept, unchanged: kept, chunks: rows.Length - kept), (await app.Client.EmbedAsync()).ResultOf());
        Assert.Equal(rows.Length, (await app.EmbeddingsAsync()).Count);
    }

    [Fact]
    public async Task Batch_that_is_done_twice_comes_out_the_same()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var documents = await app.Client.ProcessTextsAsync("Tea", "Coffee");
        var id = (await app.Client.EmbedAsync(documents)).GetProperty("id").GetString()!;
        var (work, handler) = await app.ContextAsync(id);
        var first = await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results");
        var before = await app.EmbeddingsAsync();
        var plan = await app.Services.GetRequiredService<ArtifactStore>().ReadAsync(
            "acme", id, (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!.Work!.PlanRef!, CancellationToken.None);

        var again = await handler.RunAsync(work, plan.ToObjectFromJson<List<PlannedBatch>>(JsonSerializerOptions.Web)!.Single(), CancellationToken.None);

        Assert.Equal(first.Select(result => result.GetRawText()), again.Results.Select(result => JsonSerializer.SerializeToElement(result, WorkJson.Options).GetRawText()));
        Assert.Equal(before, (await app.EmbeddingsAsync()).Select((part, index) => part with { EmbeddedAt = before[index].EmbeddedAt }));
        Assert.Equal(2, (await app.Client.SearchAsync("Tea")).Titles().Length);
    }

    [Fact]
    public async Task Embedding_goes_on_in_the_next_process_and_nothing_is_lost_or_doubled()
    {
        var data = Path.Combine(Path.GetTempPath(), $"jobs-test-{Guid.NewGuid():N}");
        try
        {
            var rows = Enumerable.Range(0, 4 * EmbeddingStore.MaxParts).Select(number => $$"""{"id":"{{number}}","title":"Row {{number}}","text":"Text {{number}}."}""").ToArray();
            var batches = 0;
            string id;
            await using (var app = await DocumentJobs.StartAsync(
                new WordEmbedder { Before = cancellation => Interlocked.Increment(ref batches) > 1 ? Task.Delay(Timeout.Infinite, cancellation) : Task.CompletedTask }, data: data))
            {
                await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(rows));
                id = await app.Client.CreateJobAsync("batch_embedding", new { });
                await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() > 0);
            }

            var embedder = new WordEmbedder();
            await using var next = await DocumentJobs.StartAsync(embedder, data: data);
            Assert.Equal(Result(embedded: rows.Length, chunks: rows.Length), (await next.Client.WaitForWorkAsync(id)).ResultOf());
            Assert.Equal(rows.Length - EmbeddingStore.MaxParts, embedder.Embedded);
            Assert.Equal(rows.Length, (await next.Client.ReadAllAsync($"v1/api/jobs/{id}/results")).Select(result => result.GetProperty("id").GetString()).Distinct().Count());
            Assert.Equal(rows.Length, (await next.EmbeddingsAsync()).Count);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Theory]
    [InlineData("""{"documents":"some"}""")]
    [InlineData("""{"documents":[]}""")]
    [InlineData("""{"documents":[7]}""")]
    [InlineData("""{"documents":["x"]}""")]
    [InlineData("""{"documents":["\ud800"]}""")]
    [InlineData("""{"documents":{}}""")]
    public async Task Input_that_breaks_a_rule_is_400(string input)
    {
        await using var app = await TestApp.StartAsync();

        using var response = await app.Client.PostAsync("v1/api/jobs", new StringContent($$"""{"type":"batch_embedding","input":{{input}}}""", Encoding.UTF8, "application/json"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("'input.documents' must be 'all', or a list of 1 to 1000 ids of documents.", (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(BatchEmbeddingHandler.MaxNamed, 202)]
    [InlineData(BatchEmbeddingHandler.MaxNamed + 1, 400)]
    public async Task Input_names_so_many_documents(int documents, int status)
    {
        await using var app = await TestApp.StartAsync();

        using var response = await app.Client.PostJobAsync("batch_embedding", new { documents = Enumerable.Range(0, documents).Select(number => $"{number:x32}") });

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Job_takes_so_many_documents_and_leaves_the_others()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        await app.Client.ProcessTextsAsync("Tea");
        var model = Assert.Single(await app.DocumentsAsync());
        foreach (var some in Enumerable.Range(1, BatchEmbeddingHandler.MaxDocuments).Chunk(DocumentStore.MaxDocuments))
        {
            await app.Services.GetRequiredService<DocumentStore>().PutAsync("acme", [.. some.Select(number => model with { Id = $"{number:x32}" })], CancellationToken.None);
        }

        var (batches, _) = await PlanAsync(app, TimeProvider.System);

        Assert.Equal((BatchEmbeddingHandler.MaxDocuments, 1), (batches.Sum(batch => batch.Parts.Count), batches.Sum(batch => batch.Left)));
    }

    [Fact]
    public async Task Documents_that_were_not_read_within_the_time_of_a_plan_are_left()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        await app.Client.ProcessTextsAsync([.. Enumerable.Range(0, 17).Select(number => $"Text {number}")]);

        // Sixteen are read at once; the clock is looked at before the first and before the last.
        var (inTime, _) = await PlanAsync(app, new JumpingTimeProvider(BatchEmbeddingHandler.PlanTimeLimit / 2));
        var (late, items) = await PlanAsync(app, new JumpingTimeProvider(BatchEmbeddingHandler.PlanTimeLimit / 2 + TimeSpan.FromTicks(1)));

        Assert.Equal((17, 0), (inTime.Sum(batch => batch.Parts.Count), inTime.Sum(batch => batch.Left)));
        Assert.Equal((16, 1), (late.Sum(batch => batch.Parts.Count), late.Sum(batch => batch.Left)));
        Assert.Equal(16, items);
    }

    [Fact]
    public void Batch_has_so_many_tokens_or_parts_and_a_plan_so_many_batches()
    {
        Assert.Equal([2], Batches(2, BatchEmbeddingHandler.MaxBatchTokens / 2));
        Assert.Equal([1, 1], Batches(2, (BatchEmbeddingHandler.MaxBatchTokens / 2) + 1));
        Assert.Equal([EmbeddingStore.MaxParts], Batches(EmbeddingStore.MaxParts, Ends));
        Assert.Equal([EmbeddingStore.MaxParts, 1], Batches(EmbeddingStore.MaxParts + 1, Ends));

        Assert.Equal([2], Batches(2, [.. Enumerable.Repeat(Ends, BatchEmbeddingHandler.MaxBatchChunks / 2)]));
        Assert.Equal([1, 1], Batches(2, [.. Enumerable.Repeat(Ends, (BatchEmbeddingHandler.MaxBatchChunks / 2) + 1)]));
        Assert.Equal([1, 1], Batches(1, [.. Enumerable.Repeat(Ends, BatchEmbeddingHandler.MaxBatchChunks + 1)]));

        // Three batches: a long document of two and a short one that does not fit beside its end, so that there is no room for another long one.
        var plan = new EmbeddingPlan(maxBatches: 3);
        Assert.True(plan.TryAdd(Document("a", BatchEmbeddingHandler.MaxBatchTokens, 100)));
        Assert.True(plan.TryAdd(Document("b", BatchEmbeddingHandler.MaxBatchTokens)));
        Assert.False(plan.TryAdd(Document("c", BatchEmbeddingHandler.MaxBatchTokens)));
        Assert.False(plan.TryAdd(Document("d", Ends)));
        plan.Close();
        Assert.Equal([("a", 0), ("a", 1), ("b", 0)], plan.TakeFull().SelectMany(batch => batch.Select(part => (part.Document.Id, part.Part))));
    }

    private static IEnumerable<int> Batches(int documents, params int[] tokens)
    {
        var plan = new EmbeddingPlan(WorkLimits.MaxBatches);
        Assert.All(Enumerable.Range(0, documents), number => Assert.True(plan.TryAdd(Document($"{number}", tokens))));
        plan.Close();
        return plan.TakeFull().Select(batch => batch.Count);
    }

    /// <summary>A document of chunks that are so many tokens for the model, its marks of their ends among them.</summary>
    private static ChunkedDocument Document(string id, params int[] tokens) => new(
        new StoredDocument(id, id, Url: null, "hash", "job", "content", Position: 0),
        [.. tokens.Select((count, index) => new DocumentChunk($"{id}{index}", index, 0, 1, "x", count - Ends, [], Page: null))]);

    /// <summary>The batches of a plan over all of acme's documents, and how many items they have.</summary>
    private static async Task<(IReadOnlyList<EmbeddingBatch> Batches, int Items)> PlanAsync(TestApp app, TimeProvider time)
    {
        var services = app.Services;
        var id = (await app.Client.EmbedAsync(new string('0', 32))).GetProperty("id").GetString()!;
        var (some, _) = await app.ContextAsync(id);
        var handler = new BatchEmbeddingHandler(
            services.GetRequiredService<DocumentStore>(),
            services.GetRequiredService<DocumentChunks>(),
            services.GetRequiredService<EmbeddingStore>(),
            services.GetRequiredService<DocumentRemoval>(),
            services.GetRequiredService<ArtifactStore>(),
            services.GetRequiredService<DocumentEmbedder>(),
            time);
        var job = (await services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!;
        var work = new WorkContext(
            job,
            new StoredInput(JsonElement.Parse("{}"), OnlyFailed: false),
            services.GetRequiredService<ArtifactStore>(),
            services.GetRequiredService<WorkResults>(),
            services.GetRequiredService<JobStore>());
        var planned = await handler.PlanAsync(work, CancellationToken.None);
        var batches = new List<EmbeddingBatch>();
        foreach (var batch in planned)
        {
            batches.AddRange(await some.ReadAsync<EmbeddingBatch>(batch.Ref, CancellationToken.None));
        }

        return (batches, planned.Sum(batch => batch.Items));
    }

    private static string Result(int embedded = 0, int unchanged = 0, int left = 0, int chunks = 0, int errors = 0, string method = "words") =>
        $$"""{"documentsEmbedded":{{embedded}},"documentsUnchanged":{{unchanged}},"documentsLeft":{{left}},"chunksEmbedded":{{chunks}},"errors":{{errors}},"method":"{{method}}","dimensions":1024}""";

    /// <summary>A clock that goes on by so much each time that it is looked at.</summary>
    private sealed class JumpingTimeProvider(TimeSpan jump) : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Add(ref _ticks, jump.Ticks);
    }
}
