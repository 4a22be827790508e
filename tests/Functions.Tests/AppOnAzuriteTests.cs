using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Repositories;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Tests.Repositories;
using Jobs.Functions.Tests.Work;
using Jobs.Generation.Offline.Repositories;
using Jobs.Repositories.Local;
using Jobs.Repositories.Tests.Local;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>The app's rows and artifacts over the real protocol: what the local stores might forgive, a storage service does not.</summary>
public sealed class AppOnAzuriteTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Widget_is_built_listed_published_and_deleted()
    {
        await using var app = await StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        Payload.AssertMatches("000-job-succeeded.json", await app.WaitUntilSettledAsync(jobId));

        using var publish = await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null);
        Assert.Equal(HttpStatusCode.OK, publish.StatusCode);
        Assert.Contains(widgetId, await app.Anonymous.GetStringAsync($"w/{widgetId}/"));
        var list = await ReadAsync(app, "v1/widgets?limit=1");
        Assert.Equal("PUBLISHED", list.GetProperty("widgets")[0].GetProperty("status").GetString());
        var files = await ReadAsync(app, $"v1/widgets/{widgetId}/files");
        Assert.NotEqual(0, files.GetProperty("files").GetArrayLength());

        using var deleted = await app.Client.DeleteAsync($"v1/widgets/{widgetId}");
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync($"v1/widgets/{widgetId}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous.GetAsync($"w/{widgetId}/")).StatusCode);
        await foreach (var blob in app.Services.GetRequiredService<StorageAccount>().Artifacts.GetBlobsAsync(
            Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, $"acme/{widgetId}/", CancellationToken.None))
        {
            Assert.Fail($"{blob.Name} is left");
        }
    }

    [Fact]
    public async Task Documents_are_imported_importing_them_again_changes_nothing_and_they_are_exported()
    {
        await using var app = await StartAsync();
        var prefix = Guid.NewGuid().ToString("n");
        var rows = Enumerable.Range(1, 250).Select(n => n % 50 == 0 ? "{}" : $$"""{"id":"{{prefix}}-{{n}}","title":"Row {{n}}","text":"Text {{n}}"}""").ToArray();

        var id = await app.Client.ImportAsync(rows);
        var job = await app.Client.WaitForWorkAsync(id);

        Assert.True(job.Status() == "completed", job.ToString());
        Assert.Equal((245, 5), (job.GetProperty("result").GetProperty("documentsCreated").GetInt32(), job.GetProperty("result").GetProperty("errors").GetInt32()));
        Assert.Equal(245, (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results", limit: 100)).Count);
        Assert.Equal([50, 100, 150, 200, 250], (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors")).Select(error => error.GetProperty("line").GetInt32()));
        var again = await app.Client.WaitForWorkAsync(await app.Client.ImportAsync(rows));
        Assert.Equal(245, again.GetProperty("result").GetProperty("documentsUnchanged").GetInt32());
        var export = await ExportJobTests.ExportAsync(app.Client, "documents", "jsonl");
        Assert.Equal(245, (await app.Client.GetStringAsync($"v1/api/jobs/{export}/files/documents.jsonl")).Split('\n').Count(line => line.Contains(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fifty_identical_POSTs_at_once_make_one_job()
    {
        await using var app = await StartAsync();
        var name = Guid.NewGuid().ToString();

        var bodies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync()));
        var body = Assert.Single(bodies.Append(await RepeatAsync()).Where(body => body is not null).Distinct());

        await app.WaitUntilSettledAsync(JsonDocument.Parse(body!).RootElement.GetProperty("jobId").GetString()!);
        var list = await ReadAsync(app, "v1/widgets?limit=100");
        Assert.Single(list.GetProperty("widgets").EnumerateArray(), widget => widget.GetProperty("name").GetString() == name);

        async Task<string?> PostAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/widgets") { Content = JsonContent.Create(new { name, prompt = "a counter" }) };
            request.Headers.Add("Idempotency-Key", name);
            using var response = await app.Client.SendAsync(request);
            // 503 where the emulator, asked fifty times at once, took longer than a caller is made to wait.
            Assert.Contains((int)response.StatusCode, new[] { 202, 409, 503 });
            return response.StatusCode == HttpStatusCode.Accepted ? await response.Content.ReadAsStringAsync() : null;
        }

        // A claim that storage did not even let go is taken over in the end, so the answer is there by then.
        async Task<string> RepeatAsync()
        {
            for (var deadline = DateTime.UtcNow + (3 * IdempotentCreation.ClaimLifetime); ; await Task.Delay(TimeSpan.FromSeconds(1)))
            {
                if (await PostAsync() is { } stored)
                {
                    return stored;
                }

                Assert.True(DateTime.UtcNow < deadline, "The creation is never answered.");
            }
        }
    }

    private static Task<JsonElement> ReadAsync(TestApp app, string path) => app.Client.GetFromJsonAsync<JsonElement>(path);

    [Fact]
    public async Task Many_builds_of_one_widget_at_once_start_one()
    {
        await using var app = await StartAsync();
        using var created = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "Race" });
        var widgetId = (await created.ReadJsonAsync()).GetProperty("widgetId").GetString();

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => BuildAsync()));

        Assert.Contains(responses, response => response.StatusCode == HttpStatusCode.Accepted);
        Assert.All(responses, response => Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.Conflict }));
        foreach (var accepted in responses.Where(response => response.StatusCode == HttpStatusCode.Accepted))
        {
            await app.WaitUntilSettledAsync((await accepted.ReadJsonAsync()).GetProperty("jobId").GetString()!);
        }

        // The emulator of a busy machine may be too slow for a caller, who then comes again.
        async Task<HttpResponseMessage> BuildAsync()
        {
            for (var deadline = DateTime.UtcNow.AddSeconds(90); ;)
            {
                var response = await app.Client.PostAsJsonAsync($"v1/widgets/{widgetId}/builds", new { prompt = "a counter" });
                if (response.StatusCode is not HttpStatusCode.ServiceUnavailable || DateTime.UtcNow > deadline)
                {
                    return response;
                }

                await Task.Delay(response.Headers.RetryAfter!.Delta!.Value);
            }
        }
    }

    [Fact]
    public async Task Build_with_a_model_goes_as_on_the_embedded_engine()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AiBuildScript.Answers);
        await using var app = await TestApp.StartAsync(real: true, account: azurite.ConnectionString, arguments: AiBuildScript.Settings(server));

        await AiBuildScript.RunAsync(app, server);
    }

    [Fact]
    public async Task Job_in_a_repository_is_merged_and_git_finds_it_sound()
    {
        var data = Directory.CreateTempSubdirectory("jobs-repository-").FullName;
        var folder = Path.Combine(data, "repositories", "site.git");
        NewRepository.Create(folder, new Dictionary<string, string> { ["README.md"] = "# Site\n" }, DateTimeOffset.UnixEpoch);
        await using (var app = await RepositoryApp.StartAsync(
            data: data,
            account: azurite.ConnectionString,
            isRegistered: false,
            hasRealForges: true,
            configure: services => services.AddSingleton<IRepositoryAgent>(new OfflineRepositoryAgent(TimeProvider.System))))
        {
            await app.RegisterAsync(new { name = "site", kind = "local", location = folder, autoMerge = true });

            var id = await app.CreateAsync(new { job = "add a daily report for today" });
            await app.WaitAsync(id, "merged");

            Assert.Equal("", GitProgram.Run(folder, "fsck", "--strict", "--no-dangling"));
            Assert.Equal("2", GitProgram.Run(folder, "rev-list", "--count", "main").Trim());
            Assert.Equal(GitProgram.Run(folder, "rev-parse", "main"), GitProgram.Run(folder, "rev-parse", $"job/{id}"));
        }

        GitProgram.Delete(data);
    }

    private Task<TestApp> StartAsync() => TestApp.StartAsync(account: azurite.ConnectionString);
}
