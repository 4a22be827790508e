using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Functions.Api.Shared;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task Fifty_identical_POSTs_at_once_make_one_job()
    {
        var generator = new FakeGenerator((_, _) => Task.FromResult(FakeGenerator.OneFile));
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(generator));

        var responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync(app, "key-1", new { name = "One", prompt = "a counter" })));
        var later = await PostAsync(app, "key-1", new { name = "One", prompt = "a counter" });

        Assert.All(responses, r => Assert.Contains(r.Status, new[] { 202, 409 }));
        var accepted = responses.Where(r => r.Status == 202).Select(r => r.Body).Append(later.Body).Distinct().ToArray();
        var body = JsonDocument.Parse(Assert.Single(accepted)).RootElement;
        await app.WaitUntilSettledAsync(body.GetProperty("jobId").GetString()!);
        Assert.All(responses.Where(r => r.Status == 409), r => Assert.Contains("idempotency_key_in_flight", r.Body));
        Assert.Equal(1, generator.Calls);
        Assert.Equal(1, (await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Repetition_gets_the_stored_answer_with_its_status_and_Location()
    {
        await using var app = await TestApp.StartAsync();

        var first = await PostAsync(app, "key-1", new { name = "Draft" });
        var second = await PostAsync(app, "key-1", new { name = "Draft" });
        var otherKey = await PostAsync(app, "key-2", new { name = "Draft" });

        Assert.Equal(201, first.Status);
        Assert.Equal(first, second);
        Assert.NotEqual(first.Body, otherKey.Body);
    }

    [Fact]
    public async Task Same_key_with_another_body_is_422()
    {
        await using var app = await TestApp.StartAsync();
        await PostAsync(app, "key-1", new { name = "One" });

        var (status, body, _) = await PostAsync(app, "key-1", new { name = "Two" });

        Assert.Equal(422, status);
        Assert.Contains("idempotency_key_reused", body);
    }

    [Fact]
    public async Task Same_key_of_another_tenant_or_for_another_address_is_another_key()
    {
        await using var app = await TestApp.StartAsync();
        var mine = await PostAsync(app, "key-1", new { name = "Draft", prompt = "a counter" });
        var widget = JsonDocument.Parse(mine.Body).RootElement;
        await app.WaitUntilSettledAsync(widget.GetProperty("jobId").GetString()!);

        var theirs = await PostAsync(app.OtherTenant, "v1/widgets", "key-1", new { name = "Draft", prompt = "a counter" });
        var build = await PostAsync(app.Client, $"v1/widgets/{widget.GetProperty("widgetId").GetString()}/builds", "key-1", new { prompt = "make it red" });

        Assert.Equal(202, theirs.Status);
        Assert.NotEqual(mine.Body, theirs.Body);
        Assert.Equal(202, build.Status);
    }

    [Fact]
    public async Task Refused_request_does_not_use_its_key_up()
    {
        await using var app = await TestApp.StartAsync();

        var invalid = await PostAsync(app, "key-1", new { name = "" });
        var notFound = await PostAsync(app.Client, "v1/widgets/0000000000/builds", "key-2", new { prompt = "x" });
        var again = await PostAsync(app.Client, "v1/widgets/0000000000/builds", "key-2", new { prompt = "y" });
        var valid = await PostAsync(app, "key-1", new { name = "Valid" });

        Assert.Equal(400, invalid.Status);
        Assert.Equal(404, notFound.Status);
        Assert.Equal(404, again.Status);
        Assert.Equal(201, valid.Status);
    }

    [Theory]
    [InlineData(IdempotentCreation.MaxKeyLength, 201)]
    [InlineData(IdempotentCreation.MaxKeyLength + 1, 400)]
    [InlineData(0, 400)]
    public async Task Key_length_at_and_past_the_limit(int length, int expected)
    {
        await using var app = await TestApp.StartAsync();

        Assert.Equal(expected, (await PostAsync(app, new string('k', length), new { name = "A" })).Status);
    }

    [Fact]
    public async Task Key_is_kept_for_24_hours_and_then_purged_or_replaced()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        var first = await PostAsync(app, "key-1", new { name = "Draft" });

        time.Advance(IdempotentCreation.Retention - TimeSpan.FromMilliseconds(1));
        var before = await PostAsync(app, "key-1", new { name = "Draft" });
        time.Advance(TimeSpan.FromMilliseconds(1));
        var after = await PostAsync(app, "key-1", new { name = "Another body" });

        Assert.Equal(first.Body, before.Body);
        Assert.Equal(201, after.Status);
        Assert.NotEqual(first.Body, after.Body);
    }

    [Fact]
    public async Task Request_that_a_fault_ended_half_way_is_completed_with_the_same_ids_by_its_repetition_at_once()
    {
        await using var app = await TestApp.StartAsync();
        int failed, failedAgain;

        // The widget's row is written before the prompt, so the request fails between the two.
        using (app.BreakArtifacts())
        {
            failed = (await PostAsync(app, "key-1", new { name = "Once", prompt = "a counter" })).Status;
            failedAgain = (await PostAsync(app, "key-1", new { name = "Once", prompt = "a counter" })).Status;
        }

        var leftBehind = await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets");
        var completed = await PostAsync(app, "key-1", new { name = "Once", prompt = "a counter" });
        var list = await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets");

        Assert.Equal(500, failed);
        Assert.Equal(500, failedAgain);
        Assert.Equal(202, completed.Status);
        Assert.Equal(1, leftBehind.GetProperty("total").GetInt32());
        Assert.Equal(leftBehind.ToString(), list.ToString());
        Assert.Contains(list.GetProperty("widgets")[0].GetProperty("widgetId").GetString()!, completed.Body);
        await app.WaitUntilSettledAsync(JsonDocument.Parse(completed.Body).RootElement.GetProperty("jobId").GetString()!);
    }

    [Fact]
    public async Task Request_whose_process_died_holds_its_key_for_the_lifetime_of_a_claim()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        var first = await PostAsync(app, "key-1", new { name = "Once" });
        await ForgetAnswerAsync(app);

        time.Advance(IdempotentCreation.ClaimLifetime - TimeSpan.FromMilliseconds(1));
        var tooEarly = await PostAsync(app, "key-1", new { name = "Once" });
        time.Advance(TimeSpan.FromMilliseconds(1));
        var completed = await PostAsync(app, "key-1", new { name = "Once" });

        Assert.Equal(409, tooEarly.Status);
        Assert.Contains("idempotency_key_in_flight", tooEarly.Body);
        Assert.Equal(first, completed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Build_that_died_before_its_answer_is_not_started_again_when_a_later_one_was(bool laterIsRunning)
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource<CompileResult>();
        var compiler = new FakeCompiler { OnCompile = call => call == 3 && laterIsRunning ? gate.Task : Task.FromResult<CompileResult>(new CompileResult.Failed("no")) };
        await using var app = await TestApp.StartAsync(services => services
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IWidgetCompiler>(compiler));
        var (widgetId, created) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(created);
        var address = $"v1/widgets/{widgetId}/builds";
        var first = await PostAsync(app.Client, address, "key-1", new { prompt = "first" });
        await app.WaitUntilSettledAsync(JobOf(first));
        await ForgetAnswerAsync(app);
        var later = await PostAsync(app.Client, address, "key-2", new { prompt = "later" });
        await app.WaitForJobAsync(JobOf(later), job => job.GetProperty("status").GetString() == "completed");

        time.Advance(IdempotentCreation.ClaimLifetime);
        var repeated = await PostAsync(app.Client, address, "key-1", new { prompt = "first" });
        gate.SetResult(new CompileResult.Failed("no"));

        Assert.Equal(first, repeated);
        var widget = await app.Services.GetRequiredService<WidgetStore>().ReadAsync("acme", widgetId, CancellationToken.None);
        Assert.Equal(JobOf(later), widget!.Resource.CurrentJobId);
    }

    private static string JobOf((int Status, string Body, string? Location) accepted) =>
        JsonDocument.Parse(accepted.Body).RootElement.GetProperty("jobId").GetString()!;

    /// <summary>Makes the one claim that there is what it is when its request dies just before it stores its answer.</summary>
    private static async Task ForgetAnswerAsync(TestApp app)
    {
        var table = app.Services.GetRequiredService<StorageAccount>().Idempotency;
        await foreach (var row in table.QueryAsync<TableEntity>(""))
        {
            foreach (var answer in new[] { nameof(IdempotencyClaim.Status), nameof(IdempotencyClaim.Body), nameof(IdempotencyClaim.Location) })
            {
                row.Remove(answer);
            }

            await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace);
        }
    }

    private static Task<(int Status, string Body, string? Location)> PostAsync(TestApp app, string key, object body) =>
        PostAsync(app.Client, "v1/widgets", key, body);

    private static async Task<(int Status, string Body, string? Location)> PostAsync(HttpClient client, string address, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.OriginalString);
    }
}
