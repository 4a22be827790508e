using System.Text.Json;
using Jobs.Documents;
using Jobs.Documents.Embedding;
using Jobs.Domain;
using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Functions.Tests.Documents;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work.Analysis;

/// <summary>Short ways to jobs of contract 003's types. How they are asked for and read is known here alone.</summary>
internal static class AnalysisJobs
{
    public static Caller Ann { get; } = new("acme", "ann", IsAdmin: false);

    /// <summary>Another user of the same organisation.</summary>
    public static Caller Bob { get; } = new("acme", "bob", IsAdmin: false);

    /// <summary>A user of another organisation.</summary>
    public static Caller Otto { get; } = new("other", "otto", IsAdmin: false);

    /// <summary>The app with an embedder for which texts are near that have the same words: for tests that are not about meaning.</summary>
    public static Task<TestApp> StartAsync(IEmbedder? embedder = null, string? data = null) =>
        TestApp.StartAsync(services => services.AddSingleton(embedder ?? new WordEmbedder()), data: data);

    public static Task<string> UploadAsync(this TestApp app, byte[] content, Caller? caller = null) =>
        app.Services.GetRequiredService<Uploads>().WriteAsync((caller ?? Ann).Tenant, content, CancellationToken.None);

    public static async Task<object> UploadFixtureAsync(this TestApp app, string name) => new { documentId = await app.UploadAsync(DocumentFixture.Read(name)) };

    /// <summary>What is wrong with an input, in the words that a caller gets.</summary>
    public static string ErrorsOf(this TestApp app, string type, object input) => string.Join(' ', app.Services.GetRequiredService<JobHandlers>()
        .Find(JobContract.Analysis, type)!.Check(JsonSerializer.SerializeToElement(input)).Select(error => $"'{error.Field}' {error.Message}."));

    /// <summary>Creates a job and gives its id.</summary>
    public static async Task<string> StartJobAsync(this TestApp app, string type, object input, Caller? caller = null)
    {
        Assert.Equal("", app.ErrorsOf(type, input));
        var id = Ids.NewJobUuid(app.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        var wanted = new NewWork(type, JsonSerializer.SerializeToElement(input));
        Assert.NotNull(await app.Services.GetRequiredService<WorkService>().CreateAsync(caller ?? Ann, id, wanted, app.DurableClient, CancellationToken.None));
        return id;
    }

    /// <summary>Waits until <paramref name="isThere"/> holds, until the job has ended by default, and gives <c>{type, status, result, error}</c>; fails after 90 seconds.</summary>
    public static async Task<JsonElement> WaitForAnalysisAsync(this TestApp app, string jobId, Func<Job, bool>? isThere = null)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        for (var progress = 0; ; await Task.Delay(10))
        {
            var job = (await app.Services.GetRequiredService<JobStore>().FindAsync(jobId, CancellationToken.None))!;
            Assert.InRange(job.Work!.Progress, progress, job.Status is JobStatus.Succeeded ? 100 : WorkState.MaxProgress);
            progress = job.Work.Progress;
            if (isThere?.Invoke(job) ?? job.IsTerminal)
            {
                var result = await app.Services.GetRequiredService<WorkResults>().ReadResultAsync(job, CancellationToken.None);
                return JsonSerializer.SerializeToElement(new { type = job.Work.Type, status = StatusOf(job.Status), result, error = job.Error });
            }

            Assert.True(DateTime.UtcNow < deadline, $"The job does not get there: {job}");
        }
    }

    /// <summary>Does a job to its end, and gives it as <see cref="WaitForAnalysisAsync"/> does.</summary>
    public static async Task<JsonElement> DoJobAsync(this TestApp app, string type, object input, Caller? caller = null) =>
        await app.WaitForAnalysisAsync(await app.StartJobAsync(type, input, caller));

    /// <summary>Does a job, which must succeed, and gives its result.</summary>
    public static async Task<JsonElement> ResultOfAsync(this TestApp app, string type, object input)
    {
        var job = await app.DoJobAsync(type, input);
        Assert.True(job.Status() == "COMPLETED", job.ToString());
        return job.GetProperty("result");
    }

    /// <summary>Does a job, which must fail, and gives its error.</summary>
    public static async Task<string> ErrorOfAsync(this TestApp app, string type, object input, Caller? caller = null)
    {
        var job = await app.DoJobAsync(type, input, caller);
        Assert.True(job.Status() == "FAILED", job.ToString());
        Assert.Equal(JsonValueKind.Null, job.GetProperty("result").ValueKind);
        return job.GetProperty("error").GetString()!;
    }

    /// <summary>The document of the result of a PARSE_DOCUMENT job.</summary>
    public static ParsedDocument ToDocument(this JsonElement result) => result.Deserialize<ParsedDocument>(JsonSerializerOptions.Web)!;

    /// <summary>Fails unless the document has the words of each piece of evidence at its place.</summary>
    public static void AssertOccurs(this ParsedDocument document, IEnumerable<JsonElement> evidence) => Assert.All(
        evidence, quoted => Assert.Equal(quoted.GetProperty("quote").GetString(), document.Text.Substring(quoted.GetProperty("start").GetInt32(), quoted.GetProperty("length").GetInt32())));

    private static string StatusOf(JobStatus status) => status switch
    {
        JobStatus.Queued => "PENDING",
        JobStatus.Running => "PROCESSING",
        JobStatus.Succeeded => "COMPLETED",
        JobStatus.Failed => "FAILED",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Contract 003 has no such state."),
    };
}
