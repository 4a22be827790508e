using System.Net.Http.Json;
using Jobs.Documents.Embedding;
using Jobs.Functions.Documents;
using Jobs.Functions.Ledger;
using Jobs.Functions.Tests.Documents;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>The job type <c>batch_embedding</c> and the search with the model for embeddings of an AI. A token that it is given costs a millionth, and each call has three.</summary>
public sealed class AiEmbeddingJobTests : IDisposable
{
    private const int CostOfCall = 3;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("jobs-ai-embedding-test-");

    private static string[] Prices => ["--Ai:InputPrice", "1", "--Ai:OutputPrice", "2", "--Ai:EmbeddingPrice", "1"];

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Documents_and_queries_are_embedded_by_the_model_of_the_settings()
    {
        await using var server = await StartServerAsync();
        await using var app = await StartAsync(server);
        await app.Client.ProcessTextsAsync("Tea is a drink.", "Trains leave at nine.");

        var job = await app.Client.EmbedAsync();
        var found = await app.Client.SearchAsync("drink Tea");

        Assert.Equal(
            """{"documentsEmbedded":2,"documentsUnchanged":0,"documentsLeft":0,"chunksEmbedded":2,"errors":0,"method":"openai/test-embedding/64","dimensions":64}""",
            job.ResultOf());
        Assert.Equal("Tea is a drink.", found.Titles()[0]);
        Assert.Equal("cosine of openai/test-embedding/64 vectors", found.GetProperty("method").GetString());
        Assert.Equal([2, 1], server.Requests.Select(request => request.Body["input"]!.AsArray().Count));
        Assert.All(server.Requests, request => Assert.Equal("test-embedding", (string)request.Body["model"]!));
        Assert.Equal(2, (await app.Client.EmbedAsync()).GetProperty("result").GetProperty("documentsUnchanged").GetInt32());
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Vectors_of_another_model_are_not_compared_and_are_made_anew()
    {
        await using var server = await StartServerAsync();
        string[] documents;
        await using (var local = await DocumentJobs.StartAsync(new WordEmbedder(), data: _data.FullName))
        {
            documents = await local.Client.ProcessTextsAsync("Tea is a drink.", "Trains leave at nine.");
            await local.Client.EmbedAsync();
        }

        await using (var app = await StartAsync(server))
        {
            await AssertOfAnotherModelAsync(app);
            await app.Client.EmbedAsync(documents[0]);
            var found = await app.Client.SearchAsync("drink");
            Assert.Equal(["Tea is a drink."], found.Titles());
            Assert.Equal("""{"documents":1,"chunks":1,"isComplete":true,"documentsOfOtherModels":1}""", found.GetProperty("searched").GetRawText());
            await app.Client.EmbedAsync();
            Assert.Equal(2, (await app.Client.SearchAsync("drink")).Titles().Length);
        }

        // The same name with vectors of another length is another model.
        await using var longer = await StartAsync(server, arguments: ["--Ai:EmbeddingDimensions", "65"]);
        await AssertOfAnotherModelAsync(longer);

        async Task AssertOfAnotherModelAsync(TestApp app)
        {
            var before = server.Requests.Count;
            var found = await app.Client.SearchAsync("drink");
            Assert.Empty(found.Titles());
            Assert.Equal("""{"documents":0,"chunks":0,"isComplete":true,"documentsOfOtherModels":2}""", found.GetProperty("searched").GetRawText());
            using var named = await app.Client.PostAsJsonAsync("v1/api/search", new { query = "drink", documents });
            Assert.Equal(409, (int)named.StatusCode);
            Assert.StartsWith($"The vectors of the document {documents[0]} were made by another model", await MessageAsync(named));
            Assert.Equal(before, server.Requests.Count);
        }
    }

    [Fact]
    public async Task Endpoint_that_takes_no_more_is_asked_again_when_it_says()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartServerAsync(OpenAiAnswers.Error(429, "secret words of the provider").With("Retry-After", "60"));
        await using var app = await StartAsync(server, time, Prices);
        await ImportAsync(app, time);
        var id = await app.Client.CreateJobAsync("batch_embedding", new { });
        var began = time.GetUtcNow();

        await time.AdvanceUntilAsync(() => IsEndedAsync(app, id));

        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(60));
        Assert.Equal(2, (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!.Attempts);
        Assert.Equal("completed", (await app.Client.GetDataAsync($"v1/api/jobs/{id}")).Status());
        Assert.Equal((CostOfCall, 0), await SpentAsync(app));
    }

    [Fact]
    public async Task Endpoint_that_never_takes_any_fails_the_job_after_three_attempts_and_its_words_stay_in_the_log()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartServerAsync();
        server.Reply = _ => OpenAiAnswers.Error(429, "secret words of the provider").With("Retry-After", "60");
        await using var app = await StartAsync(server, time, Prices);
        await ImportAsync(app, time);
        var id = await app.Client.CreateJobAsync("batch_embedding", new { });

        await time.AdvanceUntilAsync(() => IsEndedAsync(app, id));

        var job = await app.Client.GetDataAsync($"v1/api/jobs/{id}");
        Assert.Equal(("failed", "The AI service takes no more requests of ours for now.", 3), (job.Status(), job.GetProperty("error").GetString(), server.Requests.Count));
        Assert.Equal((0, 0), await SpentAsync(app));
        Assert.Empty(await app.EmbeddingsAsync());
    }

    [Fact]
    public async Task Vectors_of_another_length_than_the_settings_say_end_the_job_at_once_and_are_not_kept()
    {
        await using var server = await StartServerAsync();
        await using var app = await StartAsync(server, arguments: ["--Ai:EmbeddingDimensions", "65"]);
        await app.Client.ProcessTextsAsync("Tea");

        var job = await app.Client.EmbedAsync();

        Assert.Equal(("failed", "The AI model's vectors have 64 numbers, and the settings of this service say 65."), (job.Status(), job.ResultOf()));
        Assert.Empty(await app.EmbeddingsAsync());
    }

    [Fact]
    public async Task Calls_are_paid_by_the_job_and_by_the_organisation_that_searches()
    {
        await using var server = await StartServerAsync();
        await using var app = await StartAsync(server, arguments: Prices);
        await app.Client.ProcessTextsAsync("Tea", "Coffee");

        var id = (await app.Client.EmbedAsync()).GetProperty("id").GetString()!;

        Assert.Equal((CostOfCall, 0), await SpentAsync(app));
        var usage = (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!.Usage;
        Assert.Equal((3, CostOfCall), (usage.Input, usage.Cost));
        await app.Client.SearchAsync("Tea");
        await app.Client.SearchAsync("Coffee");
        Assert.Equal((3 * CostOfCall, 0), await SpentAsync(app));
    }

    [Fact]
    public async Task Spending_limit_holds_jobs_and_searches()
    {
        await using var server = await StartServerAsync();
        await using (var app = await StartAsync(server, arguments: Prices))
        {
            await app.Client.ProcessTextsAsync("Tea", "Coffee");
            await app.Client.EmbedAsync();
        }

        // Less than what a call can cost: what it is sent, and 2,048 tokens.
        await using var limited = await StartAsync(server, arguments: [.. Prices, "--Ai:SpendingLimit", "0.002"]);
        await limited.Client.ProcessTextsAsync("Milk");

        Assert.Equal(SpendingLedger.MonthLimitReached, (await limited.Client.EmbedAsync()).ResultOf());
        using var response = await limited.Client.PostAsJsonAsync("v1/api/search", new { query = "Tea" });
        Assert.Equal((402, SpendingLedger.MonthLimitReached), ((int)response.StatusCode, await MessageAsync(response)));
        Assert.Single(server.Requests);
        Assert.Equal((CostOfCall, 0), await SpentAsync(limited));
    }

    [Fact]
    public async Task Search_whose_query_cannot_be_embedded_is_503_and_says_when_to_come_again()
    {
        await using var server = await StartServerAsync();
        await using var app = await StartAsync(server, arguments: Prices);
        await app.Client.ProcessTextsAsync("Tea");
        await app.Client.EmbedAsync();
        server.Add(OpenAiAnswers.Error(429, "secret words of the provider").With("Retry-After", "60"));

        using var response = await app.Client.PostAsJsonAsync("v1/api/search", new { query = "Tea" });

        Assert.Equal((503, "60"), ((int)response.StatusCode, response.Headers.RetryAfter!.ToString()));
        Assert.Equal("The query could not be embedded. The AI service takes no more requests of ours for now.", await MessageAsync(response));
        Assert.Equal((CostOfCall, 0), await SpentAsync(app));
    }

    [Fact]
    public async Task Search_waits_for_its_querys_vector_no_longer_than_for_anything_else_and_what_was_broken_off_stays_paid()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartServerAsync();
        await using var app = await StartAsync(server, time, Prices);
        await ImportAsync(app, time);
        var id = await app.Client.CreateJobAsync("batch_embedding", new { });
        await time.AdvanceUntilAsync(() => IsEndedAsync(app, id));
        server.Add(ScriptedAnswer.Silence);

        var searching = app.Client.PostAsJsonAsync("v1/api/search", new { query = "Tea" });
        await server.WaitForRequestsAsync(2);
        time.Advance(SearchService.TimeLimit);

        using var response = await searching;
        Assert.Equal((503, "search_too_slow"), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal((CostOfCall + 2_048 + "Tea".Length, 0), await SpentAsync(app));
    }

    private static async Task<ScriptedServer> StartServerAsync(params ScriptedAnswer[] script)
    {
        var server = await ScriptedServer.StartOpenAiAsync(script);
        server.Reply = request => OpenAiAnswers.Embeddings([.. request.Body["input"]!.AsArray().Select(text => VectorOf((string)text!))]);
        return server;
    }

    /// <summary>Texts are near that have the same words.</summary>
    private static float[] VectorOf(string text)
    {
        var vector = new float[64];
        vector[0] = 1;
        foreach (var word in text.Split(' '))
        {
            vector[1 + (word.Sum(letter => letter) % 63)] += 2;
        }

        return vector;
    }

    private Task<TestApp> StartAsync(ScriptedServer server, TimeProvider? time = null, params string[] arguments) => TestApp.StartAsync(
        services =>
        {
            services.AddSingleton<IEmbedder>(new WordEmbedder());
            if (time is not null)
            {
                services.AddSingleton(time);
            }
        },
        data: _data.FullName,
        arguments: AnalysisApp.Ai(server, ["--Ai:EmbeddingModel", "test-embedding", "--Ai:EmbeddingDimensions", "64", .. arguments]));

    private static async Task ImportAsync(TestApp app, ManualTimeProvider time)
    {
        var id = await app.Client.ImportAsync("""{"id":"tea","title":"Tea","text":"Tea is a drink."}""");
        await time.AdvanceUntilAsync(() => IsEndedAsync(app, id));
    }

    private static async Task<string> MessageAsync(HttpResponseMessage response) => (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString()!;

    private static async Task<bool> IsEndedAsync(TestApp app, string id) => (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!.IsTerminal;

    private static async Task<(long Spent, long Reserved)> SpentAsync(TestApp app)
    {
        var month = await app.Services.GetRequiredService<SpendingLedger>().ReadAsync("acme", CancellationToken.None);
        return (month.Spent, month.Reserved);
    }
}
