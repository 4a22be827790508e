using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Documents;
using Jobs.Documents.Embedding;
using Jobs.Domain.Jobs;
using Jobs.Functions.Tests.Documents;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work.Analysis;

/// <summary>Short ways to jobs that read documents, as a user of contract 003 asks for them.</summary>
internal static class AnalysisJobs
{
    public const string Ann = "ann";

    /// <summary>Another user.</summary>
    public const string Bob = "bob";

    /// <summary>The app with an embedder for which texts are near that have the same words: for tests that are not about meaning.</summary>
    public static Task<TestApp> StartAsync(IEmbedder? embedder = null, string? data = null) =>
        TestApp.StartAsync(services => services.AddSingleton(embedder ?? new WordEmbedder()), data: data);

    public static async Task<string> UploadAsync(this TestApp app, byte[] content, string user = Ann)
    {
        using var client = await app.NewUserAsync(user);
        using var response = await client.PostAsync("api/documents", new ByteArrayContent(content));
        Assert.Equal(201, (int)response.StatusCode);
        return (await response.ReadJsonAsync()).GetProperty("documentId").GetString()!;
    }

    public static async Task<object> UploadFixtureAsync(this TestApp app, string name) => new { documentId = await app.UploadAsync(DocumentFixture.Read(name)) };

    /// <summary>What is wrong with an input, in the words that a caller gets; empty for one that is taken.</summary>
    public static async Task<string> ErrorsOfAsync(this TestApp app, string type, object input)
    {
        using var client = await app.NewUserAsync(Ann);
        using var response = await client.PostAsJsonAsync("api/jobs", new { type, input });
        return (int)response.StatusCode == 400 ? (await response.ReadJsonAsync()).GetProperty("detail").GetString()! : "";
    }

    /// <summary>Creates a job and gives its id.</summary>
    public static async Task<string> StartJobAsync(this TestApp app, string type, object input, string user = Ann)
    {
        using var client = await app.NewUserAsync(user);
        return await client.CreateAnalysisJobAsync(type, input);
    }

    /// <summary>Waits until the job has ended, and gives it; fails after 90 seconds.</summary>
    public static async Task<JsonElement> WaitForAnalysisAsync(this TestApp app, string jobId, string user = Ann)
    {
        using var client = await app.NewUserAsync(user);
        return await client.WaitForAnalysisAsync(jobId);
    }

    /// <summary>Waits until a job has done as much as <paramref name="isThere"/> says, which contract 003 does not show; fails after 90 seconds.</summary>
    public static async Task WaitForWorkAsync(this TestApp app, string jobId, Func<WorkState, bool> isThere)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !isThere((await app.Services.GetRequiredService<JobStore>().FindAsync(jobId, CancellationToken.None))!.Work!); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "The job does not get there.");
        }
    }

    /// <summary>Does a job to its end, and gives it.</summary>
    public static async Task<JsonElement> DoJobAsync(this TestApp app, string type, object input, string user = Ann) =>
        await app.WaitForAnalysisAsync(await app.StartJobAsync(type, input, user), user);

    /// <summary>Does a job, which must succeed, and gives its result.</summary>
    public static async Task<JsonElement> ResultOfAsync(this TestApp app, string type, object input)
    {
        var job = await app.DoJobAsync(type, input);
        Assert.True(job.Status() == "COMPLETED", job.ToString());
        return job.GetProperty("result");
    }

    /// <summary>Does a job, which must fail, and gives its error.</summary>
    public static async Task<string> ErrorOfAsync(this TestApp app, string type, object input, string user = Ann)
    {
        var job = await app.DoJobAsync(type, input, user);
        Assert.True(job.Status() == "FAILED", job.ToString());
        Assert.Equal(JsonValueKind.Null, job.GetProperty("result").ValueKind);
        return job.GetProperty("error").GetString()!;
    }

    /// <summary>The document of the result of a PARSE_DOCUMENT job.</summary>
    public static ParsedDocument ToDocument(this JsonElement result) => result.Deserialize<ParsedDocument>(JsonSerializerOptions.Web)!;

    /// <summary>Fails unless the document has the words of each piece of evidence at its place.</summary>
    public static void AssertOccurs(this ParsedDocument document, IEnumerable<JsonElement> evidence) => Assert.All(
        evidence, quoted => Assert.Equal(quoted.GetProperty("quote").GetString(), document.Text.Substring(quoted.GetProperty("start").GetInt32(), quoted.GetProperty("length").GetInt32())));
}
