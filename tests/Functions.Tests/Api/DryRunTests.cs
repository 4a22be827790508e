using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jobs.Domain.Generation;
using Jobs.Functions.Tests.Runs;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

/// <summary><c>?dryRun=true</c>: what a POST would cost, and nothing done.</summary>
public sealed class DryRunTests
{
    [Theory]
    [InlineData("widgets", "the offline generator", 0)]
    [InlineData("agents", "the offline generator", 1)]
    public async Task Offline_generator_costs_nothing_but_tokens_and_says_so(string collection, string generator, int tokens)
    {
        await using var app = await TestApp.StartAsync();

        using var response = await app.Client.PostAsJsonAsync($"v1/{collection}?dryRun=true", new { name = "W", prompt = "a counter" });
        var estimate = await response.ReadJsonAsync();

        Assert.Equal(200, (int)response.StatusCode);
        Payload.AssertMatches("estimate-offline.json", With(estimate, "tokens"));
        Assert.Equal((generator, tokens), (estimate.GetProperty("generator").GetString(), estimate.GetProperty("tokens").GetInt32()));
        await AssertNothingIsThereAsync(app);
    }

    [Theory]
    [InlineData("widgets", 0)]
    [InlineData("agents", 1)]
    public async Task Model_is_estimated_and_not_called(string collection, int tokens)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        await using var app = await AiBuilds.StartAsync(server, "--Ai:InputPrice", "3", "--Ai:OutputPrice", "15");

        var estimate = await EstimateAsync(app, $"v1/{collection}?dryRun=true", new { name = "W", prompt = "a counter" });
        var longer = await EstimateAsync(app, $"v1/{collection}?dryRun=true", new { name = "W", prompt = string.Join(' ', Enumerable.Repeat("counter", 1_000)) });

        Payload.AssertMatches("estimate.json", With(estimate, "tokens", "inputTokens", "maxCost"));
        Assert.Equal(tokens, estimate.GetProperty("tokens").GetInt32());
        var (first, second) = (estimate.GetProperty("firstCall"), longer.GetProperty("firstCall"));
        Assert.InRange(first.GetProperty("inputTokens").GetInt64(), 300, 5_000);
        Assert.Equal(999, second.GetProperty("inputTokens").GetInt64() - first.GetProperty("inputTokens").GetInt64(), tolerance: 5.0);
        Assert.True(first.GetProperty("maxCost").GetDecimal() > ((first.GetProperty("inputTokens").GetDecimal() * 3) + (256 * 15)) / 1_000_000);
        Assert.Equal(30m, estimate.GetProperty("build").GetProperty("maxCost").GetDecimal());
        Assert.Empty(server.Requests);
        await AssertNothingIsThereAsync(app);
    }

    [Fact]
    public async Task Build_costs_no_more_than_its_limit()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        await using var app = await AiBuilds.StartAsync(server, "--Ai:InputPrice", "3", "--Ai:OutputPrice", "15", "--Ai:BuildSpendingLimit", "1.5");

        var estimate = await EstimateAsync(app, "v1/widgets?dryRun=true", new { name = "W", prompt = "a counter" });

        Assert.Equal(1.5m, estimate.GetProperty("build").GetProperty("maxCost").GetDecimal());
    }

    [Fact]
    public async Task Draft_calls_no_model()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        await using var app = await AiBuilds.StartAsync(server);

        Assert.Equal(0, (await EstimateAsync(app, "v1/agents?dryRun=true", new { name = "A" })).GetProperty("build").GetProperty("maxTokens").GetInt64());
        await AssertNothingIsThereAsync(app);
    }

    [Fact]
    public async Task Request_is_checked_as_the_real_one_and_its_key_is_not_used_up()
    {
        await using var app = await TestApp.StartAsync();

        Assert.Equal(400, await StatusAsync(app.Client, "v1/widgets?dryRun=true", new { prompt = "a counter" }));
        Assert.Equal(400, await StatusAsync(app.Client, "v1/widgets?dryRun=yes", new { name = "W", prompt = "a counter" }));
        Assert.Equal(400, await StatusAsync(app.Client, "v1/agents?dryRun=", new { name = "W", prompt = "a counter" }));
        Assert.Equal(401, await StatusAsync(app.Anonymous, "v1/widgets?dryRun=true", new { name = "W", prompt = "a counter" }));
        Assert.Equal(200, await StatusAsync(app.Client, "v1/widgets?dryRun=true", new { name = "W", prompt = "a counter" }, "key"));
        Assert.Equal(202, await StatusAsync(app.Client, "v1/widgets?dryRun=false", new { name = "V", prompt = "a poll: a, b" }, "key"));
    }

    [Fact]
    public async Task Another_build_is_estimated_from_the_files_that_are_there()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AiBuilds.Whole);
        await using var app = await AiBuilds.StartAsync(server);
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        var created = await EstimateAsync(app, "v1/widgets?dryRun=true", new { name = "Counter", prompt = "in red" });

        var estimate = await EstimateAsync(app, $"v1/widgets/{widgetId}/builds?dryRun=true", new { prompt = "in red" });

        Assert.True(Tokens(estimate) > Tokens(created) + 10);
        Assert.Equal(404, await StatusAsync(app.OtherTenant, $"v1/widgets/{widgetId}/builds?dryRun=true", new { prompt = "in red" }));
        Assert.Equal(400, await StatusAsync(app.Client, $"v1/widgets/{widgetId}/builds?dryRun=true", new { }));
        Assert.Equal(400, await StatusAsync(app.Client, $"v1/widgets/{widgetId}/messages?dryRun=true", new { content = "in red" }));
        Assert.Single(server.Requests);
        Assert.Equal(2, (await app.WaitForMessagesAsync("widgets", widgetId, 2)).Length);

        static long Tokens(JsonElement estimate) => estimate.GetProperty("firstCall").GetProperty("inputTokens").GetInt64();
    }

    [Fact]
    public async Task Another_build_is_refused_as_the_real_one_while_one_runs()
    {
        var gate = new TaskCompletionSource<GenerationResult>();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(new FakeGenerator((_, _) => gate.Task)));
        var (widgetId, jobId) = await app.CreateWidgetAsync();

        Assert.Equal(409, await StatusAsync(app.Client, $"v1/widgets/{widgetId}/builds?dryRun=true", new { prompt = "in red" }));
        gate.SetResult(FakeGenerator.OneFile);
        await app.WaitUntilSettledAsync(jobId);
        Assert.Equal(200, await StatusAsync(app.Client, $"v1/widgets/{widgetId}/builds?dryRun=true", new { prompt = "in red" }));
    }

    private static async Task<JsonElement> EstimateAsync(TestApp app, string path, object body)
    {
        using var response = await app.Client.PostAsJsonAsync(path, body);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.ReadJsonAsync();
    }

    private static async Task<int> StatusAsync(HttpClient client, string path, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }

    /// <summary>The same with 0 in the place of the numbers that depend on what is built, and on our instructions.</summary>
    private static JsonElement With(JsonElement estimate, params string[] numbers)
    {
        var copy = JsonNode.Parse(estimate.GetRawText())!;
        foreach (var number in numbers)
        {
            var of = number == "tokens" ? copy : copy["firstCall"]!;
            of[number] = 0;
        }

        return JsonSerializer.SerializeToElement(copy);
    }

    private static async Task AssertNothingIsThereAsync(TestApp app)
    {
        Assert.Equal(0, (await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets")).GetProperty("total").GetInt32());
        Assert.Equal(0, (await app.Client.GetFromJsonAsync<JsonElement>("v1/agents")).GetProperty("total").GetInt32());
        var usage = await app.Client.GetFromJsonAsync<JsonElement>("v1/usage");
        Assert.Equal(1, usage.GetProperty("entries").GetArrayLength());
        Assert.Empty(app.Services.GetRequiredService<StorageAccount>().Artifacts.GetBlobs());
        Assert.Empty(await app.SweepEntriesAsync());
    }
}
