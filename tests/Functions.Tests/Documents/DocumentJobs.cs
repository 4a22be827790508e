using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Documents.Embedding;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Documents;

/// <summary>Short ways to documents, their vectors and the search.</summary>
internal static class DocumentJobs
{
    /// <summary>The app whose embedder is <paramref name="embedder"/>.</summary>
    public static Task<TestApp> StartAsync(WordEmbedder embedder, TimeProvider? time = null, string? data = null) => TestApp.StartAsync(
        services =>
        {
            services.AddSingleton<IEmbedder>(embedder);
            if (time is not null)
            {
                services.AddSingleton(time);
            }
        },
        data: data);

    /// <summary>Sends a file ahead and gives its id.</summary>
    public static async Task<string> UploadAsync(this HttpClient client, byte[] file)
    {
        using var response = await client.PostAsync("v1/api/uploads", new ByteArrayContent(file));
        Assert.Equal(201, (int)response.StatusCode);
        return (await response.ReadJsonAsync()).GetProperty("data").GetProperty("uploadId").GetString()!;
    }

    /// <summary>Has documents processed and gives the job's id when it has ended.</summary>
    public static async Task<string> ProcessAsync(this HttpClient client, params object[] documents)
    {
        var id = await client.CreateJobAsync("document_processing", new { documents });
        await client.WaitForWorkAsync(id);
        return id;
    }

    /// <summary>Has texts processed, which are their own titles, and gives the documents' ids.</summary>
    public static async Task<string[]> ProcessTextsAsync(this HttpClient client, params string[] texts)
    {
        var job = await client.ProcessAsync([.. texts.Select(text => (object)new { title = text.Length <= 100 ? text : text[..100], text })]);
        return [.. (await client.ReadAllAsync($"v1/api/jobs/{job}/results")).Select(result => result.GetProperty("id").GetString()!)];
    }

    /// <summary>Has documents embedded, all where none are named, and gives the job when it has ended.</summary>
    public static async Task<JsonElement> EmbedAsync(this HttpClient client, params string[] documents) =>
        await client.WaitForWorkAsync(await client.CreateJobAsync("batch_embedding", documents.Length == 0 ? new { } : new { documents }));

    /// <summary>Repeats what came out of a job with an error, and gives the job when it has ended.</summary>
    public static async Task<JsonElement> RerunFailedAsync(this HttpClient client, string jobId)
    {
        using var response = await client.PostAsJsonAsync($"v1/api/jobs/{jobId}/rerun", new { only = "failed" });
        return await client.WaitForWorkAsync((await response.ReadJsonAsync()).GetProperty("data").GetProperty("id").GetString()!);
    }

    /// <summary>What a search finds.</summary>
    public static async Task<JsonElement> SearchAsync(this HttpClient client, string query, params string[] documents)
    {
        using var response = await client.PostAsJsonAsync("v1/api/search", documents.Length == 0 ? new { query } : (object)new { query, documents });
        var body = await response.ReadJsonAsync();
        Assert.True((int)response.StatusCode == 200, body.ToString());
        return body.GetProperty("data");
    }

    /// <summary>The titles of what a search finds, best first.</summary>
    public static string[] Titles(this JsonElement found) => [.. found.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("title").GetString()!)];

    /// <summary>The counts of a job's result, or its error.</summary>
    public static string ResultOf(this JsonElement job) => job.Status() == "completed" ? job.GetProperty("result").GetRawText() : job.GetProperty("error").GetString()!;

    public static async Task<List<StoredDocument>> DocumentsAsync(this TestApp app, string tenant = "acme") =>
        await app.Services.GetRequiredService<DocumentStore>().ListAsync(tenant, after: null, perPage: 1_000, CancellationToken.None).ToListAsync();

    public static async Task<List<EmbeddedPart>> EmbeddingsAsync(this TestApp app, string tenant = "acme") =>
        await app.Services.GetRequiredService<EmbeddingStore>().ListAsync(tenant, CancellationToken.None).ToListAsync();

    /// <summary>A job with the handler of its type, to do a part of it again.</summary>
    public static async Task<(WorkContext Work, IJobHandler Handler)> ContextAsync(this TestApp app, string jobId)
    {
        var job = (await app.Services.GetRequiredService<JobStore>().FindAsync(jobId, CancellationToken.None))!;
        var asked = await app.Services.GetRequiredService<WorkService>().ReadInputAsync(job, CancellationToken.None);
        var work = new WorkContext(
            job, asked, app.Services.GetRequiredService<ArtifactStore>(), app.Services.GetRequiredService<WorkResults>(), app.Services.GetRequiredService<JobStore>());
        return (work, app.Services.GetRequiredService<JobHandlers>().Of(job.Work!.Type));
    }
}
