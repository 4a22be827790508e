using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Identity;
using Jobs.Functions.JobTypes.AiPreview;
using Jobs.Functions.Ledger;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>The type AI_PREVIEW, and with it how work asks a model. One token given costs a millionth, one answered two.</summary>
public sealed class AiPreviewTests
{
    private const string MonthSettings = "--Ai:SpendingLimit";

    [Fact]
    public async Task Without_a_model_the_result_is_the_prompt_with_its_variables_and_says_so()
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann", "admin");

        var id = await CreateAsync(user, new { prompt = "Name {{ count }} risks of {{topic}}.", variables = new { count = 3, topic = "farming", unused = true } });

        Payload.AssertMatches("003-job-template.json", await user.WaitForAnalysisAsync(id));
    }

    [Fact]
    public async Task Model_is_sent_the_prompt_with_its_variables_and_its_words_are_the_output()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Stream(["Price", "s.\u0007\u202E"]));
        await using var app = await AnalysisApp.StartAsync(arguments: AnalysisApp.Ai(server));
        using var user = await app.NewUserAsync("ann", "admin");

        var job = await user.WaitForAnalysisAsync(await CreateAsync(user, new { prompt = "Name {{n}} risks: {{n}}", variables = new { n = "{{n}}\n\"1\"" } }));

        Assert.Equal("""{"output":"Prices."}""", job.GetProperty("result").GetRawText());
        var message = server.Requests.Single().Body["messages"]!.AsArray().Single()!;
        Assert.Equal(("user", "Name {{n}}\n\"1\" risks: {{n}}\n\"1\""), (message["role"]!.GetValue<string>(), message["content"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Answer_that_is_cut_says_so()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            OpenAiAnswers.Stream(["Pri"], "length"),
            OpenAiAnswers.Stream([new string('x', AiPreviewHandler.MaxOutputLength)]),
            OpenAiAnswers.Stream([new string('x', AiPreviewHandler.MaxOutputLength + 1)]));
        await using var app = await AnalysisApp.StartAsync(arguments: AnalysisApp.Ai(server));
        using var user = await app.NewUserAsync("ann");

        var results = new List<JsonElement>();
        for (var i = 0; i < 3; i++)
        {
            results.Add((await user.WaitForAnalysisAsync(await user.PreviewAsync("Hello"))).GetProperty("result"));
        }

        Assert.Equal("""{"output":"Pri","truncated":true}""", results[0].GetRawText());
        Assert.Equal([true, false, true], results.Select(result => result.TryGetProperty("truncated", out _)));
        Assert.All(results.Skip(1), result => Assert.Equal(AiPreviewHandler.MaxOutputLength, result.GetProperty("output").GetString()!.Length));
    }

    [Fact]
    public async Task Model_that_takes_no_more_requests_is_asked_in_three_attempts_and_its_words_stay_in_the_log()
    {
        var time = new ManualTimeProvider();
        var busy = OpenAiAnswers.Error(429, "secret words of the provider").With("Retry-After", "60");
        await using var server = await ScriptedServer.StartOpenAiAsync(busy, busy, busy);
        await using var app = await AnalysisApp.StartAsync(time: time, arguments: AnalysisApp.Ai(server, Prices));
        using var user = await app.NewUserAsync("ann");
        var id = await user.PreviewAsync("Hello");
        var began = time.GetUtcNow();

        await time.AdvanceUntilAsync(() => IsEndedAsync(app, id));

        var job = await (await app.NewUserAsync("ann")).GetFromJsonAsync<JsonElement>($"api/jobs/{id}");
        Payload.AssertMatches("003-job-failed.json", job);
        Assert.Equal(3, server.Requests.Count);
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(120));
        Assert.Equal((0, 0), await SpentAsync(app, "ann"));
    }

    [Fact]
    public async Task Attempt_that_fails_for_a_while_is_followed_by_one_that_succeeds()
    {
        var time = new ManualTimeProvider();
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Stream(["Half"]).After(2, ScriptedEnd.Cut), OpenAiAnswers.Stream([" "]), OpenAiAnswers.Stream(["Whole"]));
        await using var app = await AnalysisApp.StartAsync(time: time, arguments: AnalysisApp.Ai(server, Prices));
        using var user = await app.NewUserAsync("ann");
        var id = await user.PreviewAsync("Hello");

        await time.AdvanceUntilAsync(() => IsEndedAsync(app, id));

        var job = await user.GetFromJsonAsync<JsonElement>($"api/jobs/{id}");
        Assert.Equal(("Whole", 3), (job.GetProperty("result").GetProperty("output").GetString(), job.GetProperty("attempts").GetInt32()));
        // The one that broke off is paid as the most that it could cost, the empty one and the whole one as what they took.
        var (spent, reserved) = await SpentAsync(app, "ann");
        Assert.InRange(spent, (2 * 25) + 512, (2 * 25) + 512 + 3_000);
        Assert.Equal(0, reserved);
        var stored = await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None);
        Assert.Equal(spent, stored!.Usage.Cost);
    }

    [Fact]
    public async Task Model_that_refuses_ends_the_job_at_once()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.StreamRefusal("I will not."));
        await using var app = await AnalysisApp.StartAsync(arguments: AnalysisApp.Ai(server));
        using var user = await app.NewUserAsync("ann");

        var job = await user.WaitForAnalysisAsync(await user.PreviewAsync("Hello"));

        Assert.Equal(("The AI model refused: I will not.", 1), (job.GetProperty("error").GetString(), job.GetProperty("attempts").GetInt32()));
    }

    [Theory]
    [InlineData("--Ai:SpendingLimit", SpendingLedger.MonthLimitReached)]
    [InlineData("--Ai:BuildSpendingLimit", SpendingLedger.JobLimitReached)]
    public async Task Call_that_a_limit_does_not_allow_is_not_made(string setting, string error)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        await using var app = await AnalysisApp.StartAsync(arguments: AnalysisApp.Ai(server, [.. Prices, setting, "0.0005"]));
        using var user = await app.NewUserAsync("ann");

        var job = await user.WaitForAnalysisAsync(await user.PreviewAsync("Hello"));

        Assert.Equal((error, 1), (job.GetProperty("error").GetString(), job.GetProperty("attempts").GetInt32()));
        Assert.Empty(server.Requests);
        Assert.Equal((0, 0), await SpentAsync(app, "ann"));
    }

    [Fact]
    public async Task Many_previews_at_once_do_not_pass_the_limit_and_wait_for_what_others_hold()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new ManualTimeProvider();
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = OpenAiAnswers.Stream(["Yes"]) with { Gate = gate.Task };
        // A call holds 40,000 for its answer, and something above 2,000 for what it is given; it costs 25.
        await using var app = await AnalysisApp.StartAsync(time: time, arguments: AnalysisApp.Ai(server, [.. Prices, MonthSettings, "0.1", "--Ai:MaxOutputTokens", "20000"]));
        using var user = await app.NewUserAsync("ann");
        var jobs = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            jobs.Add(await user.PreviewAsync("Hello"));
        }

        foreach (var id in jobs)
        {
            await user.WaitForAnalysisAsync(id, job => job.Status() == "PROCESSING");
        }

        await server.WaitForRequestsAsync(2);
        // That no further one comes can only be waited for.
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        var (underWay, held) = (server.Requests.Count, await SpentAsync(app, "ann"));
        gate.SetResult();
        foreach (var id in jobs)
        {
            await time.AdvanceUntilAsync(() => IsEndedAsync(app, id));
        }

        Assert.Equal(2, underWay);
        Assert.InRange(held.Reserved, 2 * 42_000, 100_000);
        Assert.Equal((5 * 25, 0), await SpentAsync(app, "ann"));
    }

    [Fact]
    public async Task Batches_of_one_job_may_each_ask_and_each_call_is_paid()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = OpenAiAnswers.Stream(["Yes"]);
        var answers = 0;
        var handler = new FakeJobHandler
        {
            Type = AnalysisApp.TestType,
            Contract = JobContract.Analysis,
            Batches = 4,
            Before = async work =>
            {
                Assert.Equal("Yes", (await work.Model!.AskAsync(new ModelQuestion("Ready?", "Answer with one word."), CancellationToken.None)).Text);
                Interlocked.Increment(ref answers);
            },
        };
        await using var app = await AnalysisApp.StartAsync(handler, arguments: AnalysisApp.Ai(server, Prices));
        using var user = await app.NewUserAsync("ann");

        var id = await user.CreateAnalysisJobAsync();
        var job = await user.WaitForAnalysisAsync(id);

        Assert.Equal(("COMPLETED", 1, 4), (job.Status(), job.GetProperty("attempts").GetInt32(), answers));
        Assert.Equal((4 * 25, 0), await SpentAsync(app, "ann"));
        var usage = (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!.Usage;
        Assert.Equal((44, 28, 100), (usage.Input, usage.Output, usage.Cost));
    }

    [Fact]
    public async Task Batches_of_one_job_share_its_limit()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        // A call holds something below 2,800 and costs 1,400: after two of them a third could pass the limit.
        server.Otherwise = OpenAiAnswers.Stream(["Yes"]).Taking(1_000, 0, 200);
        var handler = new FakeJobHandler
        {
            Type = AnalysisApp.TestType,
            Contract = JobContract.Analysis,
            Batches = 4,
            Before = work => work.Model!.AskAsync(new ModelQuestion("Ready?"), CancellationToken.None),
        };
        await using var app = await AnalysisApp.StartAsync(handler, arguments: AnalysisApp.Ai(server, [.. Prices, "--Ai:BuildSpendingLimit", "0.005"]));
        using var user = await app.NewUserAsync("ann");

        var job = await user.WaitForAnalysisAsync(await user.CreateAnalysisJobAsync());

        Assert.Equal(("FAILED", SpendingLedger.JobLimitReached), (job.Status(), job.GetProperty("error").GetString()));
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal((2_800, 0), await SpentAsync(app, "ann"));
    }

    [Fact]
    public async Task Batch_that_asks_twice_is_a_defect_and_no_job_asks_before_or_after_its_batches()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = OpenAiAnswers.Stream(["Yes"]);
        Exception? caught = null;
        var handler = new FakeJobHandler
        {
            Type = AnalysisApp.TestType,
            Contract = JobContract.Analysis,
            Batches = 1,
            Before = async work =>
            {
                await work.Model!.AskAsync(new ModelQuestion("Ready?"), CancellationToken.None);
                caught = await Assert.ThrowsAsync<InvalidOperationException>(() => work.Model.AskAsync(new ModelQuestion("Really?"), CancellationToken.None));
            },
        };
        await using var app = await AnalysisApp.StartAsync(handler, arguments: AnalysisApp.Ai(server));
        using var user = await app.NewUserAsync("ann");

        Assert.Equal("COMPLETED", (await user.WaitForAnalysisAsync(await user.CreateAnalysisJobAsync())).Status());
        Assert.NotNull(caught);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Answer_can_be_asked_for_in_a_schema()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Stream(["""{"risk":""", "\"drought\"}"]));
        var handler = new FakeJobHandler
        {
            Type = AnalysisApp.TestType,
            Contract = JobContract.Analysis,
            Batches = 1,
            Before = async work => Assert.Equal(
                """{"risk":"drought"}""",
                (await work.Model!.AskAsync(new ModelQuestion("Which?", Schema: JsonElement.Parse("""{"type":"object","properties":{"risk":{"type":"string"}}}""")), CancellationToken.None)).Text),
        };
        await using var app = await AnalysisApp.StartAsync(handler, arguments: AnalysisApp.Ai(server));
        using var user = await app.NewUserAsync("ann");

        Assert.Equal("COMPLETED", (await user.WaitForAnalysisAsync(await user.CreateAnalysisJobAsync())).Status());
        Assert.Equal("json_schema", server.Requests.Single().Body["response_format"]!["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Call_that_a_process_died_in_is_made_again_and_nothing_stays_held()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(ScriptedAnswer.Silence);
        server.Otherwise = OpenAiAnswers.Stream(["Yes"]);
        var data = Directory.CreateTempSubdirectory("jobs-preview-");
        string id, url, token;
        await using (var first = await AnalysisApp.StartAsync(data: data.FullName, arguments: AnalysisApp.Ai(server, Prices)))
        {
            url = first.Address.GetLeftPart(UriPartial.Authority);
            token = await first.TokenAsync("ann");
            using var user = first.NewClient(token);
            id = await user.PreviewAsync("Hello");
            await server.WaitForRequestsAsync(1);
            Assert.True((await SpentAsync(first, "ann")).Reserved > 0);
        }

        await using (var second = await AnalysisApp.StartAsync(data: data.FullName, arguments: AnalysisApp.Ai(server, [.. Prices, "--urls", url])))
        {
            using var user = second.NewClient(token);
            var job = await user.WaitForAnalysisAsync(id);

            Assert.Equal("""{"output":"Yes"}""", job.GetProperty("result").GetRawText());
            Assert.Equal((25, 0), await SpentAsync(second, "ann"));
        }

        data.Delete(recursive: true);
    }

    [Theory]
    [InlineData("""{}""", "'prompt' must have 1 to 32000 characters and not be blank.")]
    [InlineData("""{"prompt":" "}""", "'prompt' must have 1 to 32000 characters and not be blank.")]
    [InlineData("""{"prompt":1}""", "'prompt' is not what it must be: look up this type's input in the documentation.")]
    [InlineData("""{"prompt":"Name {{n}} risks of {{topic}} and {{n}}."}""", "'variables' must have what the prompt needs: n, topic.")]
    [InlineData("""{"prompt":"{{a}}{{b}}","variables":{"a":"x"}}""", "'variables' must have what the prompt needs: b.")]
    [InlineData("""{"prompt":"{{A}}","variables":{"a":"x"}}""", "'variables' must have what the prompt needs: A.")]
    [InlineData("""{"prompt":"{{a}}","variables":{"a":null}}""", "'variables' must have texts of at most 32000 characters, numbers or booleans, which 'a' is not.")]
    [InlineData("""{"prompt":"{{a}}","variables":{"a":{}}}""", "'variables' must have texts of at most 32000 characters, numbers or booleans, which 'a' is not.")]
    [InlineData("""{"prompt":"x","variables":[]}""", "'variables' is not what it must be: look up this type's input in the documentation.")]
    [InlineData("""{"prompt":"x","variables":{"1":"x"}}""", "'variables' must have names of 1 to 64 letters, digits and characters of '_.-', of which the first is a letter or '_'.")]
    [InlineData("""{"prompt":"x","variables":{"a":"\ud800"}}""", "'variables' must have texts of at most 32000 characters, numbers or booleans, which 'a' is not.")]
    public async Task Input_that_breaks_a_rule_is_400_and_names_it(string body, string detail)
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann", "admin");

        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await user.PostAsync("api/admin/prompts/preview", content);

        Assert.Equal((400, detail), ((int)response.StatusCode, (await response.ReadJsonAsync()).GetProperty("detail").GetString()));
    }

    [Theory]
    [InlineData(AiPreviewHandler.MaxPromptLength, 0, 0, 0, 202)]
    [InlineData(AiPreviewHandler.MaxPromptLength + 1, 0, 0, 0, 400)]
    [InlineData(1, AiPreviewHandler.MaxVariables, PromptTemplate.MaxNameLength, 1, 202)]
    [InlineData(1, AiPreviewHandler.MaxVariables + 1, PromptTemplate.MaxNameLength, 1, 400)]
    [InlineData(1, AiPreviewHandler.MaxVariables, PromptTemplate.MaxNameLength + 1, 1, 400)]
    [InlineData(1, 1, 1, AiPreviewHandler.MaxValueLength, 202)]
    [InlineData(1, 1, 1, AiPreviewHandler.MaxValueLength + 1, 400)]
    public async Task Input_has_a_size(int prompt, int variables, int name, int value, int expected)
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann", "admin");
        var input = new
        {
            prompt = new string('p', prompt),
            variables = Enumerable.Range(0, variables).ToDictionary(number => $"v{number}".PadRight(name, '_')[..Math.Max(name, variables == 1 ? 1 : 4)], _ => new string('v', value)),
        };

        using var response = await user.PostAsJsonAsync("api/admin/prompts/preview", input);

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(0, 202)]
    [InlineData(1, 400)]
    public async Task Prompt_has_a_size_with_its_variables(int more, int expected)
    {
        await using var app = await AnalysisApp.StartAsync();
        using var user = await app.NewUserAsync("ann", "admin");
        const int Places = 1_000;
        var value = new string('v', AiPreviewHandler.MaxFilledLength / Places);

        using var response = await user.PostAsJsonAsync(
            "api/admin/prompts/preview", new { prompt = string.Concat(Enumerable.Repeat("{{v}}", Places)) + new string('p', more), variables = new { v = value } });

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("{{a}}", "1")]
    [InlineData("{{ a }}", "1")]
    [InlineData("{{a}}{{b.c-d_2}}", "12")]
    [InlineData("{{{a}}}", "{1}")]
    [InlineData("{a} {{}} {{ }} {{1}} {{a b}} {{a\n}} {{ä}} {{a", "{a} {{}} {{ }} {{1}} {{a b}} {{a\n}} {{ä}} {{a")]
    [InlineData("{{{{a}}}}", "{{1}}")]
    [InlineData("\\{{a}}", "\\1")]
    public void Template_has_places_for_variables_and_all_else_is_text(string text, string expected)
    {
        var variables = new Dictionary<string, string> { ["a"] = "1", ["b.c-d_2"] = "2" };
        var template = new PromptTemplate(text);

        Assert.Equal(expected, template.Fill(variables));
        Assert.Equal(expected.Length, template.LengthWith(variables));
    }

    [Fact]
    public void Template_of_hostile_text_is_read_in_no_time()
    {
        foreach (var text in new[] { new string('{', AiPreviewHandler.MaxPromptLength), string.Concat(Enumerable.Repeat("{{ a", 8_000)), "{{" + new string(' ', 31_000), string.Concat(Enumerable.Repeat("{{a ", 8_000)) })
        {
            var before = ThreadTime.Now;
            Assert.Empty(new PromptTemplate(text).Names);
            Assert.True(ThreadTime.Now - before < TimeSpan.FromSeconds(1));
        }
    }

    private static string[] Prices => ["--Ai:InputPrice", "1", "--Ai:OutputPrice", "2"];

    private static async Task<string> CreateAsync(HttpClient admin, object body)
    {
        using var response = await admin.PostAsJsonAsync("api/admin/prompts/preview", body);
        Assert.Equal(202, (int)response.StatusCode);
        return (await response.ReadJsonAsync()).GetProperty("id").GetString()!;
    }

    /// <summary>By the row, because the clock may have passed the end of a token.</summary>
    private static async Task<bool> IsEndedAsync(TestApp app, string id) => (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!.IsTerminal;

    private static async Task<(long Spent, long Reserved)> SpentAsync(TestApp app, string user)
    {
        var month = await app.Services.GetRequiredService<SpendingLedger>().ReadAsync(UserTenant.Of(app.Address.GetLeftPart(UriPartial.Authority), user), CancellationToken.None);
        return (month.Spent, month.Reserved);
    }
}
