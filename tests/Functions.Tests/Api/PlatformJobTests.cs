using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Functions.Api.Platform;
using Jobs.Functions.Capacity;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Work;

namespace Jobs.Functions.Tests.Api;

/// <summary>Contract 004: what every type of work has in common.</summary>
public sealed class PlatformJobTests
{
    private const string Row = """{"title":"Tea","text":"Tea is a drink."}""";

    [Fact]
    public async Task Job_is_accepted_as_documented()
    {
        await using var app = await WorkApp.StartAsync();

        using var response = await app.Client.PostJobAsync("import", new { format = "jsonl", content = Row });
        var body = await response.ReadJsonAsync();

        Assert.Equal(202, (int)response.StatusCode);
        Payload.AssertMatches("004-job-accepted.json", body);
        Assert.Equal($"/v1/api/jobs/{body.GetProperty("data").GetProperty("id").GetString()}", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Job_shows_how_far_it_is_and_what_has_come_out_so_far()
    {
        var gate = new TaskCompletionSource();
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(async (number, _) =>
        {
            if (number == 1)
            {
                await gate.Task;
                return FakeJobHandler.OneError;
            }

            return FakeJobHandler.OneResult;
        }));
        var id = await app.Client.CreateJobAsync("test_work", new { });

        await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() == 50);
        using var response = await app.Client.GetAsync($"v1/api/jobs/{id}");
        Payload.AssertMatches("004-job-running.json", await response.ReadJsonAsync());
        Assert.Equal(PlatformJobFunctions.PollInterval, response.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        var page = await app.Client.GetDataAsync($"v1/api/jobs/{id}/results");
        Assert.Equal("good", Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("word").GetString());
        var cursor = page.GetProperty("nextCursor").GetString();

        gate.SetResult();
        var job = await app.Client.WaitForWorkAsync(id);
        Assert.Equal(1, job.GetProperty("result").GetProperty("good").GetInt32());
        Assert.Empty(await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results", cursor: cursor));
        Assert.Equal("bad", Assert.Single(await app.Client.ReadAllAsync($"v1/api/jobs/{id}/errors")).GetProperty("word").GetString());
    }

    [Fact]
    public async Task Pages_end_before_a_batch_that_is_not_done_so_that_the_next_misses_nothing()
    {
        var gate = new TaskCompletionSource();
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(async (number, _) =>
        {
            await (number == 0 ? gate.Task : Task.CompletedTask);
            return FakeJobHandler.OneResult;
        }));
        var id = await app.Client.CreateJobAsync("test_work", new { });
        await app.Client.WaitForWorkAsync(id, job => job.GetProperty("progress").GetInt32() == 50);

        var page = await app.Client.GetDataAsync($"v1/api/jobs/{id}/results");
        Assert.Empty(page.GetProperty("items").EnumerateArray());
        gate.SetResult();
        await app.Client.WaitForWorkAsync(id);

        Assert.Equal(2, (await app.Client.ReadAllAsync($"v1/api/jobs/{id}/results", limit: 1, page.GetProperty("nextCursor").GetString())).Count);
    }

    [Fact]
    public async Task Job_that_the_caller_knows_is_304()
    {
        await using var app = await WorkApp.StartAsync();
        var id = await app.Client.CreateJobAsync("test_work", new { });
        await app.Client.WaitForWorkAsync(id);
        using var first = await app.Client.GetAsync($"v1/api/jobs/{id}");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"v1/api/jobs/{id}");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await app.Client.SendAsync(request);

        Assert.Equal(304, (int)second.StatusCode);
        Assert.Null(first.Headers.RetryAfter);
    }

    [Fact]
    public async Task Rerun_is_a_new_job_as_documented_and_waits_for_the_first_to_end()
    {
        var gate = new TaskCompletionSource();
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(async (_, _) => { await gate.Task; return FakeJobHandler.OneResult; }));
        var running = await app.Client.CreateJobAsync("test_work", new { });
        using var early = await app.Client.PostAsync($"v1/api/jobs/{running}/rerun", null);
        Assert.Equal((409, "job_running"), ((int)early.StatusCode, (await early.ReadJsonAsync()).GetProperty("error").GetProperty("code").GetString()));
        gate.SetResult();

        var first = await app.Client.ImportAsync(Row);
        await app.Client.WaitForWorkAsync(first);
        using var response = await app.Client.PostAsync($"v1/api/jobs/{first}/rerun", null);
        var body = await response.ReadJsonAsync();

        Assert.Equal(202, (int)response.StatusCode);
        Payload.AssertMatches("004-job-rerun.json", body);
        Assert.Equal(first, body.GetProperty("data").GetProperty("originalJobId").GetString());
        var again = await app.Client.WaitForWorkAsync(body.GetProperty("data").GetProperty("id").GetString()!);
        Assert.Equal((first, 1), (again.GetProperty("originalJobId").GetString(), again.GetProperty("result").GetProperty("documentsUnchanged").GetInt32()));
    }

    [Fact]
    public async Task Ten_reruns_at_once_with_one_key_are_one_job()
    {
        await using var app = await WorkApp.StartAsync();
        var first = await app.Client.CreateJobAsync("test_work", new { });
        await app.Client.WaitForWorkAsync(first);

        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            while (true)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/api/jobs/{first}/rerun") { Headers = { { "Idempotency-Key", "again" } } };
                using var response = await app.Client.SendAsync(request);
                if ((int)response.StatusCode == 202)
                {
                    return (await response.ReadJsonAsync()).GetProperty("data").GetProperty("id").GetString();
                }

                Assert.Equal(409, (int)response.StatusCode);
                await Task.Delay(20);
            }
        }));

        Assert.Single(ids.Distinct());
        Assert.Equal(2, (await app.Client.ReadAllAsync("v1/api/jobs", limit: 100)).Count);
    }

    [Fact]
    public async Task Cancel_stops_the_work_within_two_seconds_and_is_final()
    {
        var started = new TaskCompletionSource();
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(async (_, stop) =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, stop);
            return FakeJobHandler.OneResult;
        }));
        var id = await app.Client.CreateJobAsync("test_work", new { });
        await started.Task;

        using var response = await app.Client.PostAsync($"v1/api/jobs/{id}/cancel", null);
        var asked = DateTime.UtcNow;
        Assert.Equal(202, (int)response.StatusCode);
        await app.Client.WaitForWorkAsync(id);
        Assert.True(DateTime.UtcNow - asked < TimeSpan.FromSeconds(2));

        Payload.AssertMatches("004-job-cancelled.json", await app.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{id}"));
        using var late = await app.Client.PostAsync($"v1/api/jobs/{id}/cancel", null);
        Assert.Equal((409, "job_ended"), ((int)late.StatusCode, (await late.ReadJsonAsync()).GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Batch_that_fails_for_a_while_is_tried_again_and_those_that_are_done_are_not_repeated()
    {
        var failures = 0;
        var handler = new FakeJobHandler((number, _) => number == 1 && Interlocked.Increment(ref failures) == 1
            ? throw new WorkException("It is raining.", isTransient: true)
            : Task.FromResult(FakeJobHandler.OneResult));
        await using var app = await WorkApp.StartAsync(handler);

        var job = await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("test_work", new { }));

        Assert.Equal(2, job.GetProperty("result").GetProperty("good").GetInt32());
        Assert.Equal(3, handler.Runs);
    }

    [Fact]
    public async Task Batch_that_fails_for_good_ends_the_job_with_its_reason()
    {
        await using var app = await WorkApp.StartAsync(new FakeJobHandler((_, _) => throw new WorkException("The file is gone.", isTransient: false)));

        var job = await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("test_work", new { }));

        Assert.Equal(("failed", "The file is gone."), (job.Status(), job.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Organisation_whose_work_takes_all_its_places_does_not_keep_another_waiting()
    {
        var gate = new TaskCompletionSource();
        var handler = new FakeJobHandler { Before = work => work.Tenant == "acme" ? gate.Task : Task.CompletedTask };
        await using var app = await WorkApp.StartAsync(handler);
        var ids = new List<string>();
        for (var i = 0; i < WorkTurns.MaxBatchesOfOne; i++)
        {
            ids.Add(await app.Client.CreateJobAsync("test_work", new { }));
        }

        while (handler.Runs < WorkTurns.MaxBatchesOfOne)
        {
            await Task.Delay(10);
        }

        await app.OtherTenant.WaitForWorkAsync(await app.OtherTenant.CreateJobAsync("test_work", new { }));
        Assert.Equal(WorkTurns.MaxBatchesOfOne + 2, handler.Runs);

        gate.SetResult();
        foreach (var id in ids)
        {
            Assert.Equal("completed", (await app.Client.WaitForWorkAsync(id)).Status());
        }
    }

    [Fact]
    public async Task Cancel_of_a_job_that_waits_for_a_place_is_noticed_at_once()
    {
        var gate = new TaskCompletionSource();
        var handler = new FakeJobHandler { Before = _ => gate.Task };
        await using var app = await WorkApp.StartAsync(handler);
        for (var i = 0; i < WorkTurns.MaxBatchesOfOne; i++)
        {
            await app.Client.CreateJobAsync("test_work", new { });
        }

        while (handler.Runs < WorkTurns.MaxBatchesOfOne)
        {
            await Task.Delay(10);
        }

        var waiting = await app.Client.CreateJobAsync("test_work", new { });
        using var response = await app.Client.PostAsync($"v1/api/jobs/{waiting}/cancel", null);

        Assert.Equal(202, (int)response.StatusCode);
        Assert.Equal("cancelled", (await app.Client.WaitForWorkAsync(waiting)).Status());
        gate.SetResult();
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/results")]
    [InlineData("GET", "/errors")]
    [InlineData("POST", "/rerun")]
    [InlineData("POST", "/cancel")]
    public async Task Job_of_another_organisation_and_an_id_that_is_none_are_404(string method, string route)
    {
        await using var app = await WorkApp.StartAsync();
        var id = await app.Client.CreateJobAsync("test_work", new { });
        await app.Client.WaitForWorkAsync(id);
        var (_, widgetJob) = await app.CreateWidgetAsync();

        foreach (var (client, jobId) in new[] { (app.OtherTenant, id), (app.Client, "job_1_000000000000"), (app.Client, "job_abc123"), (app.Client, "x"), (app.Client, widgetJob) })
        {
            using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"v1/api/jobs/{jobId}{route}"));
            Assert.Equal(404, (int)response.StatusCode);
            Payload.AssertMatches("004-error.json", await response.ReadJsonAsync());
        }

        using var other = await app.Client.GetAsync($"v1/jobs/{id}");
        Assert.Equal(404, (int)other.StatusCode);
    }

    [Theory]
    [InlineData("GET", "v1/api/jobs")]
    [InlineData("POST", "v1/api/jobs")]
    [InlineData("GET", "v1/api/jobs/job_1_000000000000")]
    [InlineData("POST", "v1/api/uploads")]
    public async Task Caller_without_a_key_gets_401_in_the_envelope(string method, string path)
    {
        await using var app = await WorkApp.StartAsync();

        using var response = await app.Anonymous.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        var body = await response.ReadJsonAsync();

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(JsonValueKind.Null, body.GetProperty("data").ValueKind);
        Assert.Equal("unauthorized", body.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("""{"type":"teleport","input":{}}""", "'type' must be one of: import, test_work, web_crawling.")]
    [InlineData("""{"input":{}}""", "'type' is required.")]
    [InlineData("""{"type":"test_work"}""", "'input' is required.")]
    [InlineData("""{"type":"test_work","input":null}""", "'input' is required.")]
    [InlineData("""{"type":"test_work","input":[]}""", "'input' must be an object, not an array.")]
    public async Task Request_that_breaks_a_rule_is_400(string body, string message)
    {
        await using var app = await WorkApp.StartAsync();

        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await app.Client.PostAsync("v1/api/jobs", content);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(message, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task List_gives_the_organisations_jobs_by_type_and_status_page_by_page()
    {
        await using var app = await WorkApp.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await app.Client.CreateJobAsync("test_work", new { }));
        }

        var failed = await app.Client.ImportAsync("{}");
        await app.OtherTenant.CreateJobAsync("test_work", new { });
        foreach (var id in ids.Append(failed))
        {
            await app.Client.WaitForWorkAsync(id);
        }

        Assert.Equal(ids.Append(failed).Order(StringComparer.Ordinal), (await IdsAsync("v1/api/jobs", 100)).Order(StringComparer.Ordinal));
        Assert.Equal(4, (await IdsAsync("v1/api/jobs", 1)).Distinct().Count());
        Assert.Equal([failed], await IdsAsync("v1/api/jobs?type=import", 2));
        Assert.Equal([failed], await IdsAsync("v1/api/jobs?status=failed", 1));
        Assert.Empty(await IdsAsync("v1/api/jobs?type=import&status=completed", 2));
        foreach (var query in new[] { "type=teleport", "status=done", "limit=0", "limit=101", "cursor=x", "status=failed&status=failed" })
        {
            using var response = await app.Client.GetAsync($"v1/api/jobs?{query}");
            Assert.Equal(400, (int)response.StatusCode);
        }

        async Task<List<string>> IdsAsync(string path, int limit) => [.. (await app.Client.ReadAllAsync(path, limit)).Select(job => job.GetProperty("id").GetString()!)];
    }

    [Fact]
    public async Task As_much_unfinished_work_as_may_be_is_taken_and_no_more()
    {
        var gate = new TaskCompletionSource();
        await using var app = await WorkApp.StartAsync(
            new FakeJobHandler(async (_, _) => { await gate.Task; return FakeJobHandler.OneResult; }), "--Jobs:MaxUnfinished", "2");
        var first = await app.Client.CreateJobAsync("test_work", new { });
        await app.Client.CreateJobAsync("test_work", new { });

        using (var refused = await app.Client.PostJobAsync("test_work", new { }))
        {
            Assert.Equal((429, "too_much_unfinished"), ((int)refused.StatusCode, (await refused.ReadJsonAsync()).GetProperty("error").GetProperty("code").GetString()));
        }

        await app.OtherTenant.CreateJobAsync("test_work", new { });
        gate.SetResult();
        await app.Client.WaitForWorkAsync(first);
        var deadline = DateTime.UtcNow.AddSeconds(90);
        for (var status = 0; status != 202;)
        {
            using var response = await app.Client.PostJobAsync("test_work", new { });
            status = (int)response.StatusCode;
            Assert.True(DateTime.UtcNow < deadline);
        }
    }

    [Theory]
    [InlineData(WorkLimits.MaxUploadBytes, 201)]
    [InlineData(WorkLimits.MaxUploadBytes + 1, 413)]
    [InlineData(0, 400)]
    public async Task Upload_may_have_20_MiB_and_not_a_byte_more(int bytes, int status)
    {
        await using var app = await WorkApp.StartAsync();

        using var response = await app.Client.PostAsync("v1/api/uploads", new ByteArrayContent(new byte[bytes]));

        Assert.Equal(status, (int)response.StatusCode);
    }
}
