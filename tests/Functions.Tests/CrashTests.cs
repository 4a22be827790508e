using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jobs.Functions.JobTypes.GapDetection;
using Jobs.Functions.Tests.Documents;
using Jobs.Functions.Tests.Work;
using Jobs.Local;
using Jobs.Repositories.Local;
using Jobs.Repositories.Tests.Local;

namespace Jobs.Functions.Tests;

/// <summary>The program as a user runs it, killed with SIGKILL again and again while it builds: what it accepted it must finish.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Kills = 2;
    private const int WidgetsAtFirst = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly string _data = Directory.CreateTempSubdirectory("jobs-crash-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData(20_260_101)]
    [InlineData(20_260_102)]
    [InlineData(20_260_103)]
    public async Task Every_accepted_job_succeeds_however_often_the_process_is_killed(int seed)
    {
        var random = new Random(seed);
        var accepted = new List<(string WidgetId, string JobId)>();

        for (var kill = 0; kill < Kills; kill++)
        {
            using var life = await Life.StartAsync(_data);
            var creations = Enumerable.Range(0, kill == 0 ? WidgetsAtFirst : 1).Select(_ => life.TryCreateAsync()).ToArray();
            if (kill == 0)
            {
                // The first ones are surely accepted; the later ones race with the kill, and only an answer counts.
                accepted.AddRange((await Task.WhenAll(creations)).OfType<(string, string)>());
                creations = [];
            }

            await Task.Delay(random.Next(50, 2_000));
            life.Kill();
            accepted.AddRange((await Task.WhenAll(creations)).OfType<(string, string)>());
        }

        Assert.True(accepted.Count >= WidgetsAtFirst, "The first creations were not all accepted.");
        using var last = await Life.StartAsync(_data);
        var deadline = DateTime.UtcNow + Patience;
        foreach (var (widgetId, jobId) in accepted)
        {
            await last.WaitUntilSucceededAsync(jobId, deadline);
            using var published = await last.Client.PostAsync($"v1/widgets/{widgetId}/publish", null);
            Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Question_and_answer_survive_a_kill_of_the_process()
    {
        string agentId;
        string jobId;
        using (var life = await Life.StartAsync(_data))
        {
            using var created = await life.Client.PostAsJsonAsync("v1/agents", new { name = "Joker", prompt = "email me a joke every morning" });
            var body = await created.ReadJsonAsync();
            (agentId, jobId) = (body.GetProperty("agentId").GetString()!, body.GetProperty("jobId").GetString()!);
            await life.WaitUntilAsync(jobId, job => job.GetProperty("progress").GetProperty("step").GetString() == "waiting_for_input");
            life.Kill();
        }

        using (var life = await Life.StartAsync(_data))
        {
            using var answered = await life.Client.PostAsJsonAsync($"v1/agents/{agentId}/messages", new { content = "Draft only" });
            Assert.Equal("building", (await answered.ReadJsonAsync()).GetProperty("status").GetString());
            // At once: the answer is stored, whatever the build has done with it.
            life.Kill();
        }

        using (var life = await Life.StartAsync(_data))
        {
            await life.WaitUntilAsync(jobId, job => job.GetProperty("status").GetString() == "completed");
            var run = await life.RunAsync(agentId);
            Assert.Equal("completed", run.GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task Build_with_a_model_loses_at_most_the_answer_that_was_under_way_and_asks_for_that_one_again()
    {
        var write = Write("src/App.tsx", "export default function App() { return <p>kept</p>; }");
        var edit = OpenAiAnswers.StreamCalls(("1", "edit_file", """{"path":"src/App.tsx","old":"kept","new":"kept well"}"""));
        var finish = OpenAiAnswers.StreamCalls(("1", "finish", """{"summary":"Kept."}"""));
        // Each of them dies in the middle once.
        await using var server = await ScriptedServer.StartOpenAiAsync(
            write.After(3, ScriptedEnd.Never), write, edit.After(3, ScriptedEnd.Never), edit, finish.After(2, ScriptedEnd.Never), finish);
        var settings = SettingsOf(server);

        string? jobId = null;
        foreach (var requests in (int[])[1, 3, 5])
        {
            using var life = await Life.StartAsync(_data, settings);
            jobId ??= (await life.TryCreateAsync())!.Value.JobId;
            await server.WaitForRequestsAsync(requests);
            life.Kill();
        }

        using var last = await Life.StartAsync(_data, settings);
        await last.WaitUntilSucceededAsync(jobId!, DateTime.UtcNow + Patience);

        var asked = server.Requests.Select(request => request.Body.ToJsonString()).ToArray();
        Assert.Equal(6, asked.Length);
        Assert.Equal(3, asked.Distinct().Count());
        Assert.All((int[])[0, 2, 4], call => Assert.Equal(asked[call], asked[call + 1]));

        static ScriptedAnswer Write(string path, string content) => OpenAiAnswers.StreamCalls(("1", "write_file", JsonSerializer.Serialize(new { path, content })));
    }

    [Fact]
    public async Task Turn_of_a_model_in_which_the_process_is_killed_is_paid_once()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AiBuilds.Reads(1).Taking(1_000, 0, 100), ScriptedAnswer.Silence);
        server.Otherwise = AiBuilds.Whole.Taking(2_000, 0, 100);
        (string, string)[] settings = [("Ai__Endpoint", $"{server.Address}v1"), ("Ai__Model", "scripted"), ("Ai__InputPrice", "1"), ("Ai__OutputPrice", "2"), ("Ai__SpendingLimit", "1")];
        string jobId;
        using (var life = await Life.StartAsync(_data, settings))
        {
            jobId = (await life.TryCreateAsync())!.Value.JobId;
            await life.WaitUntilAsync(jobId, _ => server.Requests.Count == 2);
            Assert.True((await SpendingAsync(life)).GetProperty("reserved").GetDecimal() > 0);
            life.Kill();
        }

        using var last = await Life.StartAsync(_data, settings);
        await last.WaitUntilSucceededAsync(jobId, DateTime.UtcNow + Patience);

        var spending = await SpendingAsync(last);
        Assert.Equal((0.0034m, 0m), (spending.GetProperty("spent").GetDecimal(), spending.GetProperty("reserved").GetDecimal()));

        static async Task<JsonElement> SpendingAsync(Life life) =>
            (await life.Client.GetFromJsonAsync<JsonElement>("v1/usage?include=spending")).GetProperty("spending");
    }

    [Theory]
    [InlineData(20_260_101)]
    [InlineData(20_260_102)]
    public async Task Build_with_a_model_that_is_killed_at_any_moment_repeats_at_most_one_call_for_each_kill(int seed)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        // Each is compiled, so that no life comes to the end.
        const int answers = 8;
        server.Reply = request => request.Body["messages"]!.AsArray().Count(message => (string?)message!["role"] == "assistant") switch
        {
            answers - 1 => OpenAiAnswers.StreamCalls(("1", "finish", """{"summary":"Kept."}""")),
            var number => OpenAiAnswers.StreamCalls(
                ("1", "write_file", JsonSerializer.Serialize(new { path = "src/App.tsx", content = $"export default function App() {{ return <p>{number}</p>; }}" })), ("2", "check", "{}")),
        };
        var settings = SettingsOf(server);
        var random = new Random(seed);

        string? jobId = null;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var life = await Life.StartAsync(_data, settings);
            var before = server.Requests.Count;
            jobId ??= (await life.TryCreateAsync())!.Value.JobId;
            await server.WaitForRequestsAsync(before + 1);
            // While it answers, while that is stored, while the files are compiled, or while the next is asked.
            await Task.Delay(random.Next(0, 400));
            life.Kill();
        }

        using var last = await Life.StartAsync(_data, settings);
        await last.WaitUntilSucceededAsync(jobId!, DateTime.UtcNow + Patience);

        var asked = server.Requests.Select(request => request.Body.ToJsonString()).ToArray();
        Assert.Equal(answers, asked.Distinct().Count());
        Assert.InRange(asked.Length, answers, answers + Kills);
    }

    [Fact]
    public async Task Crawl_goes_on_after_each_kill_and_no_page_is_lost_or_doubled()
    {
        // So slowly that no life comes to the end.
        await using var site = await CrawledSite.OfTestSiteAsync((_, _) => Task.Delay(20));
        (string, string)[] settings = [("Local__CrawlHosts", site.Host)];
        var random = new Random(20_260_101);
        string? jobId = null;
        for (var kill = 0; kill < Kills; kill++)
        {
            List<string> done;
            using (var life = await Life.StartAsync(_data, settings))
            {
                jobId ??= await life.Client.CrawlAsync(site, maxPages: 1_000);
                var before = site.Requests.Count;
                await life.WaitUntilAsync(jobId, _ => site.Requests.Count > before + 30, "v1/api/jobs/");
                await Task.Delay(random.Next(0, 500));
                done = await PagesAsync(life);
                life.Kill();
            }

            Assert.NotEmpty(done);
            var requests = site.Requests.Count;
            using (var life = await Life.StartAsync(_data, settings))
            {
                await life.WaitUntilAsync(jobId, _ => site.Requests.Count > requests, "v1/api/jobs/");
                life.Kill();
            }

            Assert.Empty(site.Requests.Skip(requests).Intersect(done.Select(url => url[site.Root.Length..])));
        }

        using var last = await Life.StartAsync(_data, settings);
        await last.WaitUntilAsync(jobId!, job => job.GetProperty("data").GetProperty("status").GetString() == "completed", "v1/api/jobs/");
        Assert.Equal(site.Expected, (await PagesAsync(last)).Order(StringComparer.Ordinal));

        async Task<List<string>> PagesAsync(Life life) =>
            [.. (await life.Client.GetDataAsync($"v1/api/jobs/{jobId}/results?limit=1000")).GetProperty("items").EnumerateArray().Select(page => page.GetProperty("url").GetString()!)];
    }

    [Fact]
    public async Task Import_goes_on_after_each_kill_and_no_document_is_lost_or_doubled()
    {
        const int Rows = 20_000;
        var random = new Random(20_260_101);
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Rows).Select(number => $$"""{"id":"row{{number}}","title":"Row {{number}}","text":"Text {{number}}."}""" + "\n")));
        string? jobId = null;
        var interrupted = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var life = await Life.StartAsync(_data);
            jobId ??= await life.Client.CreateJobAsync("import", new { format = "jsonl", uploadId = await life.Client.UploadAsync(file) });
            var before = (await life.Client.GetDataAsync($"v1/api/jobs/{jobId}")).GetProperty("progress").GetInt32();
            await life.WaitUntilAsync(jobId, job => Progress(job) > before || IsCompleted(job), "v1/api/jobs/");
            await Task.Delay(random.Next(0, 100));
            interrupted += IsCompleted(await life.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{jobId}")) ? 0 : 1;
            life.Kill();
        }

        Assert.True(interrupted > 0, "No kill came in the middle.");
        using var last = await Life.StartAsync(_data);
        await last.WaitUntilAsync(jobId!, IsCompleted, "v1/api/jobs/");
        Assert.Equal(
            $$"""{"documentsCreated":{{Rows}},"documentsUpdated":0,"documentsUnchanged":0,"errors":0}""",
            (await last.Client.GetDataAsync($"v1/api/jobs/{jobId}")).GetProperty("result").GetRawText());
        Assert.Equal(Enumerable.Range(1, Rows), (await last.Client.ReadAllAsync($"v1/api/jobs/{jobId}/results")).Select(result => result.GetProperty("line").GetInt32()));
        Assert.Equal(Rows, (await last.Client.ReadAllAsync("v1/api/documents")).Select(document => document.GetProperty("id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Export_whose_last_step_is_killed_writes_its_file_all_the_same()
    {
        const int Rows = 10_000;
        // Of much text, so that the file takes its time.
        var text = string.Join(' ', Enumerable.Range(0, 200).Select(number => $"word{number}"));
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Rows).Select(number => $$"""{"id":"row{{number}}","title":"Row {{number}}","text":"{{text}}"}""" + "\n")));
        string? jobId = null;
        var isInterrupted = false;
        for (var attempt = 0; attempt < 5 && !isInterrupted; attempt++)
        {
            using var life = await Life.StartAsync(_data);
            if (attempt == 0)
            {
                await life.WaitUntilAsync(await life.Client.CreateJobAsync("import", new { format = "jsonl", uploadId = await life.Client.UploadAsync(file) }), IsCompleted, "v1/api/jobs/");
            }

            jobId = await life.Client.CreateJobAsync("export", new { what = "documents", format = "zip" });
            // Every batch is done, and what is left is the file.
            await life.WaitUntilAsync(jobId, job => Progress(job) >= 99, "v1/api/jobs/");
            isInterrupted = !IsCompleted(await life.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{jobId}"));
            life.Kill();
        }

        Assert.True(isInterrupted, "No kill came in the last step.");
        using var last = await Life.StartAsync(_data);
        await last.WaitUntilAsync(jobId!, IsCompleted, "v1/api/jobs/");
        var result = (await last.Client.GetDataAsync($"v1/api/jobs/{jobId}")).GetProperty("result");
        Assert.Equal((Rows, 0), (result.GetProperty("rows").GetInt32(), result.GetProperty("errors").GetInt32()));
        var made = Assert.Single(result.GetProperty("files").EnumerateArray());
        var bytes = await last.Client.GetByteArrayAsync($"v1/api/jobs/{jobId}/files/documents.zip");
        Assert.Equal(made.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        using var zip = new ZipArchive(new MemoryStream(bytes));
        using var lines = new StreamReader(zip.GetEntry("documents.jsonl")!.Open());
        var titles = (await lines.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("title").GetString());
        Assert.Equal(Enumerable.Range(0, Rows).Select(number => $"Row {number}").Order(StringComparer.Ordinal), titles.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GAP_DETECTION", """{"findings":[]}""")]
    [InlineData("REPORT_GENERATION", """{"quotes":["It is backed up."]}""")]
    public async Task Analysis_with_a_model_goes_on_after_a_kill_and_what_was_answered_is_not_asked_again(string type, string answer)
    {
        const int Questions = 6, Answered = 2;
        var asked = 0;
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Reply = _ => Interlocked.Increment(ref asked) <= Answered ? OpenAiAnswers.Stream([answer]) : ScriptedAnswer.Silence;
        var url = $"http://127.0.0.1:{FreePort()}";
        object input = type == "GAP_DETECTION"
            ? new { document = new { text = "It is backed up." }, requirements = Enumerable.Range(1, Questions * GapModelMethod.MaxRequirements).Select(number => $"Requirement {number}") }
            : new { documents = Enumerable.Range(1, Questions).Select(number => new { name = $"Document {number}", text = $"It is backed up. Number {number} says more of it." }) };
        string jobId;
        using (var life = await Life.StartAsync(_data, url, SettingsOf(server)))
        {
            using var user = await life.NewUserAsync();
            jobId = await user.CreateAnalysisJobAsync(type, input);
            // Four are asked at once, and two more once two of them are done.
            await server.WaitForRequestsAsync(Questions);
            life.Kill();
        }

        server.Reply = _ => OpenAiAnswers.Stream([answer]);
        using var last = await Life.StartAsync(_data, url, SettingsOf(server));
        using var again = await last.NewUserAsync();
        var job = await again.WaitForAnalysisAsync(jobId);

        Assert.True(job.Status() == "COMPLETED", job.ToString());
        var questions = server.Requests.Select(request => request.Body["messages"]!.ToJsonString()).CountBy(question => question).ToList();
        Assert.Equal((Questions, Answered), (questions.Count, questions.Count(question => question.Value == 1)));
        Assert.All(questions, question => Assert.InRange(question.Value, 1, 2));
        var parts = job.GetProperty("result").GetProperty(type == "GAP_DETECTION" ? "findings" : "documents").EnumerateArray().Select(part => part.GetRawText()).ToList();
        Assert.Equal(type == "GAP_DETECTION" ? Questions * GapModelMethod.MaxRequirements : Questions, parts.Distinct().Count());
        Assert.Equal(parts.Count, parts.Distinct().Count());
    }

    [Theory]
    [InlineData("GAP_DETECTION")]
    [InlineData("REPORT_GENERATION")]
    public async Task Analysis_on_the_machine_comes_out_the_same_however_often_the_process_is_killed(string type)
    {
        var random = new Random(20_260_101);
        var text = string.Join("\n\n", Enumerable.Range(1, 300).Select(number => $"Part {number} of the service is backed up every {number} days and may be delayed."));
        object input = type == "GAP_DETECTION"
            ? new { document = new { text }, requirements = new[] { "Every part of the service is backed up.", "Users sign in by single sign-on." } }
            : new { documents = new[] { new { name = "Service", text } } };
        var url = $"http://127.0.0.1:{FreePort()}";
        string? jobId = null;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var life = await Life.StartAsync(_data, url);
            using var user = await life.NewUserAsync();
            jobId ??= await user.CreateAnalysisJobAsync(type, input);
            await user.WaitForAnalysisAsync(jobId, job => job.Status() != "PENDING");
            // While it is planned, while a batch is embedded, or between.
            await Task.Delay(random.Next(0, 2_000));
            life.Kill();
        }

        using var last = await Life.StartAsync(_data, url);
        using var again = await last.NewUserAsync();
        var job = await again.WaitForAnalysisAsync(jobId!);
        var whole = await again.WaitForAnalysisAsync(await again.CreateAnalysisJobAsync(type, input));

        Assert.Equal(("COMPLETED", "COMPLETED"), (job.Status(), whole.Status()));
        Assert.Equal(whole.GetProperty("result").GetRawText(), job.GetProperty("result").GetRawText());
    }

    private static int Progress(JsonElement job) => job.GetProperty("data").GetProperty("progress").GetInt32();

    private static bool IsCompleted(JsonElement job) => job.GetProperty("data").GetProperty("status").GetString() == "completed";

    /// <summary>A port for all lives of a test: an issuer at another address has other users.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [Theory]
    [InlineData(20_260_101)]
    [InlineData(20_260_102)]
    [InlineData(20_260_103)]
    public async Task Repository_jobs_that_are_killed_at_any_moment_have_one_branch_one_commit_and_one_merge_each(int seed)
    {
        const int jobs = 4;
        var folder = Path.Combine(_data, "repositories", "site.git");
        NewRepository.Create(folder, new Dictionary<string, string> { ["README.md"] = "# Site\n" }, DateTimeOffset.UnixEpoch);
        var random = new Random(seed);
        var ids = new List<string>();
        for (var kill = 0; kill < Kills + 1; kill++)
        {
            using var life = await Life.StartAsync(_data);
            if (ids.Count == 0)
            {
                using var registered = await life.Repositories.PostAsJsonAsync("api/repositories", new { name = "site", kind = "local", location = folder, autoMerge = true });
                Assert.Equal(201, (int)registered.StatusCode);
                for (var number = 0; number < jobs; number++)
                {
                    using var created = await life.Repositories.PostAsJsonAsync("api/create-job", new { job = $"create a file notes/{number}.md with the content \"{number}\"" });
                    ids.Add((await created.ReadJsonAsync()).GetProperty("job_id").GetString()!);
                }
            }

            // Between the branch, the edits, the commit, the pull request and the merge of one or the other.
            await Task.Delay(random.Next(0, 250));
            life.Kill();
        }

        using var last = await Life.StartAsync(_data);
        foreach (var id in ids)
        {
            for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50))
            {
                var job = await last.Repositories.GetFromJsonAsync<JsonElement>($"api/jobs/status?job_id={id}");
                if (job.GetProperty("status").GetString() == "merged")
                {
                    Assert.Equal(1, Times(job, "Committed "));
                    Assert.Equal(1, Times(job, "Opened a pull request"));
                    Assert.Equal(1, Times(job, "Merged into main"));
                    break;
                }

                Assert.True(DateTime.UtcNow < deadline && job.GetProperty("status").GetString() is "pending" or "running", $"The job does not get there: {job}");
            }
        }

        Assert.Equal("", GitProgram.Run(folder, "fsck", "--strict", "--no-dangling"));
        Assert.Equal(ids.Select(id => $"refs/heads/job/{id}").Order(StringComparer.Ordinal), Lines("for-each-ref", "--format=%(refname)", "refs/heads/job").Order(StringComparer.Ordinal));
        Assert.Equal(jobs, Lines("log", "--no-merges", "--format=%H", "main").Count() - 1);
        Assert.All(ids, id => Assert.Single(Lines("log", "--no-merges", "--format=%H", $"--grep=Job: {id}", "main")));
        var merges = Lines("log", "--merges", "--format=%s", "main").ToList();
        Assert.Equal(merges.Count, merges.Distinct().Count());

        IEnumerable<string> Lines(params string[] arguments) => GitProgram.Run(folder, arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        static int Times(JsonElement job, string text) => job.GetProperty("log").GetString()!.Split(text).Length - 1;
    }

    private static (string Name, string Value)[] SettingsOf(ScriptedServer server) => [("Ai__Endpoint", $"{server.Address}v1"), ("Ai__Model", "scripted"), ("Ai__Key", "sk-test")];

    /// <summary>One run of the program, from its start to its kill.</summary>
    private sealed class Life : IDisposable
    {
        private readonly Process _process;

        private Life(Process process, Uri address, string key)
        {
            _process = process;
            Client = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { { "Authorization", $"Bearer {key}" } } };
            Repositories = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { { "x-api-key", key } } };
            // What nobody reads would fill the pipes and stop the program.
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
        }

        public HttpClient Client { get; }

        /// <summary>The same caller as contract 002 wants it.</summary>
        public HttpClient Repositories { get; }

        public static Task<Life> StartAsync(string data, params (string Name, string Value)[] settings) => StartAsync(data, "http://127.0.0.1:0", settings);

        public static async Task<Life> StartAsync(string data, string url, params (string Name, string Value)[] settings)
        {
            var start = new ProcessStartInfo("dotnet", [typeof(LocalProgram).Assembly.Location, "--urls", url, "--data", data])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var (name, value) in settings)
            {
                start.Environment[name] = value;
            }

            var process = Process.Start(start)!;
            var address = await LineAsync(process, "listening on ");
            return new Life(process, new Uri(address), await LineAsync(process, "key: "));
        }

        /// <summary>The ids of a new widget and its job, or null when the process died before it answered.</summary>
        public async Task<(string WidgetId, string JobId)?> TryCreateAsync()
        {
            try
            {
                using var response = await Client.PostAsJsonAsync("v1/widgets", new { name = "Counter", prompt = "a counter" });
                Assert.Equal(202, (int)response.StatusCode);
                var body = await response.ReadJsonAsync();
                return (body.GetProperty("widgetId").GetString()!, body.GetProperty("jobId").GetString()!);
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                return null;
            }
        }

        public async Task WaitUntilSucceededAsync(string jobId, DateTime deadline)
        {
            while (true)
            {
                var job = await Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}");
                var build = job.TryGetProperty("buildStatus", out var status) ? status.GetProperty("status").GetString() : null;
                if (build == "SUCCEEDED")
                {
                    return;
                }

                Assert.True(build != "FAILED" && job.GetProperty("status").GetString() != "failed", $"A crash may delay a job and not fail it: {job}");
                Assert.True(DateTime.UtcNow < deadline, $"The job does not end: {job}");
                await Task.Delay(50);
            }
        }

        public async Task WaitUntilAsync(string jobId, Func<JsonElement, bool> isThere, string path = "v1/jobs/")
        {
            for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(50))
            {
                var job = await Client.GetFromJsonAsync<JsonElement>($"{path}{jobId}");
                if (isThere(job))
                {
                    return;
                }

                var status = (job.TryGetProperty("data", out var data) ? data : job).GetProperty("status").GetString();
                Assert.True(DateTime.UtcNow < deadline && status != "failed", $"The job does not get there: {job}");
            }
        }

        /// <summary>A client of a user of the program's own issuer.</summary>
        public async Task<HttpClient> NewUserAsync()
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["sub"] = "ann" });
            using var response = await Client.PostAsync("token", form);
            var token = (await response.ReadJsonAsync()).GetProperty("access_token").GetString();
            return new HttpClient { BaseAddress = Client.BaseAddress, DefaultRequestHeaders = { { "Authorization", $"Bearer {token}" } } };
        }

        /// <summary>Runs an agent and waits for the end.</summary>
        public async Task<JsonElement> RunAsync(string agentId)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/agents/{agentId}/run") { Content = JsonContent.Create(new { }) };
            request.Headers.Add("Prefer", "wait=30");
            using var response = await Client.SendAsync(request);
            return await response.ReadJsonAsync();
        }

        /// <summary>SIGKILL, to the program alone: the compilers that it started must not keep it from starting again.</summary>
        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public void Dispose()
        {
            Client.Dispose();
            Repositories.Dispose();
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }

            _process.Dispose();
        }

        private static async Task<string> LineAsync(Process process, string prefix)
        {
            while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
            {
                if (line.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return line[prefix.Length..];
                }
            }

            throw new InvalidOperationException($"No line '{prefix}': {await process.StandardError.ReadToEndAsync()}");
        }
    }
}
