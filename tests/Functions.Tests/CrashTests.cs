using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Functions.Tests.Documents;
using Jobs.Functions.Tests.Work;

namespace Jobs.Functions.Tests;

/// <summary>The program as a user runs it, killed with SIGKILL again and again while it builds: what it accepted it must finish.</summary>
public sealed class CrashTests : CrashSuite
{
    private const int WidgetsAtFirst = 2;

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
            using var life = await Life.StartAsync(Data);
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
        using var last = await Life.StartAsync(Data);
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
        using (var life = await Life.StartAsync(Data))
        {
            using var created = await life.Client.PostAsJsonAsync("v1/agents", new { name = "Joker", prompt = "email me a joke every morning" });
            var body = await created.ReadJsonAsync();
            (agentId, jobId) = (body.GetProperty("agentId").GetString()!, body.GetProperty("jobId").GetString()!);
            await life.WaitUntilAsync(jobId, job => job.GetProperty("progress").GetProperty("step").GetString() == "waiting_for_input");
            life.Kill();
        }

        using (var life = await Life.StartAsync(Data))
        {
            using var answered = await life.Client.PostAsJsonAsync($"v1/agents/{agentId}/messages", new { content = "Draft only" });
            Assert.Equal("building", (await answered.ReadJsonAsync()).GetProperty("status").GetString());
            // At once: the answer is stored, whatever the build has done with it.
            life.Kill();
        }

        using (var life = await Life.StartAsync(Data))
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
            using var life = await Life.StartAsync(Data, settings);
            jobId ??= (await life.TryCreateAsync())!.Value.JobId;
            await server.WaitForRequestsAsync(requests);
            life.Kill();
        }

        using var last = await Life.StartAsync(Data, settings);
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
        using (var life = await Life.StartAsync(Data, settings))
        {
            jobId = (await life.TryCreateAsync())!.Value.JobId;
            await life.WaitUntilAsync(jobId, _ => server.Requests.Count == 2);
            Assert.True((await SpendingAsync(life)).GetProperty("reserved").GetDecimal() > 0);
            life.Kill();
        }

        using var last = await Life.StartAsync(Data, settings);
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
            using var life = await Life.StartAsync(Data, settings);
            var before = server.Requests.Count;
            jobId ??= (await life.TryCreateAsync())!.Value.JobId;
            await server.WaitForRequestsAsync(before + 1);
            // While it answers, while that is stored, while the files are compiled, or while the next is asked.
            await Task.Delay(random.Next(0, 400));
            life.Kill();
        }

        using var last = await Life.StartAsync(Data, settings);
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
            using (var life = await Life.StartAsync(Data, settings))
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
            using (var life = await Life.StartAsync(Data, settings))
            {
                await life.WaitUntilAsync(jobId, _ => site.Requests.Count > requests, "v1/api/jobs/");
                life.Kill();
            }

            Assert.Empty(site.Requests.Skip(requests).Intersect(done.Select(url => url[site.Root.Length..])));
        }

        using var last = await Life.StartAsync(Data, settings);
        await last.WaitUntilAsync(jobId!, job => job.GetProperty("data").GetProperty("status").GetString() == "completed", "v1/api/jobs/");
        Assert.Equal(site.Expected, (await PagesAsync(last)).Order(StringComparer.Ordinal));

        async Task<List<string>> PagesAsync(Life life) =>
            [.. (await life.Client.GetDataAsync($"v1/api/jobs/{jobId}/results?limit=1000")).GetProperty("items").EnumerateArray().Select(page => page.GetProperty("url").GetString()!)];
    }
}
