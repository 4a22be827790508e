using System.Text;
using System.Text.Json;
using Jobs.Functions.Documents;
using Jobs.Functions.Sweeping;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Documents;

/// <summary>A document that is deleted leaves nothing of its text or its vectors behind, whatever lies beside it and whatever works at the moment.</summary>
public sealed class DocumentRemovalTests : IDisposable
{
    private const string Tea = """{"id":"tea","title":"Tea","text":"Tea from zanzibar."}""";
    private const string Coffee = """{"id":"coffee","title":"Coffee","text":"Coffee is another."}""";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("jobs-removal-test-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Text_of_a_deleted_document_is_in_no_artifact_and_that_of_others_stays()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder(), data: _data.FullName);
        // Of both contents that it has had, embedded each.
        foreach (var row in new[] { Tea, Tea.Replace("from", "of", StringComparison.Ordinal) })
        {
            await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(row, Coffee));
            await app.Client.EmbedAsync();
        }

        Assert.NotEmpty(ArtifactsWith("zanzibar"));

        await DeleteAsync(app, await IdOfAsync(app, "Tea"));

        Assert.Empty(ArtifactsWith("zanzibar"));
        var coffee = await app.Client.GetDataAsync($"v1/api/documents/{await IdOfAsync(app, "Coffee")}");
        Assert.Equal("Coffee is another.", coffee.GetProperty("text").GetString());
        Assert.Equal(["Coffee"], (await app.Client.SearchAsync("another")).Titles());
        await DeleteAsync(app, await IdOfAsync(app, "Coffee"));
        Assert.Empty(ArtifactsWith("is another"));
        Assert.Empty((await app.Client.SearchAsync("another")).Titles());
    }

    [Fact]
    public async Task Text_and_chunks_of_a_deleted_file_are_gone()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder(), data: _data.FullName);
        // Results name documents by their titles, so the words are not in this one's.
        await app.Client.ProcessAsync(new { uploadId = await app.Client.UploadAsync(Encoding.UTF8.GetBytes("# Tea\n\nIt is from zanzibar.")), fileName = "tea.md" });
        await app.Client.EmbedAsync();
        var document = Assert.Single(await app.DocumentsAsync());
        var artifacts = app.Services.GetRequiredService<ArtifactStore>();

        await DeleteAsync(app, document.Id);

        Assert.Null(await artifacts.FindAsync("acme", document.JobId, document.ContentRef, CancellationToken.None));
        Assert.Null(await artifacts.FindAsync("acme", document.JobId, document.ChunksRef!, CancellationToken.None));
        // What was sent is an upload of its own, which is kept as long as every other.
        Assert.Single(ArtifactsWith("zanzibar"));
    }

    [Fact]
    public async Task Document_that_is_deleted_while_it_is_embedded_has_no_vectors_afterwards()
    {
        var gate = new TaskCompletionSource();
        var isInside = false;
        var embedder = new WordEmbedder
        {
            Before = cancellation =>
            {
                Volatile.Write(ref isInside, true);
                return gate.Task.WaitAsync(cancellation);
            },
        };
        await using var app = await DocumentJobs.StartAsync(embedder, data: _data.FullName);
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea, Coffee));
        var job = await app.Client.CreateJobAsync("batch_embedding", new { });
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !Volatile.Read(ref isInside); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "Nothing is embedded.");
        }

        await DeleteAsync(app, await IdOfAsync(app, "Tea"));
        gate.SetResult();

        Assert.Equal("completed", (await app.Client.WaitForWorkAsync(job)).Status());
        Assert.Equal("Coffee", Assert.Single(await app.EmbeddingsAsync()).Title);
        Assert.Empty(ArtifactsWith("zanzibar"));
        Assert.Equal(["Coffee"], (await app.Client.SearchAsync("zanzibar")).Titles());
    }

    [Fact]
    public async Task Document_that_was_deleted_or_changed_since_it_was_planned_is_not_embedded_and_told_of()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder(), data: _data.FullName);
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea, Coffee, """{"id":"milk","title":"Milk","text":"Milk is white."}"""));
        var (work, handler) = await app.ContextAsync((await app.Client.EmbedAsync(new string('0', 32))).GetProperty("id").GetString()!);
        var all = new WorkContext(
            (await app.Services.GetRequiredService<JobStore>().FindAsync(work.JobId, CancellationToken.None))!,
            new StoredInput(JsonElement.Parse("{}"), OnlyFailed: false),
            app.Services.GetRequiredService<ArtifactStore>(),
            app.Services.GetRequiredService<WorkResults>(),
            app.Services.GetRequiredService<JobStore>());
        var batch = Assert.Single(await handler.PlanAsync(all, CancellationToken.None));
        Assert.Empty(ArtifactsWith("zanzibar", except: "\"line\""));
        var tea = await IdOfAsync(app, "Tea");
        await DeleteAsync(app, tea);
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Coffee.Replace("another", "black", StringComparison.Ordinal)));

        var outcome = await handler.RunAsync(all, batch, CancellationToken.None);

        Assert.Equal("Milk", Assert.Single(await app.EmbeddingsAsync()).Title);
        Assert.Equal((1, 1, 1), (outcome.Counts["documents"], outcome.Counts["left"], outcome.Counts["chunks"]));
        var error = JsonSerializer.SerializeToElement(Assert.Single(outcome.Errors), WorkJson.Options);
        Assert.Equal((tea, "document_not_found"), (error.GetProperty("id").GetString(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Work_that_is_repeated_does_not_bring_a_deleted_document_back()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder(), data: _data.FullName);
        var import = await app.Client.ImportAsync(Tea, Coffee);
        await app.Client.WaitForWorkAsync(import);
        var tea = Assert.Single(await app.DocumentsAsync(), document => document.Title == "Tea");
        var (work, handler) = await app.ContextAsync(import);
        await DeleteAsync(app, tea.Id);

        // As an execution that had read the rows before.
        Assert.Equal([DocumentChange.Created], await app.Services.GetRequiredService<DocumentStore>().PutAsync("acme", [tea], CancellationToken.None));
        await handler.RunAsync(work, new PlannedBatch(tea.ContentRef, 2), CancellationToken.None);

        Assert.Equal("Coffee", Assert.Single(await app.DocumentsAsync()).Title);
        // A new import does.
        var again = await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(Tea));
        Assert.Equal(1, again.GetProperty("result").GetProperty("documentsCreated").GetInt32());
        Assert.Equal("Tea from zanzibar.", (await app.Client.GetDataAsync($"v1/api/documents/{tea.Id}")).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Many_that_are_deleted_at_once_leave_nothing_of_the_artifact_that_they_share()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder(), data: _data.FullName);
        await app.Client.WaitForWorkAsync(await app.Client.ImportAsync([.. Enumerable.Range(0, 12).Select(number => $$"""{"id":"{{number}}","title":"Row {{number}}","text":"Row from zanzibar."}""")]));
        await app.Client.EmbedAsync();
        var documents = await app.DocumentsAsync();

        await Task.WhenAll(documents.Select(document => DeleteAsync(app, document.Id)));

        Assert.Empty(await app.DocumentsAsync());
        Assert.Empty(await app.EmbeddingsAsync());
        Assert.Empty(ArtifactsWith("zanzibar"));
    }

    [Fact]
    public async Task Removal_that_was_broken_off_is_finished_by_who_asks_again_and_each_day_and_the_row_goes_after_a_day()
    {
        var time = new ManualTimeProvider();
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder(), time, _data.FullName);
        var documents = app.Services.GetRequiredService<DocumentStore>();
        var ids = new List<string>();
        foreach (var row in new[] { Tea, Coffee })
        {
            var id = await app.Client.ImportAsync(row);
            await time.AdvanceUntilAsync(async () => (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!.IsTerminal);
        }

        // Both die behind the mark.
        foreach (var document in await app.DocumentsAsync())
        {
            await documents.RemoveAsync("acme", document.Id, CancellationToken.None);
            ids.Add(document.Id);
        }

        using (var again = await app.Client.DeleteAsync($"v1/api/documents/{ids[0]}"))
        {
            Assert.Equal(404, (int)again.StatusCode);
        }

        Assert.Single(ArtifactsWith("zanzibar").Concat(ArtifactsWith("is another")));
        await RemoveExpiredAsync();
        Assert.Equal(2, await documents.ListRemovedAsync(DateTimeOffset.MaxValue, CancellationToken.None).CountAsync());
        time.Advance(DocumentRemoval.Retention + TimeSpan.FromSeconds(1));
        await RemoveExpiredAsync();
        Assert.Empty(ArtifactsWith("zanzibar").Concat(ArtifactsWith("is another")));
        Assert.Equal(0, await documents.ListRemovedAsync(DateTimeOffset.MaxValue, CancellationToken.None).CountAsync());

        Task RemoveExpiredAsync() => ActivatorUtilities.CreateInstance<Sweeper>(app.Services).RemoveExpiredAsync(new TimerInfo(), CancellationToken.None);
    }

    [Theory]
    [InlineData(DocumentStore.MaxEarlier)]
    [InlineData(DocumentStore.MaxEarlier + 1)]
    public async Task So_many_earlier_contents_of_a_document_are_known(int changes)
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var documents = app.Services.GetRequiredService<DocumentStore>();
        for (var number = 0; number <= changes; number++)
        {
            await documents.PutAsync("acme", [new StoredDocument(new string('a', 32), "Tea", null, $"{number:x64}", $"job_{number}", $"{number:x64}", 0)], CancellationToken.None);
        }

        var removed = (await documents.RemoveAsync("acme", new string('a', 32), CancellationToken.None))!.Value.Removed;

        Assert.Equal(Enumerable.Range(0, DocumentStore.MaxEarlier + 1).Select(back => $"job_{changes - back}"), removed.Places.Select(place => place.JobId));
    }

    [Theory]
    [InlineData(EmbeddedPart.MaxEarlier)]
    [InlineData(EmbeddedPart.MaxEarlier + 1)]
    public async Task So_many_earlier_vectors_of_a_document_are_known(int changes)
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var embeddings = app.Services.GetRequiredService<EmbeddingStore>();
        for (var number = 0; number <= changes; number++)
        {
            var part = new EmbeddedPart(new string('a', 32), 0, 1, "hash", "words", "Tea", null, 1, 1, $"job_{number}", $"{number:x64}", DateTimeOffset.UnixEpoch);
            await embeddings.PutAsync("acme", [part], CancellationToken.None);
            // Who repeats it adds nothing.
            await embeddings.PutAsync("acme", [part], CancellationToken.None);
        }

        var known = Assert.Single(await app.EmbeddingsAsync());

        Assert.Equal(Enumerable.Range(0, EmbeddedPart.MaxEarlier + 1).Select(back => ($"job_{changes - back}", $"{changes - back:x64}")), known.Places);
    }

    private static async Task DeleteAsync(TestApp app, string id)
    {
        using var deleted = await app.Client.DeleteAsync($"v1/api/documents/{id}");
        Assert.Equal(200, (int)deleted.StatusCode);
    }

    private static async Task<string> IdOfAsync(TestApp app, string title) => Assert.Single(await app.DocumentsAsync(), document => document.Title == title).Id;

    /// <summary>The artifacts that have the words, but for the inputs of jobs, which are what was asked for.</summary>
    private List<string> ArtifactsWith(string words, string except = "\"onlyFailed\"") =>
    [
        .. _data.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => !file.Name.Contains(".db", StringComparison.Ordinal)).Select(file =>
        {
            try
            {
                return File.ReadAllText(file.FullName);
            }
            catch (IOException)
            {
                // A file that the app writes at this moment.
                return "";
            }
        }).Where(text => text.Contains(words, StringComparison.Ordinal) && !text.Contains("\"onlyFailed\"", StringComparison.Ordinal) && !text.Contains(except, StringComparison.Ordinal)),
    ];
}
