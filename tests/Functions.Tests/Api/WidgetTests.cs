using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Api.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

/// <summary>The Builder contract's widgets.</summary>
public sealed class WidgetTests
{
    private static readonly string[] PublicUrl = ["--Jobs:PublicUrl", "https://jobs.example"];

    [Fact]
    public async Task CreateWidget_with_a_prompt_is_the_documented_202()
    {
        await using var app = await TestApp.StartAsync(arguments: PublicUrl);

        using var response = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "Counter", prompt = "a counter" });

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var body = await response.ReadJsonAsync();
        Payload.AssertMatches("001-widget-accepted.json", body);
        Assert.Equal($"/v1/jobs/{body.GetProperty("jobId").GetString()}", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task CreateWidget_without_a_prompt_is_the_documented_201_and_starts_no_job()
    {
        await using var app = await TestApp.StartAsync(arguments: PublicUrl);

        using var response = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "Draft" });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await response.ReadJsonAsync();
        Payload.AssertMatches("001-widget-created.json", body);
        using var publish = await app.Client.PostAsync($"v1/widgets/{body.GetProperty("widgetId").GetString()}/publish", null);
        Assert.Equal(HttpStatusCode.Conflict, publish.StatusCode);
        Assert.Equal("The widget has not been built yet.", (await publish.ReadJsonAsync()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task GetWidget_and_ListWidgets_are_the_documented_payloads()
    {
        await using var app = await TestApp.StartAsync(arguments: PublicUrl);
        using var created = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "Daily Joke" });
        var widgetId = (await created.ReadJsonAsync()).GetProperty("widgetId").GetString();

        Payload.AssertMatches("001-widget.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/widgets/{widgetId}"));
        Payload.AssertMatches("001-widget-list.json", await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets"));
    }

    [Fact]
    public async Task ListWidgets_pages_newest_first_and_counts_all()
    {
        await using var app = await TestApp.StartAsync();
        for (var i = 1; i <= 5; i++)
        {
            using var created = await app.Client.PostAsJsonAsync("v1/widgets", new { name = $"Widget {i}" });
            await Task.Delay(2);
        }

        var second = await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets?page=2&limit=2");
        var past = await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets?page=9&limit=2");
        var none = await app.OtherTenant.GetFromJsonAsync<JsonElement>("v1/widgets");

        Assert.Equal(["Widget 3", "Widget 2"], second.GetProperty("widgets").EnumerateArray().Select(w => w.GetProperty("name").GetString()));
        Assert.Equal((5, 2, 3, 2), Numbers(second));
        Assert.Equal(0, past.GetProperty("widgets").GetArrayLength());
        Assert.Equal((5, 9, 3, 2), Numbers(past));
        Assert.Equal((0, 1, 1, 20), Numbers(none));

        static (int, int, int, int) Numbers(JsonElement list) => (
            list.GetProperty("total").GetInt32(),
            list.GetProperty("page").GetInt32(),
            list.GetProperty("pages").GetInt32(),
            list.GetProperty("limit").GetInt32());
    }

    [Theory]
    [InlineData("page=1&limit=100", 200)]
    [InlineData("limit=101", 400)]
    [InlineData("limit=0", 400)]
    [InlineData("page=0", 400)]
    [InlineData("page=100000", 200)]
    [InlineData("page=100001", 400)]
    [InlineData("page=-1", 400)]
    [InlineData("page=1.5", 400)]
    [InlineData("page=two", 400)]
    [InlineData("page=", 400)]
    [InlineData("page=1&page=2", 400)]
    [InlineData("limit=99999999999999999999", 400)]
    public async Task ListWidgets_paging_outside_its_limits_is_400(string query, int expected)
    {
        await using var app = await TestApp.StartAsync();

        using var response = await app.Client.GetAsync($"v1/widgets?{query}");

        Assert.Equal(expected, (int)response.StatusCode);
    }

    public static TheoryData<string, int, string> Bodies => new()
    {
        { """{"name":"A"}""", 201, "" },
        { """{"name":"A","unknown":[1,{"x":null}]}""", 201, "" },
        { """{"name":"A","description":null,"prompt":null}""", 201, "" },
        { Json(new { name = new string('é', CreateResourceRequest.MaxNameLength) }), 201, "" },
        { Json(new { name = string.Concat(Enumerable.Repeat("😀", CreateResourceRequest.MaxNameLength)) }), 201, "" },
        { Json(new { name = new string('n', CreateResourceRequest.MaxNameLength + 1) }), 400, "'name' must have 1 to 200 characters, not 201." },
        { Json(new { name = "A", description = new string('d', CreateResourceRequest.MaxDescriptionLength) }), 201, "" },
        { Json(new { name = "A", description = new string('d', CreateResourceRequest.MaxDescriptionLength + 1) }), 400, "'description' must have 0 to 2000 characters, not 2001." },
        { $"{{\"name\":\"A\",\"prompt\":\"{string.Concat(Enumerable.Repeat("😀", CreateResourceRequest.MaxPromptLength))}\"}}", 202, "" },
        { Json(new { name = "A", prompt = new string('p', CreateResourceRequest.MaxPromptLength + 1) }), 400, "'prompt' must have 1 to 32000 characters, not 32001." },
        { """{"name":""}""", 400, "'name' must have 1 to 200 characters, not 0." },
        { """{"name":"  "}""", 400, "'name' must not be blank." },
        { """{"name":"A","prompt":""}""", 400, "'prompt' must have 1 to 32000 characters, not 0." },
        { """{}""", 400, "'name' is required." },
        { """{"name":5}""", 400, "'name' must be a string, not a number." },
        { """{"name":["A"],"prompt":true}""", 400, "'name' must be a string, not an array. 'prompt' must be a string, not a boolean." },
        { """{"name":{}}""", 400, "'name' must be a string, not an object." },
        { """{"name":"\ud800"}""", 400, "'name' must be valid Unicode text." },
        { """[]""", 400, "The body must be a JSON object." },
        { """null""", 400, "The body must be a JSON object." },
        { "", 400, "The body is not valid JSON (line 1, byte 1)." },
        { "{\"name\":\n\"A\",}", 400, "The body is not valid JSON (line 2, byte 5)." },
        { string.Concat(Enumerable.Repeat("{\"name\":", 40)), 400, "The body is not valid JSON" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task CreateWidget_body_at_and_past_each_rule_says_what_is_wrong(string json, int expected, string detail)
    {
        await using var app = await TestApp.StartAsync();

        using var response = await app.Client.PostAsync("v1/widgets", new StringContent(json, Encoding.UTF8, "application/json"));

        Assert.Equal(expected, (int)response.StatusCode);
        if (expected == 400)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = await response.ReadJsonAsync();
            Assert.StartsWith(detail, problem.GetProperty("detail").GetString());
            Assert.Equal(400, problem.GetProperty("status").GetInt32());
            Assert.Equal("Bad Request", problem.GetProperty("title").GetString());
            Assert.Contains(problem.GetProperty("code").GetString(), new[] { "invalid_request", "invalid_json" });
        }
    }

    [Fact]
    public async Task CreateWidget_invalid_utf8_is_400()
    {
        await using var app = await TestApp.StartAsync();

        using var response = await app.Client.PostAsync("v1/widgets", new ByteArrayContent([.. "{\"name\":\""u8, 0xFF, 0xFE, .. "\"}"u8]));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData(RequestBody.MaxBytes, true, 201)]
    [InlineData(RequestBody.MaxBytes, false, 201)]
    [InlineData(RequestBody.MaxBytes + 1, true, 413)]
    [InlineData(RequestBody.MaxBytes + 1, false, 413)]
    public async Task CreateWidget_body_size_at_and_past_the_limit(int bytes, bool withLength, int expected)
    {
        await using var app = await TestApp.StartAsync();
        var json = "{\"name\":\"A\",\"x\":\"" + new string('x', bytes - 19) + "\"}";
        Assert.Equal(bytes, json.Length);
        using HttpContent content = withLength ? new StringContent(json) : new StreamContent(new Unseekable(Encoding.UTF8.GetBytes(json)));

        using var response = await app.Client.PostAsync("v1/widgets", content);

        Assert.Equal(expected, (int)response.StatusCode);
        if (expected == 413)
        {
            Assert.Equal("body_too_large", (await response.ReadJsonAsync()).GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task Build_refines_the_files_that_are_there_with_the_earlier_prompts()
    {
        var requests = new List<GenerationRequest>();
        var generator = new FakeGenerator((request, _) =>
        {
            requests.Add(request);
            return Task.FromResult(FakeGenerator.OneFile);
        });
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(generator));
        var (widgetId, jobId) = await app.CreateWidgetAsync("first");
        await app.WaitUntilSettledAsync(jobId);

        using var response = await app.Client.PostAsJsonAsync($"v1/widgets/{widgetId}/builds", new { prompt = "second" });
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var body = await response.ReadJsonAsync();
        var second = body.GetProperty("jobId").GetString()!;
        await app.WaitUntilSettledAsync(second);

        Assert.NotEqual(jobId, second);
        Assert.Equal(widgetId, body.GetProperty("widgetId").GetString());
        Assert.Empty(requests[0].Current.Files);
        Assert.Equal("second", requests[1].Prompt);
        Assert.Equal(["first"], requests[1].EarlierPrompts);
        Assert.Equal(["src/App.tsx"], requests[1].Current.Files.Keys);
    }

    [Fact]
    public async Task Build_while_one_is_running_is_409_and_of_many_at_once_one_starts()
    {
        var gate = new TaskCompletionSource<CompileResult>();
        await using var app = await TestApp.StartAsync(services =>
            services.AddSingleton<IWidgetCompiler>(new FakeCompiler { OnCompile = _ => gate.Task }));
        var (widgetId, jobId) = await app.CreateWidgetAsync();

        using var refused = await app.Client.PostAsJsonAsync($"v1/widgets/{widgetId}/builds", new { prompt = "again" });
        gate.SetResult(new CompileResult.Failed("no"));
        await app.WaitUntilSettledAsync(jobId);
        var many = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.Client.PostAsJsonAsync($"v1/widgets/{widgetId}/builds", new { prompt = "again" })));

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("build_running", (await refused.ReadJsonAsync()).GetProperty("code").GetString());
        // The build is quick here, so a late request may find the widget free again; what may not happen is that two run at once.
        Assert.Contains(many, response => response.StatusCode == HttpStatusCode.Accepted);
        Assert.All(many, response => Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.Conflict }));
    }

    [Fact]
    public async Task Files_lists_and_reads_the_generated_files()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);

        var list = await app.Client.GetFromJsonAsync<JsonElement>($"v1/widgets/{widgetId}/files");
        var paths = list.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("path").GetString()!).ToArray();
        using var file = await app.Client.GetAsync($"v1/widgets/{widgetId}/files/src/App.tsx");
        using var missing = await app.Client.GetAsync($"v1/widgets/{widgetId}/files/src/Missing.tsx");
        using var climbing = await app.Client.GetAsync($"v1/widgets/{widgetId}/files/..%2f..%2fetc%2fpasswd");

        Assert.Contains("src/App.tsx", paths);
        Assert.Equal("text/plain", file.Content.Headers.ContentType?.MediaType);
        Assert.Contains("export default", await file.Content.ReadAsStringAsync());
        Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("file_not_found", (await missing.ReadJsonAsync()).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.NotFound, climbing.StatusCode);
    }

    [Fact]
    public async Task Delete_is_permanent_and_404_the_second_time()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        using var publish = await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null);
        Assert.Equal(HttpStatusCode.OK, publish.StatusCode);

        using var first = await app.Client.DeleteAsync($"v1/widgets/{widgetId}");
        using var second = await app.Client.DeleteAsync($"v1/widgets/{widgetId}");
        using var get = await app.Client.GetAsync($"v1/widgets/{widgetId}");
        using var page = await app.Anonymous.GetAsync($"w/{widgetId}/");
        using var files = await app.Client.GetAsync($"v1/widgets/{widgetId}/files");
        var list = await app.Client.GetFromJsonAsync<JsonElement>("v1/widgets");

        Assert.Equal("""{"success":true}""", await first.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, get.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, files.StatusCode);
        Assert.Equal(0, list.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Delete_while_a_build_is_running_stops_the_build()
    {
        var gate = new TaskCompletionSource<GenerationResult>();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(new FakeGenerator((_, _) => gate.Task)));
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitForJobAsync(jobId, job => job.GetProperty("status").GetString() == "building");

        using var deleted = await app.Client.DeleteAsync($"v1/widgets/{widgetId}");
        gate.SetResult(FakeGenerator.OneFile);
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal("failed", job.GetProperty("status").GetString());
        Assert.Equal("The build was cancelled.", job.GetProperty("error").GetString());
    }

    public static TheoryData<string, string> WidgetCalls => new()
    {
        { "GET", "v1/widgets/{0}" },
        { "DELETE", "v1/widgets/{0}" },
        { "POST", "v1/widgets/{0}/builds" },
        { "POST", "v1/widgets/{0}/publish" },
        { "GET", "v1/widgets/{0}/files" },
        { "GET", "v1/widgets/{0}/files/src/App.tsx" },
    };

    [Theory]
    [MemberData(nameof(WidgetCalls))]
    public async Task Every_call_on_another_tenants_widget_is_404_as_for_one_that_does_not_exist(string method, string route)
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);

        var theirs = await CallAsync(app.OtherTenant, widgetId);
        var nobodys = await CallAsync(app.OtherTenant, "0000000000");
        var malformed = await CallAsync(app.OtherTenant, "x%7Cy");

        Assert.Equal(404, theirs.Status);
        Assert.Equal(nobodys, theirs);
        Assert.Equal(nobodys, malformed);
        Assert.NotNull(await app.Client.GetFromJsonAsync<JsonElement?>($"v1/widgets/{widgetId}"));

        async Task<(int Status, string Body)> CallAsync(HttpClient client, string id)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), string.Format(null, route, id));
            if (method == "POST")
            {
                request.Content = JsonContent.Create(new { prompt = "steal" });
            }

            using var response = await client.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    private static string Json(object value) => JsonSerializer.Serialize(value);

    /// <summary>Content whose length is not known, so that it is sent in chunks.</summary>
    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
