using System.Net;
using System.Text;
using Jobs.Local.Commands;

namespace Jobs.Local.Tests.Commands;

public sealed class DemoTests : IDisposable
{
    private const string Created = """{ "widgetId": "Wbk5MPTfzx", "jobId": "job_1", "status": "pending" }""";

    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-demo-").FullName;
    private readonly Api _api = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public DemoTests()
    {
        _api["POST /v1/widgets"] = (HttpStatusCode.Accepted, Created);
        _api["POST /v1/widgets/Wbk5MPTfzx/publish"] = (HttpStatusCode.OK, "{}");
        _api["GET /v1/widgets/Wbk5MPTfzx/files"] = (HttpStatusCode.OK, """{ "files": [ { "path": "src/App.tsx" }, { "path": "src/style.css" } ] }""");
        _api["GET /v1/widgets/Wbk5MPTfzx/files/src/App.tsx"] = (HttpStatusCode.OK, "the source");
        _api["GET /v1/widgets/Wbk5MPTfzx/files/src/style.css"] = (HttpStatusCode.OK, "the style");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(60, 0, 60)]
    [InlineData(61, 0, 60)]
    [InlineData(50, 9, 60)]
    [InlineData(50, 10, 50)]
    public void Name_is_as_many_of_the_first_words_as_it_may_have(int first, int second, int length) =>
        Assert.Equal(length, DemoApi.NameOf($"{new string('p', first)} {new string('q', second)}").Length);

    [Fact]
    public async Task Demo_waits_for_the_compile_then_publishes_and_saves_the_files()
    {
        _api.Polls(
            Job("pending", "queued", null),
            Job("building", "generating", null),
            Job("completed", "compiling", """{ "status": "IN_PROGRESS", "phase": "BUILD" }"""),
            Job("completed", "complete", """{ "status": "SUCCEEDED", "phase": "COMPLETED" }"""));

        var result = await RunAsync(new string('p', 100));

        Assert.Equal("Wbk5MPTfzx", result.WidgetId);
        Assert.Equal(new string('p', 60), _api.SentName);
        Assert.Equal([Path.Combine(_folder, "Wbk5MPTfzx/src/App.tsx"), Path.Combine(_folder, "Wbk5MPTfzx/src/style.css")], result.Files);
        Assert.Equal("the source", File.ReadAllText(result.Files[0]));
        Assert.Equal("queued: -\ngenerating: -\ncompiling BUILD: -\ncomplete: -\n", _output.ToString());
    }

    [Fact]
    public async Task Compile_that_fails_is_a_failure_with_the_compilers_words()
    {
        _api.Polls(Job("completed", "compile_failed", """{ "status": "FAILED", "phase": "BUILD", "failureDetails": "src/App.tsx(3,5): error TS2322" }"""));

        var failure = await Assert.ThrowsAsync<DemoFailedException>(() => RunAsync("x"));

        Assert.Contains("src/App.tsx(3,5): error TS2322", failure.Message);
        Assert.False(_api.WasPublished);
    }

    [Fact]
    public async Task Job_that_fails_is_a_failure_with_its_error()
    {
        _api.Polls(Job("failed", "failed", null));

        Assert.Equal("The build failed: no model", (await Assert.ThrowsAsync<DemoFailedException>(() => RunAsync("x"))).Message);
        Assert.False(_api.WasPublished);
    }

    [Fact]
    public async Task Completed_without_a_compile_that_succeeded_is_never_a_success()
    {
        _api.Polls(Job("completed", "complete", null));

        Assert.Contains("not done after 60 minutes", (await Assert.ThrowsAsync<DemoFailedException>(() => RunAsync("x"))).Message);
        Assert.False(_api.WasPublished);
    }

    [Theory]
    [InlineData("POST /v1/widgets", HttpStatusCode.Unauthorized)]
    [InlineData("POST /v1/widgets/Wbk5MPTfzx/publish", HttpStatusCode.Conflict)]
    [InlineData("GET /v1/widgets/Wbk5MPTfzx/files", HttpStatusCode.InternalServerError)]
    public async Task Refusal_of_the_app_is_a_failure_that_says_which(string request, HttpStatusCode status)
    {
        _api.Polls(Job("completed", "complete", """{ "status": "SUCCEEDED", "phase": "COMPLETED" }"""));
        _api[request] = (status, "why");

        Assert.Equal($"{request} answered {(int)status}: why", (await Assert.ThrowsAsync<DemoFailedException>(() => RunAsync("x"))).Message);
    }

    [Fact]
    public async Task File_that_climbs_out_of_the_folder_is_not_written()
    {
        _api.Polls(Job("completed", "complete", """{ "status": "SUCCEEDED", "phase": "COMPLETED" }"""));
        _api["GET /v1/widgets/Wbk5MPTfzx/files"] = (HttpStatusCode.OK, """{ "files": [ { "path": "../../evil" } ] }""");

        await Assert.ThrowsAsync<DemoFailedException>(() => RunAsync("x"));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Demo_answers_an_agents_question_and_runs_it_with_what_its_schema_demands()
    {
        _api["POST /v1/agents"] = (HttpStatusCode.Accepted, """{ "agentId": "j81csCCat6", "jobId": "job_1", "status": "pending" }""");
        _api["GET /v1/agents/j81csCCat6/messages"] = (HttpStatusCode.OK, """
            { "messages": [ { "content": "Which?", "question": { "status": "closed", "choices": [], "default": null } },
                            { "content": "Which service?", "question": { "status": "open", "choices": ["Post", "Pigeon"], "default": "Pigeon" } } ] }
            """);
        _api["POST /v1/agents/j81csCCat6/messages"] = (HttpStatusCode.Accepted, "{}");
        _api["GET /v1/agents/j81csCCat6/files"] = (HttpStatusCode.OK, """{ "files": [ { "path": "agent.json" } ] }""");
        _api["GET /v1/agents/j81csCCat6/files/agent.json"] = (HttpStatusCode.OK, """
            { "input": { "required": ["text", "count", "size", "from"], "properties": { "from": { "type": "string", "description": "The first date." }, "text": { "type": "string", "default": "hi" }, "count": { "type": "integer", "minimum": 3 }, "size": { "enum": ["S", "M"] } } } }
            """);
        _api["POST /v1/agents/j81csCCat6/run"] = (HttpStatusCode.OK, """{ "status": "completed", "output": { "sent": true }, "logs": "flying\n" }""");
        _api.Polls(Job("building", "waiting_for_input", null), Job("building", "generating", null), Job("completed", "complete", null));

        var result = await RunAgentAsync("send it");

        Assert.Equal("""{"content":"Pigeon"}""", _api.Sent["POST /v1/agents/j81csCCat6/messages"]);
        Assert.Equal("""{"input":{"text":"hi","count":3,"size":"S","from":"2026-01-31"}}""", _api.Sent["POST /v1/agents/j81csCCat6/run"]);
        Assert.Equal("{\n  \"sent\": true\n}", result.Output);
        Assert.Equal("flying\n", result.Logs);
        Assert.Contains("It asks: Which service? (Post, Pigeon)\nAnswer: Pigeon\n", _output.ToString());
    }

    [Theory]
    [InlineData("""{ "status": "failed", "error": { "code": "threw" } }""", "The run did not complete")]
    [InlineData("""{ "runId": "run_1", "status": "running" }""", "The run did not complete")]
    public async Task Run_that_does_not_complete_is_a_failure(string run, string expected)
    {
        _api["POST /v1/agents"] = (HttpStatusCode.Accepted, """{ "agentId": "j81csCCat6", "jobId": "job_1", "status": "pending" }""");
        _api["GET /v1/agents/j81csCCat6/files"] = (HttpStatusCode.OK, """{ "files": [ { "path": "agent.json" } ] }""");
        _api["GET /v1/agents/j81csCCat6/files/agent.json"] = (HttpStatusCode.OK, "{}");
        _api["POST /v1/agents/j81csCCat6/run"] = (HttpStatusCode.OK, run);
        _api.Polls(Job("completed", "complete", null));

        Assert.StartsWith(expected, (await Assert.ThrowsAsync<DemoFailedException>(() => RunAgentAsync("x"))).Message);
    }

    [Fact]
    public async Task Demo_of_a_crawl_shows_each_page_once_as_it_comes_and_then_the_result_and_the_errors()
    {
        _api["POST /v1/api/jobs"] = (HttpStatusCode.Accepted, """{ "data": { "id": "job_1" }, "error": null }""");
        _api.Answers("GET /v1/api/jobs/job_1", Work("pending", 0), Work("running", 50), Work("running", 99), Work("completed", 100, """{ "pagesCrawled": 3 }"""));
        _api.Answers(
            "GET /v1/api/jobs/job_1/results",
            Page(null, "0-0"),
            Page("""{ "url": "http://a/", "title": "A", "words": 7, "change": "created" }""", "1-0"),
            Page(null, "1-0"),
            // The job ended after it was asked how it is.
            Page("""{ "url": "http://a/b", "title": "B", "words": 8, "change": "created" }, { "url": "http://a/c", "title": "C", "words": 9, "change": "updated" }""", null));
        _api.Answers("GET /v1/api/jobs/job_1/errors", Page("""{ "url": "http://a/d", "code": "http_status", "message": "No." }""", null));

        var result = await RunCrawlAsync();

        Assert.Equal("""{"type":"web_crawling","input":{"startUrls":["http://127.0.0.1:8080/"],"maxDepth":5,"maxPages":50,"maxSeconds":120}}""", _api.Sent["POST /v1/api/jobs"]);
        Assert.Equal(
            "pending: 0 %\n  http://a/: A (7 words, created)\nrunning: 50 %\n  http://a/b: B (8 words, created)\n  http://a/c: C (9 words, updated)\nrunning: 99 %\ncompleted: 100 %\n",
            _output.ToString());
        Assert.Equal(3, result.Result.GetProperty("pagesCrawled").GetInt32());
        Assert.Equal(["http://a/d: No. (http_status)"], result.Errors);
        Assert.Equal(
            ["", "?cursor=0-0", "?cursor=1-0", "?cursor=1-0"],
            _api.Asked.Where(request => request.Contains("/results", StringComparison.Ordinal)).Select(request => request["GET /v1/api/jobs/job_1/results".Length..]));
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("cancelled")]
    public async Task Crawl_that_does_not_complete_is_a_failure_with_its_error(string status)
    {
        _api["POST /v1/api/jobs"] = (HttpStatusCode.Accepted, """{ "data": { "id": "job_1" }, "error": null }""");
        _api.Answers("GET /v1/api/jobs/job_1", Work(status, 10));
        _api.Answers("GET /v1/api/jobs/job_1/results", Page(null, null));

        Assert.Equal("The job failed: no page", (await Assert.ThrowsAsync<DemoFailedException>(RunCrawlAsync)).Message);
    }

    [Fact]
    public async Task Report_that_does_not_complete_is_a_failure_with_its_error()
    {
        _api["POST /token"] = (HttpStatusCode.OK, """{ "access_token": "t", "expires_in": 3600, "token_type": "Bearer" }""");
        _api["POST /api/documents"] = (HttpStatusCode.Created, """{ "documentId": "upload_1", "bytes": 3 }""");
        _api["POST /api/jobs"] = (HttpStatusCode.Accepted, """{ "id": "7" }""");
        _api.Answers("GET /api/jobs/7", """{ "status": "PENDING" }""", """{ "status": "FAILED", "error": "The document is damaged." }""");
        using var client = new HttpClient(_api) { BaseAddress = new Uri("http://127.0.0.1") };

        var failure = await Assert.ThrowsAsync<DemoFailedException>(() => new ReportDemo(NewApi(client)).RunAsync(_folder, CancellationToken.None));

        Assert.Equal("The job failed: The document is damaged.", failure.Message);
        Assert.Equal("Bearer t", client.DefaultRequestHeaders.Authorization!.ToString());
        Assert.Equal("""{"type":"PARSE_DOCUMENT","input":{"documentId":"upload_1","format":"md"}}""", _api.Sent["POST /api/jobs"]);
    }

    [Fact]
    public async Task Sample_site_is_served_with_its_robots_txt()
    {
        await using var site = await SampleSite.StartAsync();
        using var client = new HttpClient { BaseAddress = site.Address };

        Assert.Contains("The Lantern Tea House", await client.GetStringAsync("/"));
        Assert.Contains("Disallow: /office/", await client.GetStringAsync("/robots.txt"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/faq.html")).StatusCode);

        // Whoever comes second takes another port.
        await using var second = await SampleSite.StartAsync();
        Assert.NotEqual(site.Address, second.Address);
    }

    private async Task<CrawlDemoResult> RunCrawlAsync()
    {
        using var client = new HttpClient(_api) { BaseAddress = new Uri("http://127.0.0.1") };
        return await new CrawlDemo(NewApi(client)).RunAsync(new Uri("http://127.0.0.1:8080"), CancellationToken.None);
    }

    private static string Work(string status, int progress, string result = "null") =>
        $$"""{ "data": { "id": "job_1", "status": "{{status}}", "progress": {{progress}}, "result": {{result}}, "error": "no page" }, "error": null }""";

    private static string Page(string? items, string? next) =>
        $$"""{ "data": { "items": [ {{items}} ], "nextCursor": {{(next is null ? "null" : $"\"{next}\"")}} }, "error": null }""";

    private async Task<WidgetDemoResult> RunAsync(string prompt)
    {
        using var client = new HttpClient(_api) { BaseAddress = new Uri("http://127.0.0.1") };
        return await new WidgetDemo(NewApi(client)).RunAsync(prompt, _folder, CancellationToken.None);
    }

    [Fact]
    public async Task Demo_of_a_repository_registers_it_shows_each_line_once_and_gives_the_diff_of_what_was_merged()
    {
        _api["POST /api/repositories"] = (HttpStatusCode.Created, "{}");
        _api["POST /api/create-job"] = (HttpStatusCode.Accepted, """{ "job_id": "abc12345", "branch": "job/abc12345" }""");
        _api.Answers("GET /api/jobs/status", ChangeJob("pending", null), ChangeJob("running", null), ChangeJob("merged", "One\\nTwo"));
        _api.Answers("GET /api/jobs/abc12345/log", "", "One", "One\nTwo");
        _api["GET /api/jobs/abc12345/pull-request"] = (HttpStatusCode.OK, """
            { "diff": { "files": [ { "path": "a.md", "old_path": null, "change": "added", "patch": "@@ -0,0 +1 @@\n+a\n" },
                                   { "path": "b.png", "old_path": "c.png", "change": "renamed", "patch": null } ] } }
            """);

        var result = await RunRepositoryAsync("add a");

        Assert.Equal(("merged", "job/abc12345", "One\nTwo"), (result.Status, result.Branch, result.Log));
        Assert.Equal(
            ["--- /dev/null", "+++ b/a.md", "@@ -0,0 +1 @@\n+a", "--- a/c.png", "+++ b/b.png", "(not shown: a binary file, or one with too many lines)"], result.Diff);
        Assert.Equal("pending: job abc12345\n  One\nrunning: job abc12345\n  Two\nmerged: job abc12345\n", _output.ToString());
        Assert.Contains("\"kind\":\"local\"", _api.Sent["POST /api/repositories"]);
        Assert.Contains("\"job\":\"add a\"", _api.Sent["POST /api/create-job"]);
    }

    [Fact]
    public async Task Demo_of_a_repository_whose_job_fails_is_a_failure_with_its_log()
    {
        _api["POST /api/repositories"] = (HttpStatusCode.Created, "{}");
        _api["POST /api/create-job"] = (HttpStatusCode.Accepted, """{ "job_id": "abc12345", "branch": "job/abc12345" }""");
        _api.Answers("GET /api/jobs/status", ChangeJob("failed", "It is not understood."));
        _api.Answers("GET /api/jobs/abc12345/log", "It is not understood.");

        Assert.Equal("The job failed: It is not understood.", (await Assert.ThrowsAsync<DemoFailedException>(() => RunRepositoryAsync("x"))).Message);
    }

    private static string ChangeJob(string status, string? log) =>
        $$"""{ "status": "{{status}}", "branch": "job/abc12345", "pr_url": null, "run_url": null, "log": {{(log is null ? "null" : $"\"{log}\"")}}, "changed_files": [] }""";

    private async Task<RepositoryDemoResult> RunRepositoryAsync(string instruction)
    {
        using var client = new HttpClient(_api) { BaseAddress = new Uri("http://127.0.0.1") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "key");
        return await new RepositoryDemo(NewApi(client)).RunAsync(instruction, "/repositories/demo.git", CancellationToken.None);
    }

    private async Task<AgentDemoResult> RunAgentAsync(string prompt)
    {
        using var client = new HttpClient(_api) { BaseAddress = new Uri("http://127.0.0.1") };
        return await new AgentDemo(NewApi(client)).RunAsync(prompt, _folder, CancellationToken.None);
    }

    private DemoApi NewApi(HttpClient client) => new(client, new DemoProgress(_output, null), new InstantTime());

    private static string Job(string status, string step, string? buildStatus) =>
        $$"""{ "status": "{{status}}", "progress": { "step": "{{step}}", "message": "-" }, "error": "no model", "buildStatus": {{buildStatus ?? "null"}} }""";

    /// <summary>Answers as told, and a poll with the next of the answers; the last one stays.</summary>
    private sealed class Api : HttpMessageHandler
    {
        private readonly Dictionary<string, (HttpStatusCode Status, string Body)> _answers = [];
        private readonly Dictionary<string, Queue<string>> _polls = [];

        private readonly List<string> _asked = [];

        /// <summary>Every request with its query, in order.</summary>
        public IReadOnlyList<string> Asked => _asked;

        public bool WasPublished { get; private set; }

        /// <summary>The body that each request had, the latest of its kind.</summary>
        public Dictionary<string, string> Sent { get; } = [];

        public string? SentName => System.Text.Json.JsonDocument.Parse(Sent["POST /v1/widgets"]).RootElement.GetProperty("name").GetString();

        public (HttpStatusCode Status, string Body) this[string request]
        {
            set => _answers[request] = value;
        }

        public void Polls(params string[] answers) => Answers("GET /v1/jobs/job_1", answers);

        public void Answers(string request, params string[] answers) => _polls[request] = new Queue<string>(answers);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var key = $"{request.Method} {request.RequestUri!.AbsolutePath}";
            WasPublished |= key.EndsWith("/publish", StringComparison.Ordinal);
            if (request.Content is { } content)
            {
                Sent[key] = await content.ReadAsStringAsync(cancellationToken);
            }

            _asked.Add($"{request.Method} {request.RequestUri.PathAndQuery}");
            var (status, answer) = _polls.TryGetValue(key, out var polls)
                ? (HttpStatusCode.OK, polls.Count > 1 ? polls.Dequeue() : polls.Peek())
                : _answers[key];
            return new HttpResponseMessage(status) { Content = new StringContent(answer, Encoding.UTF8) };
        }
    }

    /// <summary>A clock on which every wait is over at once, and has taken as long as was asked for.</summary>
    private sealed class InstantTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _ticks += dueTime.Ticks;
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
