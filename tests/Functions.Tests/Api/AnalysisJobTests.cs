using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Functions.Api.Analysis;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Tests.Identity;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

/// <summary>Contract 003, whatever the type.</summary>
public sealed class AnalysisJobTests
{
    [Fact]
    public async Task Job_is_accepted_as_documented_by_both_routes()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann", "admin");

        using var preview = await user.PostAsJsonAsync("api/admin/prompts/preview", new { prompt = "Hello" });
        using var job = await user.PostAsJsonAsync("api/jobs", new { type = "AI_PREVIEW", input = new { prompt = "Hello" } });

        foreach (var response in new[] { preview, job })
        {
            var body = await response.ReadJsonAsync();
            Assert.Equal(202, (int)response.StatusCode);
            Payload.AssertMatches("003-job-pending.json", body);
            Assert.Equal($"/api/jobs/{body.GetProperty("id").GetString()}", response.Headers.Location!.OriginalString);
        }
    }

    [Fact]
    public async Task Job_is_shown_as_documented_in_every_state()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartOpenAiAsync(
            OpenAiAnswers.Stream(["The main market risks are ", "price volatility and limited market access."]) with { Gate = gate.Task });
        await using var app = await AnalysisApp.StartAsync(arguments: AnalysisApp.Ai(server));
        using var user = await app.NewUserAsync("ann");
        var id = await user.PreviewAsync("Which are the main market risks?");

        await server.WaitForRequestsAsync(1);
        using var running = await user.GetAsync($"api/jobs/{id}");
        Payload.AssertMatches("003-job-processing.json", await running.ReadJsonAsync());
        Assert.Equal(AnalysisFunctions.PollInterval, running.Headers.RetryAfter!.Delta!.Value.TotalSeconds);

        gate.SetResult();
        Payload.AssertMatches("003-job-completed.json", await user.WaitForAnalysisAsync(id));
        using var ended = await user.GetAsync($"api/jobs/{id}");
        Assert.Null(ended.Headers.RetryAfter);

        var waiting = await LayAsync(app, "ann");
        Payload.AssertMatches("003-job-pending.json", await user.GetFromJsonAsync<JsonElement>($"api/jobs/{waiting}"));
        var store = app.Services.GetRequiredService<JobStore>();
        await store.ApplyAsync(waiting, new JobEvent.CancelAsked(DateTimeOffset.UtcNow), known: null, CancellationToken.None);
        await store.ApplyAsync(waiting, new JobEvent.Cancelled(DateTimeOffset.UtcNow), known: null, CancellationToken.None);
        Payload.AssertMatches("003-job-cancelled.json", await user.GetFromJsonAsync<JsonElement>($"api/jobs/{waiting}"));
    }

    [Theory]
    [InlineData(JobStatus.Queued, "PENDING")]
    [InlineData(JobStatus.Running, "PROCESSING")]
    [InlineData(JobStatus.WaitingForInput, "PROCESSING")]
    [InlineData(JobStatus.Succeeded, "COMPLETED")]
    [InlineData(JobStatus.Merged, "COMPLETED")]
    [InlineData(JobStatus.Failed, "FAILED")]
    [InlineData(JobStatus.Cancelled, "FAILED")]
    public void Status_has_a_word(JobStatus status, string expected) => Assert.Equal(expected, AnalysisResponses.StatusOf(status));

    [Fact]
    public async Task Attempts_are_counted_while_the_job_works_and_its_start_stays_the_first()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runs = 0;
        await using var app = await AnalysisApp.StartAsync(AnalysisApp.Handler(async (number, _) =>
        {
            if (number == 0)
            {
                return FakeJobHandler.OneResult;
            }

            if (Interlocked.Increment(ref runs) == 1)
            {
                throw new WorkException("It is raining.", isTransient: true);
            }

            await gate.Task;
            return FakeJobHandler.OneResult;
        }));
        using var user = await app.NewUserAsync("ann");
        var id = await user.CreateAnalysisJobAsync();
        var first = await user.WaitForAnalysisAsync(id, job => job.GetProperty("attempts").GetInt32() == 1);

        var second = await user.WaitForAnalysisAsync(id, job => job.GetProperty("attempts").GetInt32() == 2);
        gate.SetResult();
        var ended = await user.WaitForAnalysisAsync(id);

        Assert.Equal("PROCESSING", second.Status());
        Assert.Equal(("COMPLETED", 2), (ended.Status(), ended.GetProperty("attempts").GetInt32()));
        Assert.Equal(first.GetProperty("startedAt").GetString(), ended.GetProperty("startedAt").GetString());
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public async Task Job_that_fails_has_as_many_attempts_as_made_sense(bool isTransient, int expected)
    {
        await using var app = await AnalysisApp.StartAsync(AnalysisApp.Handler((_, _) => throw new WorkException("It is raining.", isTransient)));
        using var user = await app.NewUserAsync("ann");

        var job = await user.WaitForAnalysisAsync(await user.CreateAnalysisJobAsync());

        Assert.Equal(("FAILED", "It is raining.", expected), (job.Status(), job.GetProperty("error").GetString(), job.GetProperty("attempts").GetInt32()));
    }

    [Fact]
    public async Task No_more_than_three_attempts_are_shown()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann");
        var id = await LayAsync(app, "ann");
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            await app.Services.GetRequiredService<JobStore>().ApplyAsync(id, new JobEvent.AttemptStarted(DateTimeOffset.UtcNow, "Working"), known: null, CancellationToken.None);
            Assert.Equal(Math.Min(attempt, WorkLimits.MaxAttempts), (await user.GetFromJsonAsync<JsonElement>($"api/jobs/{id}")).GetProperty("attempts").GetInt32());
        }
    }

    [Fact]
    public async Task Job_that_the_caller_knows_is_304_and_its_id_may_be_written_in_capitals()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann");
        var id = await user.CreateAnalysisJobAsync();
        await user.WaitForAnalysisAsync(id);
        using var first = await user.GetAsync($"api/jobs/{id.ToUpperInvariant()}");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/jobs/{id}");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await user.SendAsync(request);

        Assert.Equal((200, 304), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal(id, (await first.ReadJsonAsync()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("status2")]
    [InlineData("550e8400e29b41d4a716446655440000")]
    [InlineData("550e8400-e29b-41d4-a716-44665544000")]
    [InlineData("550e8400-e29b-41d4-a716-4466554400000")]
    [InlineData("550e8400-e29b-41d4-a716-44665544000g")]
    [InlineData("%7B550e8400-e29b-41d4-a716-446655440000%7D")]
    [InlineData("%20550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("+50e8400-e29b-41d4-a716-446655440000")]
    [InlineData("0x0e8400-e29b-41d4-a716-446655440000")]
    [InlineData("job_1776081418601_b5049f7fd47c")]
    [InlineData("%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1-e29b-41d4-a716-446655440000")]
    public async Task Malformed_id_is_400(string id)
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann");

        using var response = await user.GetAsync($"api/jobs/{id}");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Payload.AssertMatches("003-error-malformed-id.json", await response.ReadJsonAsync());
    }

    [Fact]
    public async Task Jobs_of_another_user_are_404_as_those_that_do_not_exist_and_in_nobodys_list()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var ann = await app.NewUserAsync("ann", "admin");
        using var bob = await app.NewUserAsync("bob", "admin");
        var id = await ann.CreateAnalysisJobAsync();
        await ann.WaitForAnalysisAsync(id);
        using var sent = await ann.PostAsync("api/documents", new ByteArrayContent("Tea"u8.ToArray()));
        var documentId = (await sent.ReadJsonAsync()).GetProperty("documentId").GetString()!;

        foreach (var unknown in new[] { id, Ids.NewJobUuid(DateTimeOffset.UtcNow), "550e8400-e29b-41d4-a716-446655440000", Guid.Empty.ToString() })
        {
            using var response = await bob.GetAsync($"api/jobs/{unknown}");
            Assert.Equal(404, (int)response.StatusCode);
            Payload.AssertMatches("003-error-not-found.json", await response.ReadJsonAsync());
        }

        Assert.Empty(await IdsAsync(bob, "api/jobs"));
        Assert.Empty(await IdsAsync(bob, $"api/jobs?cursor={id}"));
        Assert.Equal([id], await IdsAsync(ann, "api/jobs"));
        var uploads = app.Services.GetRequiredService<Uploads>();
        Assert.NotNull(await uploads.FindAsync(TenantOf(app, "ann"), documentId, CancellationToken.None));
        Assert.Null(await uploads.FindAsync(TenantOf(app, "bob"), documentId, CancellationToken.None));
    }

    [Fact]
    public async Task User_of_the_same_name_of_another_issuer_is_somebody_else()
    {
        await using var first = await TestIssuer.StartAsync();
        await using var second = await TestIssuer.StartAsync();
        var data = Directory.CreateTempSubdirectory("jobs-issuers-");
        string id;
        await using (var app = await AnalysisApp.StartAsync(data: data.FullName, arguments: first.Settings))
        {
            using var ann = app.NewClient(first.Token());
            id = await ann.CreateAnalysisJobAsync();
            await ann.WaitForAnalysisAsync(id);
            using var foreign = app.NewClient(second.Token());
            Assert.Equal(401, (int)(await foreign.GetAsync($"api/jobs/{id}")).StatusCode);
        }

        await using (var app = await AnalysisApp.StartAsync(data: data.FullName, arguments: second.Settings))
        {
            using var ann = app.NewClient(second.Token());
            Assert.Equal(404, (int)(await ann.GetAsync($"api/jobs/{id}")).StatusCode);
            Assert.Empty(await IdsAsync(ann, "api/jobs"));
        }

        await using (var app = await AnalysisApp.StartAsync(data: data.FullName, arguments: first.Settings))
        {
            using var ann = app.NewClient(first.Token());
            Assert.Equal("COMPLETED", (await ann.GetFromJsonAsync<JsonElement>($"api/jobs/{id}")).Status());
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public async Task Contracts_do_not_honour_each_others_credentials_nor_show_each_others_jobs()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann", "admin");
        var id = await user.CreateAnalysisJobAsync();
        await user.WaitForAnalysisAsync(id);
        var platform = await app.Client.ImportAsync("""{"title":"Tea","text":"Tea is a drink."}""");
        var (widgetId, _) = await app.CreateWidgetAsync();

        foreach (var path in new[] { "api/jobs", $"api/jobs/{id}" })
        {
            Assert.Equal(401, (int)(await app.Admin.GetAsync(path)).StatusCode);
        }

        foreach (var path in new[] { $"v1/api/jobs/{platform}", "v1/api/jobs", "v1/widgets" })
        {
            Assert.Equal(401, (int)(await user.GetAsync(path)).StatusCode);
        }

        foreach (var path in new[] { $"v1/api/jobs/{id}", $"v1/jobs/{id}" })
        {
            Assert.Equal(404, (int)(await app.Client.GetAsync(path)).StatusCode);
        }

        // A place that has the form of ours, in lists whose ids have the other form.
        Assert.Equal(200, (int)(await app.Client.GetAsync($"v1/api/jobs?cursor={id}")).StatusCode);
        Assert.Equal(200, (int)(await app.Client.GetAsync($"v1/widgets/{widgetId}/messages?before={id}.0001")).StatusCode);
        using var import = await user.PostAsJsonAsync("api/jobs", new { type = "import", input = new { format = "csv", content = "title,text" } });
        Assert.Equal("'type' must be one of: AI_PREVIEW, GAP_DETECTION, PARSE_DOCUMENT, REPORT_GENERATION, RISK_ANALYSIS, TEST_WORK.", (await import.ReadJsonAsync()).GetProperty("detail").GetString());
        using var preview = await app.Client.PostJobAsync("AI_PREVIEW", new { prompt = "Hello" });
        Assert.Equal(400, (int)preview.StatusCode);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("STATUS")]
    [InlineData("status?job_id=abc12345")]
    public async Task Address_of_contract_002_is_its_own_whoever_calls_it(string path)
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann");

        foreach (var client in new[] { app.Anonymous, app.Client, user })
        {
            using var response = await client.GetAsync($"api/jobs/{path}");
            Assert.Equal(401, (int)response.StatusCode);
            Assert.Equal("""{"error":"Unauthorized"}""", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Job_can_be_cancelled_and_run_again_by_its_user_alone()
    {
        var mayGoOn = new TaskCompletionSource();
        await using var app = await AnalysisApp.StartAsync(new FakeJobHandler { Type = "TEST_WORK", Contract = JobContract.Analysis, Before = _ => mayGoOn.Task });
        using var user = await app.NewUserAsync("ann");
        using var other = await app.NewUserAsync("otto");
        using var created = await user.PostAsJsonAsync("api/jobs", new { type = "TEST_WORK", input = new { } });
        var id = (await created.ReadJsonAsync()).GetProperty("id").GetString()!;

        using var notTheirs = await other.PostAsync($"api/jobs/{id}/cancel", null);
        using var running = await user.PostAsync($"api/jobs/{id}/rerun", null);
        using var cancel = await user.PostAsync($"api/jobs/{id}/cancel", null);
        mayGoOn.TrySetResult();
        var failed = await user.WaitForAnalysisAsync(id);
        using var again = await user.PostAsync($"api/jobs/{id}/cancel", null);
        using var rerun = await user.PostAsync($"api/jobs/{id}/rerun", null);
        var second = (await rerun.ReadJsonAsync()).GetProperty("id").GetString()!;

        Assert.Equal((404, 409, 202, 409, 202), ((int)notTheirs.StatusCode, (int)running.StatusCode, (int)cancel.StatusCode, (int)again.StatusCode, (int)rerun.StatusCode));
        Assert.Equal(("FAILED", "The job was cancelled."), (failed.Status(), failed.GetProperty("error").GetString()));
        Assert.NotEqual(id, second);
        Assert.Equal("COMPLETED", (await user.WaitForAnalysisAsync(second)).Status());
        using var malformed = await user.PostAsync("api/jobs/nothing/cancel", null);
        Assert.Equal(400, (int)malformed.StatusCode);
    }

    [Fact]
    public async Task Preview_needs_the_admins_role_and_other_jobs_do_not()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann", "user,editor");

        using var preview = await user.PostAsJsonAsync("api/admin/prompts/preview", new { prompt = "Hello" });

        Assert.Equal((403, "admin_required"), ((int)preview.StatusCode, (await preview.ReadJsonAsync()).GetProperty("code").GetString()));
        Assert.Empty(await IdsAsync(user, "api/jobs"));
        Assert.Equal("COMPLETED", (await user.WaitForAnalysisAsync(await user.PreviewAsync("Hello"))).Status());
    }

    [Fact]
    public async Task Ten_creations_at_once_with_one_key_are_one_job_and_another_users_key_is_theirs()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var ann = await app.NewUserAsync("ann", "admin");
        using var bob = await app.NewUserAsync("bob", "admin");

        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CreateOnceAsync(ann)));
        var others = await CreateOnceAsync(bob);
        using var reused = await SendOnceAsync(ann, "Bye");

        Assert.Single(ids.Distinct());
        Assert.NotEqual(ids[0], others);
        Assert.Equal(422, (int)reused.StatusCode);
        Assert.Equal([ids[0]], await IdsAsync(ann, "api/jobs"));
        Assert.Equal([others], await IdsAsync(bob, "api/jobs"));

        static async Task<string> CreateOnceAsync(HttpClient client)
        {
            while (true)
            {
                using var response = await SendOnceAsync(client, "Hello");
                if ((int)response.StatusCode == 202)
                {
                    return (await response.ReadJsonAsync()).GetProperty("id").GetString()!;
                }

                Assert.Equal(409, (int)response.StatusCode);
                await Task.Delay(20);
            }
        }

        static Task<HttpResponseMessage> SendOnceAsync(HttpClient client, string prompt) => client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "api/admin/prompts/preview") { Headers = { { "Idempotency-Key", "once" } }, Content = JsonContent.Create(new { prompt }) });
    }

    [Fact]
    public async Task User_with_too_much_unfinished_work_is_429_and_another_is_not()
    {
        var gate = new TaskCompletionSource();
        await using var app = await AnalysisApp.StartAsync(AnalysisApp.Handler(async (_, _) => { await gate.Task; return FakeJobHandler.OneResult; }), arguments: ["--Jobs:MaxUnfinished", "1"]);
        using var ann = await app.NewUserAsync("ann");
        using var bob = await app.NewUserAsync("bob");
        var first = await ann.CreateAnalysisJobAsync();

        using var second = await ann.PostAsJsonAsync("api/jobs", new { type = AnalysisApp.TestType, input = new { } });
        await bob.CreateAnalysisJobAsync();
        gate.SetResult();
        await ann.WaitForAnalysisAsync(first);

        Assert.Equal((429, "too_much_unfinished"), ((int)second.StatusCode, (await second.ReadJsonAsync()).GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("""{"type":"teleport","input":{}}""", "'type' must be one of: AI_PREVIEW, GAP_DETECTION, PARSE_DOCUMENT, REPORT_GENERATION, RISK_ANALYSIS, TEST_WORK.")]
    [InlineData("""{"type":"ai_preview","input":{}}""", "'type' must be one of: AI_PREVIEW, GAP_DETECTION, PARSE_DOCUMENT, REPORT_GENERATION, RISK_ANALYSIS, TEST_WORK.")]
    [InlineData("""{"input":{}}""", "'type' is required.")]
    [InlineData("""{"type":"TEST_WORK"}""", "'input' is required.")]
    [InlineData("""{"type":"TEST_WORK","input":[]}""", "'input' must be an object, not an array.")]
    [InlineData("""{"type":"AI_PREVIEW","input":{}}""", "'input.prompt' must have 1 to 32000 characters and not be blank.")]
    public async Task Request_that_breaks_a_rule_is_400(string body, string detail)
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann");

        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await user.PostAsync("api/jobs", content);

        Assert.Equal((400, detail), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task List_gives_the_users_jobs_by_type_and_status_page_by_page()
    {
        await using var app = await AnalysisApp.StartAsync(AnalysisApp.Handler((_, _) => throw new WorkException("It is raining.", isTransient: false)));
        using var user = await app.NewUserAsync("ann");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await user.PreviewAsync("Hello"));
            // Ids of one millisecond have no order.
            await Task.Delay(5);
        }

        var failed = await user.CreateAnalysisJobAsync();
        foreach (var id in ids.Append(failed))
        {
            await user.WaitForAnalysisAsync(id);
        }

        var all = ids.Append(failed).Reverse().ToList();
        Assert.Equal(all, await IdsAsync(user, "api/jobs"));
        Assert.Equal(all, await IdsAsync(user, "api/jobs?limit=1"));
        Assert.Equal([failed], await IdsAsync(user, "api/jobs?type=TEST_WORK"));
        Assert.Equal([failed], await IdsAsync(user, "api/jobs?status=FAILED&limit=2"));
        Assert.Empty(await IdsAsync(user, "api/jobs?type=TEST_WORK&status=COMPLETED"));
        var item = (await user.GetFromJsonAsync<JsonElement>("api/jobs?limit=1")).GetProperty("items")[0];
        Assert.Equal(
            ["id", "type", "status", "error", "attempts", "createdAt", "startedAt", "completedAt", "updatedAt"],
            item.EnumerateObject().Select(field => field.Name));
        foreach (var query in new[] { "type=import", "status=failed", "limit=0", $"limit={ListJobsRequest.MaxLimit + 1}", "cursor=x", "status=FAILED&status=FAILED" })
        {
            using var response = await user.GetAsync($"api/jobs?{query}");
            Assert.Equal(400, (int)response.StatusCode);
        }
    }

    [Theory]
    [InlineData(WorkState.MaxResultLength, true)]
    [InlineData(WorkState.MaxResultLength + 1, true)]
    [InlineData(WorkLimits.MaxResultBytes, true)]
    [InlineData(WorkLimits.MaxResultBytes + 1, false)]
    public async Task Result_may_be_larger_than_the_jobs_row(int length, bool isShown)
    {
        var text = new string('x', length - """{"text":""}""".Length);
        var handler = new FakeJobHandler { Type = AnalysisApp.TestType, Contract = JobContract.Analysis, Result = new { text } };
        await using var app = await AnalysisApp.StartAsync(handler);
        using var user = await app.NewUserAsync("ann");

        var job = await user.WaitForAnalysisAsync(await user.CreateAnalysisJobAsync());

        Assert.Equal(isShown ? "COMPLETED" : "FAILED", job.Status());
        Assert.Equal(isShown ? text : null, isShown ? job.GetProperty("result").GetProperty("text").GetString() : null);
    }

    [Theory]
    [InlineData(1, 201)]
    [InlineData(WorkLimits.MaxUploadBytes, 201)]
    [InlineData(0, 400)]
    [InlineData(WorkLimits.MaxUploadBytes + 1, 413)]
    public async Task Document_has_so_many_bytes(int bytes, int expected)
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann");

        using var first = await user.PostAsync("api/documents", new ByteArrayContent(new byte[bytes]));

        Assert.Equal(expected, (int)first.StatusCode);
        if (expected == 201)
        {
            using var second = await user.PostAsync("api/documents", new ByteArrayContent(new byte[bytes]));
            var body = await first.Content.ReadAsStringAsync();
            Assert.Equal(body, await second.Content.ReadAsStringAsync());
            Assert.Matches($$"""^\{"documentId":"upload_[0-9a-f]{64}","bytes":{{bytes}}\}$""", body);
        }
    }

    private static string TenantOf(TestApp app, string user) => UserTenant.Of(app.Address.GetLeftPart(UriPartial.Authority), user);

    private static async Task<List<string>> IdsAsync(HttpClient client, string path)
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"{path}{(path.Contains('?') ? '&' : '?')}{(cursor is null ? "x=" : $"cursor={cursor}")}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(job => job.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return ids;
    }

    /// <summary>A job that is stored and that nobody runs.</summary>
    private static async Task<string> LayAsync(TestApp app, string user)
    {
        var now = DateTimeOffset.UtcNow;
        var id = Ids.NewJobUuid(now);
        await app.Services.GetRequiredService<JobStore>().CreateAsync(
            new Job
            {
                Id = id,
                Tenant = TenantOf(app, user),
                Owner = user,
                Kind = JobKind.Work,
                ResourceId = id,
                InputRef = "x",
                Work = new WorkState("AI_PREVIEW"),
                Message = "Waiting to start",
                CreatedAt = now,
                UpdatedAt = now,
            },
            CancellationToken.None);
        return id;
    }
}
