using System.IO.Compression;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jobs.Functions.JobTypes.GapDetection;
using Jobs.Functions.Tests.Documents;
using Jobs.Functions.Tests.Work;

namespace Jobs.Functions.Tests;

/// <summary>The program, killed with SIGKILL while it imports, exports and analyses: nothing is lost or done twice.</summary>
public sealed class WorkCrashTests : CrashSuite
{
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
            using var life = await Life.StartAsync(Data);
            jobId ??= await life.Client.CreateJobAsync("import", new { format = "jsonl", uploadId = await life.Client.UploadAsync(file) });
            var before = (await life.Client.GetDataAsync($"v1/api/jobs/{jobId}")).GetProperty("progress").GetInt32();
            await life.WaitUntilAsync(jobId, job => Progress(job) > before || IsCompleted(job), "v1/api/jobs/");
            await Task.Delay(random.Next(0, 100));
            interrupted += IsCompleted(await life.Client.GetFromJsonAsync<JsonElement>($"v1/api/jobs/{jobId}")) ? 0 : 1;
            life.Kill();
        }

        Assert.True(interrupted > 0, "No kill came in the middle.");
        using var last = await Life.StartAsync(Data);
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
            using var life = await Life.StartAsync(Data);
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
        using var last = await Life.StartAsync(Data);
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
        using (var life = await Life.StartAsync(Data, url, SettingsOf(server)))
        {
            using var user = await life.NewUserAsync();
            jobId = await user.CreateAnalysisJobAsync(type, input);
            // Four are asked at once, and two more once two of them are done.
            await server.WaitForRequestsAsync(Questions);
            life.Kill();
        }

        server.Reply = _ => OpenAiAnswers.Stream([answer]);
        using var last = await Life.StartAsync(Data, url, SettingsOf(server));
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
            using var life = await Life.StartAsync(Data, url);
            using var user = await life.NewUserAsync();
            jobId ??= await user.CreateAnalysisJobAsync(type, input);
            await user.WaitForAnalysisAsync(jobId, job => job.Status() != "PENDING");
            // While it is planned, while a batch is embedded, or between.
            await Task.Delay(random.Next(0, 2_000));
            life.Kill();
        }

        using var last = await Life.StartAsync(Data, url);
        using var again = await last.NewUserAsync();
        var job = await again.WaitForAnalysisAsync(jobId!);
        var whole = await again.WaitForAnalysisAsync(await again.CreateAnalysisJobAsync(type, input));

        Assert.Equal(("COMPLETED", "COMPLETED"), (job.Status(), whole.Status()));
        Assert.Equal(whole.GetProperty("result").GetRawText(), job.GetProperty("result").GetRawText());
    }
}
