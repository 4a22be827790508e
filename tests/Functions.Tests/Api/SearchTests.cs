using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jobs.Functions.Api.Platform;
using Jobs.Functions.Documents;
using Jobs.Functions.Tests.Documents;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

/// <summary>Contract 004: <c>POST /v1/api/search</c>.</summary>
public sealed class SearchTests
{
    [Fact]
    public async Task Search_finds_by_meaning_as_documented()
    {
        await using var app = await TestApp.StartAsync();
        await app.Client.ProcessAsync(
            await app.Client.UploadAsync(DocumentFixture.Read("agreement.docx")),
            new { title = "Tea", text = "Tea is made of the leaves of a plant." },
            new { title = "Trains", text = "The train to the coast leaves at nine." });
        await app.Client.EmbedAsync();

        using var response = await app.Client.PostAsJsonAsync("v1/api/search", new { query = "How fast does somebody respond to an incident?", limit = 1 });

        Assert.Equal(200, (int)response.StatusCode);
        // Processors differ in the last digits of a score.
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var item = body["data"]!["items"]![0]!.AsObject();
        item["score"] = item["score"]!.ToJsonString();
        Payload.AssertMatches("004-search.json", JsonSerializer.SerializeToElement(body));
        Assert.Equal("Tea", (await app.Client.SearchAsync("What is a hot beverage brewed from?")).Titles()[0]);
    }

    [Fact]
    public async Task Search_of_nothing_finds_nothing()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());

        var found = await app.Client.SearchAsync("tea");

        Assert.Empty(found.Titles());
        Assert.Equal("""{"documents":0,"chunks":0,"isComplete":true,"documentsOfOtherModels":0}""", found.GetProperty("searched").GetRawText());
    }

    [Fact]
    public async Task Organisation_finds_its_own_documents_only()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var mine = await app.Client.ProcessTextsAsync("The secret of acme");
        await app.Client.EmbedAsync();
        await app.OtherTenant.ProcessTextsAsync("The secret of other");
        await app.OtherTenant.EmbedAsync();

        Assert.Equal(["The secret of acme"], (await app.Client.SearchAsync("secret")).Titles());
        Assert.Equal(["The secret of other"], (await app.OtherTenant.SearchAsync("secret")).Titles());
        Assert.Equal((404, "document_not_found"), await RefusalAsync(app.OtherTenant, new { query = "secret", documents = mine }));
    }

    [Fact]
    public async Task Named_documents_alone_are_looked_at()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var documents = await app.Client.ProcessTextsAsync("Tea in the morning", "Tea in the evening", "Tea at night");
        await app.Client.EmbedAsync(documents[0], documents[1]);

        var found = await app.Client.SearchAsync("evening", documents[0]);

        Assert.Equal(["Tea in the morning"], found.Titles());
        Assert.Equal("""{"documents":1,"chunks":1,"isComplete":true,"documentsOfOtherModels":0}""", found.GetProperty("searched").GetRawText());
        Assert.Equal((409, "document_not_embedded"), await RefusalAsync(app.Client, new { query = "tea", documents = new[] { documents[0], documents[2] } }));
        Assert.Equal((404, "document_not_found"), await RefusalAsync(app.Client, new { query = "tea", documents = new[] { "x" } }));
    }

    [Fact]
    public async Task What_is_embedded_later_is_found_too()
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        await app.Client.ProcessTextsAsync("Tea in the morning");
        await app.Client.EmbedAsync();
        Assert.Single((await app.Client.SearchAsync("Tea")).Titles());

        await app.Client.ProcessTextsAsync("Tea in the evening");
        await app.Client.EmbedAsync();

        Assert.Equal(["Tea in the evening", "Tea in the morning"], (await app.Client.SearchAsync("Tea evening")).Titles());
    }

    [Theory]
    [InlineData("""{}""", "'query' is required.")]
    [InlineData("""{"query":" "}""", "'query' must not be blank.")]
    [InlineData("""{"query":7}""", "'query' must be a string, not a number.")]
    [InlineData("""{"query":"a","documents":"x"}""", "'documents' must be an array, not a string.")]
    [InlineData("""{"query":"a","documents":[]}""", "'documents' must have 1 to 100 ids of documents.")]
    [InlineData("""{"query":"a","documents":[7]}""", "'documents' must have 1 to 100 ids of documents.")]
    [InlineData("""{"query":"a","documents":["\ud800"]}""", "'documents' must have 1 to 100 ids of documents.")]
    [InlineData("""{"query":"a","limit":0}""", "'limit' must be a whole number from 1 to 50.")]
    [InlineData("""{"query":"a","limit":51}""", "'limit' must be a whole number from 1 to 50.")]
    [InlineData("""{"query":"a","limit":1.5}""", "'limit' must be a whole number from 1 to 50.")]
    [InlineData("""{"query":"a","limit":"1"}""", "'limit' must be a whole number from 1 to 50.")]
    public async Task Request_that_breaks_a_rule_is_400(string body, string message)
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());

        using var response = await app.Client.PostAsync("v1/api/search", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(message, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(SearchRequest.MaxQueryLength, 0, 200)]
    [InlineData(SearchRequest.MaxQueryLength + 1, 0, 400)]
    [InlineData(1, SearchRequest.MaxDocuments, 404)]
    [InlineData(1, SearchRequest.MaxDocuments + 1, 400)]
    public async Task Query_has_so_many_characters_and_names_so_many_documents(int characters, int documents, int status)
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var query = new string('x', characters);

        using var response = await app.Client.PostAsJsonAsync(
            "v1/api/search", documents == 0 ? new { query } : (object)new { query, documents = Enumerable.Range(0, documents).Select(number => $"{number:x32}") });

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Organisation_with_as_many_searches_as_it_may_waits_a_while_and_is_429_and_others_are_not()
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource();
        var inside = 0;
        var embedder = new WordEmbedder
        {
            BeforeQuery = async (query, _) =>
            {
                if (query == "slow")
                {
                    Interlocked.Increment(ref inside);
                    await gate.Task;
                }
            },
        };
        await using var app = await DocumentJobs.StartAsync(embedder, time);
        await app.Client.ProcessTextsAsync("Tea");
        await app.Client.EmbedAsync();
        var slow = Enumerable.Range(0, SearchService.MaxSearchesOfOne).Select(_ => app.Client.SearchAsync("slow")).ToList();
        await UntilAsync(() => inside == SearchService.MaxSearchesOfOne);

        var due = time.GetUtcNow() + SearchService.Patience;
        // The slow ones began with the same patience, at the same time.
        var earlier = time.TimersAt(due);
        var refused = app.Client.PostAsJsonAsync("v1/api/search", new { query = "tea" });
        await UntilAsync(() => time.TimersAt(due) > earlier);
        Assert.Empty((await app.OtherTenant.SearchAsync("tea")).Titles());
        Assert.False(refused.IsCompleted);
        time.Advance(SearchService.Patience);

        using var response = await refused;
        Assert.Equal((429, "too_many_searches"), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(SearchFunctions.RetryAfter, response.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        gate.SetResult();
        Assert.All(await Task.WhenAll(slow), found => Assert.Equal(["Tea"], found.Titles()));
        Assert.Equal(["Tea"], (await app.Client.SearchAsync("tea")).Titles());
    }

    [Fact]
    public async Task Host_does_so_many_searches_at_once()
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource();
        var inside = 0;
        var embedder = new WordEmbedder
        {
            BeforeQuery = async (_, _) =>
            {
                Interlocked.Increment(ref inside);
                await gate.Task;
            },
        };
        await using var app = await DocumentJobs.StartAsync(embedder, time);
        var search = app.Services.GetRequiredService<SearchService>();
        var tenants = Enumerable.Range(0, SearchService.MaxSearches / SearchService.MaxSearchesOfOne).Select(number => $"tenant{number}");
        var slow = tenants.SelectMany(tenant => Enumerable.Range(0, SearchService.MaxSearchesOfOne).Select(_ => SearchAsync(tenant))).ToList();
        await UntilAsync(() => inside == SearchService.MaxSearches);

        var late = SearchAsync("late");
        time.Advance(SearchService.Patience);

        Assert.IsType<SearchOutcome.Busy>(await late);
        gate.SetResult();
        Assert.All(await Task.WhenAll(slow), outcome => Assert.IsType<SearchOutcome.Found>(outcome));

        Task<SearchOutcome> SearchAsync(string tenant) =>
            search.SearchAsync(new Domain.Identity.Caller(tenant, "x", IsAdmin: false), new Search("tea", Documents: null, Limit: 1), CancellationToken.None);
    }

    [Fact]
    public async Task Search_that_takes_too_long_is_503()
    {
        var time = new ManualTimeProvider();
        var isInside = false;
        await using var app = await DocumentJobs.StartAsync(
            new WordEmbedder
            {
                BeforeQuery = (_, cancellation) =>
                {
                    Volatile.Write(ref isInside, true);
                    return Task.Delay(Timeout.Infinite, cancellation);
                },
            },
            time);

        var searching = app.Client.PostAsJsonAsync("v1/api/search", new { query = "tea" });
        await UntilAsync(() => Volatile.Read(ref isInside));
        Assert.False(searching.IsCompleted);
        time.Advance(SearchService.TimeLimit);

        using var response = await searching;
        Assert.Equal((503, "search_too_slow"), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData(SearchIndexes.MaxChunks - 1, 1, true)]
    [InlineData(SearchIndexes.MaxChunks, 1, false)]
    [InlineData(1, SearchIndexes.MaxCharacters - 1, true)]
    [InlineData(1, SearchIndexes.MaxCharacters, false)]
    public async Task Search_looks_at_so_many_chunks_and_characters_and_says_when_there_are_more(int chunks, int characters, bool isComplete)
    {
        await using var app = await DocumentJobs.StartAsync(new WordEmbedder());
        var older = (await app.Client.ProcessTextsAsync("Old tea"))[0];
        await app.Client.EmbedAsync();
        await app.Client.ProcessTextsAsync("T");
        await app.Client.EmbedAsync();
        // As if the later document had so many, of which one is enough to be read.
        var later = (await app.EmbeddingsAsync()).Single(part => part.Title == "T");
        await app.Services.GetRequiredService<EmbeddingStore>().PutAsync(
            "acme", [later with { Chunks = chunks, Characters = characters - ("Old tea".Length - 1) }], CancellationToken.None);

        var found = await app.Client.SearchAsync("tea");

        Assert.Equal(isComplete ? ["Old tea", "T"] : ["T"], found.Titles());
        Assert.Equal(isComplete, found.GetProperty("searched").GetProperty("isComplete").GetBoolean());
        // Who names what was left out has it looked at.
        Assert.Equal(["Old tea"], (await app.Client.SearchAsync("tea", older)).Titles());
    }

    private static async Task<(int, string)> RefusalAsync(HttpClient client, object body)
    {
        using var response = await client.PostAsJsonAsync("v1/api/search", body);
        return ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("code").GetString()!);
    }

    private static async Task UntilAsync(Func<bool> isThere)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (!isThere())
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not get there.");
            await Task.Delay(10);
        }
    }
}
