using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Functions.Sweeping;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Questions;

/// <summary>What a build that asks must do, for widgets as for agents.</summary>
public abstract class QuestionSuite
{
    private static readonly GenerationResult.Question Which = new("Which service?", ["Post", "Pigeon"], "Pigeon");

    /// <summary><c>widgets</c> or <c>agents</c>.</summary>
    protected abstract string Collection { get; }

    private protected abstract GenerationResult Files { get; }

    private protected abstract void Use(IServiceCollection services, FakeGenerator generator);

    private protected abstract ResourceStore Store(TestApp app);

    [Fact]
    public async Task Build_that_asks_waits_and_shows_its_question_in_the_conversation()
    {
        await using var app = await StartAsync(AsksOnce());
        var (id, jobId) = await CreateAsync(app);

        var job = await WaitUntilAskedAsync(app, jobId);
        var messages = await MessagesAsync(app, id);

        Assert.Equal("building", job.GetProperty("status").GetString());
        Payload.AssertMatches("question-conversation.json", messages);
        Assert.Equal(jobId, messages.GetProperty("messages")[1].GetProperty("jobId").GetString());
    }

    [Fact]
    public async Task Answer_lets_the_build_go_on_and_reaches_the_generator()
    {
        GenerationRequest? second = null;
        await using var app = await StartAsync(new FakeGenerator((request, call) =>
        {
            second = request;
            return Task.FromResult(call == 1 ? Which : Files);
        }));
        var (id, jobId) = await CreateAsync(app);
        await WaitUntilAskedAsync(app, jobId);

        using var response = await AnswerAsync(app, id, "By post");
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Payload.AssertMatches("message-answered.json", await response.ReadJsonAsync());
        Assert.Equal("completed", job.GetProperty("status").GetString());
        Assert.Equal([new AnsweredQuestion("Which service?", "By post")], second!.Answers);
        Assert.Equal(["prompt", "question", "answer", "result"], await TypesAsync(app, id));
        Assert.Equal("closed", (await MessagesAsync(app, id)).GetProperty("messages")[1].GetProperty("question").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Build_may_ask_more_than_once()
    {
        GenerationRequest? last = null;
        await using var app = await StartAsync(new FakeGenerator((request, call) =>
        {
            last = request;
            return Task.FromResult(call <= 2 ? new GenerationResult.Question($"Question {call}?", []) : Files);
        }));
        var (id, jobId) = await CreateAsync(app);

        await WaitUntilAskedAsync(app, jobId);
        using var first = await AnswerAsync(app, id, "one");
        await WaitForOpenQuestionAsync(app, id, "Question 2?");
        using var second = await AnswerAsync(app, id, "two");
        await app.WaitUntilSettledAsync(jobId);

        Assert.Equal([new("Question 1?", "one"), new("Question 2?", "two")], last!.Answers);
    }

    [Fact]
    public async Task Of_two_answers_at_once_the_first_wins_and_the_other_asks_for_a_build()
    {
        var gate = new TaskCompletionSource<GenerationResult>();
        await using var app = await StartAsync(new FakeGenerator((_, call) => call == 1 ? Task.FromResult<GenerationResult>(Which) : gate.Task));
        var (id, jobId) = await CreateAsync(app);
        await WaitUntilAskedAsync(app, jobId);

        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AnswerAsync(app, id, $"Answer {i}")));
        gate.SetResult(Files);
        await app.WaitUntilSettledAsync(jobId);

        var answered = Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Accepted);
        Assert.Equal("building", (await answered.ReadJsonAsync()).GetProperty("status").GetString());
        Assert.All(responses.Where(response => response != answered), response => Assert.Equal(HttpStatusCode.Conflict, response.StatusCode));
        Assert.Single(await TypesAsync(app, id), type => type == "answer");
    }

    [Fact]
    public async Task Message_without_an_open_question_refines_with_the_conversation_as_context()
    {
        GenerationRequest? second = null;
        await using var app = await StartAsync(new FakeGenerator((request, call) =>
        {
            second = request;
            return Task.FromResult(call == 1 ? Which : Files);
        }));
        var (id, jobId) = await CreateAsync(app);
        await WaitUntilAskedAsync(app, jobId);
        using var answer = await AnswerAsync(app, id, "Post");
        await app.WaitUntilSettledAsync(jobId);

        using var refinement = await AnswerAsync(app, id, "Make it louder");
        var body = await refinement.ReadJsonAsync();
        await app.WaitUntilSettledAsync(body.GetProperty("jobId").GetString()!);

        Assert.Equal("pending", body.GetProperty("status").GetString());
        Assert.NotEqual(jobId, body.GetProperty("jobId").GetString());
        Assert.Equal("Make it louder", second!.Prompt);
        Assert.Equal(
            [ChatMessageKind.Prompt, ChatMessageKind.Question, ChatMessageKind.Answer, ChatMessageKind.Result],
            second.Earlier.Select(message => message.Kind));
        Assert.NotEmpty(second.Current.Files);
    }

    [Fact]
    public async Task Question_expires_after_seven_days_and_not_before()
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(AsksOnce(), time);
        var (id, jobId) = await CreateAsync(app);
        await WaitUntilAskedAsync(app, jobId);

        time.Advance(Job.QuestionLifetime - TimeSpan.FromSeconds(1));
        var before = await app.GetJobAsync(jobId);
        // The orchestration's timer has a margin of a second.
        var after = await app.WaitForJobAsync(jobId, job =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return job.GetProperty("status").GetString() == "failed";
        });

        Assert.Equal("waiting_for_input", before.GetProperty("progress").GetProperty("step").GetString());
        Assert.Equal("Nobody answered the build's question within 7 days; build again.", after.GetProperty("error").GetString());
        // The conversation follows the job.
        await app.WaitForMessagesAsync(Collection, id, 3);
        Assert.Equal(["prompt", "question", "failure"], await TypesAsync(app, id));
        using var late = await AnswerAsync(app, id, "Post");
        Assert.Equal("pending", (await late.ReadJsonAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Question_survives_a_restart_of_the_process()
    {
        var folder = Directory.CreateTempSubdirectory("jobs-test-");
        string id;
        string jobId;
        await using (var app = await StartAsync(AsksOnce(), data: folder.FullName))
        {
            (id, jobId) = await CreateAsync(app);
            await WaitUntilAskedAsync(app, jobId);
        }

        await using (var app = await StartAsync(new FakeGenerator((_, _) => Task.FromResult(Files)), data: folder.FullName))
        {
            using var response = await AnswerAsync(app, id, "Post");
            Assert.Equal("completed", (await app.WaitUntilSettledAsync(jobId)).GetProperty("status").GetString());
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Answer_whose_request_died_before_it_told_the_job_is_passed_on_by_the_sweeper()
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(AsksOnce(), time);
        var (id, jobId) = await CreateAsync(app);
        await WaitUntilAskedAsync(app, jobId);
        await Store(app).TryAddMessageAsync(
            "acme",
            id,
            new ChatMessage { JobId = jobId, Number = ChatMessage.NumberOfAnswer(1), Kind = ChatMessageKind.Answer, Content = "Post", CreatedAt = time.GetUtcNow() },
            CancellationToken.None);

        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await SweepAsync(app);

        Assert.Equal("completed", (await app.WaitUntilSettledAsync(jobId)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Answer_whose_request_died_before_it_woke_the_orchestration_is_passed_on_by_the_sweeper()
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(AsksOnce(), time);
        var (id, jobId) = await CreateAsync(app);
        await WaitUntilAskedAsync(app, jobId);
        await Store(app).TryAddMessageAsync(
            "acme",
            id,
            new ChatMessage { JobId = jobId, Number = ChatMessage.NumberOfAnswer(1), Kind = ChatMessageKind.Answer, Content = "Post", CreatedAt = time.GetUtcNow() },
            CancellationToken.None);
        await app.Services.GetRequiredService<JobStore>().ApplyAsync(jobId, new JobEvent.QuestionAnswered(time.GetUtcNow(), 1), known: null, CancellationToken.None);

        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await SweepAsync(app);

        Assert.Equal("completed", (await app.WaitUntilSettledAsync(jobId)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Deletion_while_a_question_is_open_cancels_the_build_and_ends_its_orchestration()
    {
        await using var app = await StartAsync(AsksOnce());
        var (id, jobId) = await CreateAsync(app);
        await WaitUntilAskedAsync(app, jobId);

        using var deleted = await app.Client.DeleteAsync($"v1/{Collection}/{id}");
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal("The build was cancelled.", job.GetProperty("error").GetString());
        await app.DurableClient.WaitForInstanceCompletionAsync(jobId).WaitAsync(TimeSpan.FromSeconds(100));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync($"v1/{Collection}/{id}/messages")).StatusCode);
    }

    [Fact]
    public async Task Build_again_while_a_question_is_open_is_refused()
    {
        await using var app = await StartAsync(AsksOnce());
        var (id, jobId) = await CreateAsync(app);
        await WaitUntilAskedAsync(app, jobId);

        using var response = await app.Client.PostAsJsonAsync($"v1/{Collection}/{id}/builds", new { prompt = "Something else" });

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    [Theory]
    [InlineData('c', ChatMessage.MaxQuestionLength, ChatMessage.MaxChoices, true)]
    [InlineData('選', ChatMessage.MaxQuestionLength, ChatMessage.MaxChoices, true)]
    [InlineData('c', ChatMessage.MaxQuestionLength + 1, ChatMessage.MaxChoices, false)]
    [InlineData('c', ChatMessage.MaxQuestionLength, ChatMessage.MaxChoices + 1, false)]
    [InlineData('c', 0, 0, false)]
    public async Task Question_beyond_its_limits_is_not_asked(char letter, int length, int choices, bool isAsked)
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(
            new FakeGenerator((_, _) => Task.FromResult<GenerationResult>(
                new GenerationResult.Question(new string(letter, length), [.. Enumerable.Repeat(new string(letter, length), choices)]))),
            time);
        var (id, jobId) = await CreateAsync(app);

        var job = await app.WaitForJobAsync(jobId, job =>
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            return job.GetProperty("status").GetString() == "failed" || job.GetProperty("progress").GetProperty("step").GetString() == "waiting_for_input";
        });

        Assert.Equal(isAsked, job.GetProperty("status").GetString() == "building");
        if (isAsked)
        {
            var conversation = await app.Client.GetFromJsonAsync<JsonElement>($"v1/{Collection}/{id}/messages");
            var question = conversation.GetProperty("messages").EnumerateArray().Last().GetProperty("question");
            Assert.Equal(Enumerable.Repeat(new string(letter, length), choices), question.GetProperty("choices").EnumerateArray().Select(choice => choice.GetString()));
        }
    }

    [Fact]
    public async Task Generator_that_never_stops_asking_fails_the_job()
    {
        await using var app = await StartAsync(new FakeGenerator((_, call) => Task.FromResult<GenerationResult>(new GenerationResult.Question($"{call}?", []))));
        var (id, jobId) = await CreateAsync(app);

        for (var question = 1; question <= Job.MaxQuestions; question++)
        {
            await WaitForOpenQuestionAsync(app, id, $"{question}?");
            using var response = await AnswerAsync(app, id, $"{question}!");
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        Assert.Equal("The generator asked more than 10 questions.", (await app.WaitUntilSettledAsync(jobId)).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?limit=1")]
    public async Task Conversation_of_another_organisation_is_not_found(string query)
    {
        await using var app = await StartAsync(AsksOnce());
        var (id, jobId) = await CreateAsync(app);
        await WaitUntilAskedAsync(app, jobId);

        using var read = await app.OtherTenant.GetAsync($"v1/{Collection}/{id}/messages{query}");
        using var answered = await app.OtherTenant.PostAsJsonAsync($"v1/{Collection}/{id}/messages", new { content = "Post" });

        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, answered.StatusCode);
        Assert.Equal(["prompt", "question"], await TypesAsync(app, id));
    }

    [Fact]
    public async Task Conversation_is_read_page_by_page_without_gap()
    {
        await using var app = await StartAsync(AsksOnce());
        var (id, jobId) = await CreateAsync(app, prompt: string.Concat(Enumerable.Repeat("😀", 32_000)));
        await WaitUntilAskedAsync(app, jobId);
        using var response = await AnswerAsync(app, id, "Post");
        await app.WaitUntilSettledAsync(jobId);

        var types = new List<string>();
        for (var query = "?limit=1"; ;)
        {
            var page = await app.Client.GetFromJsonAsync<JsonElement>($"v1/{Collection}/{id}/messages{query}");
            types.AddRange(page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("type").GetString()!));
            if (page.GetProperty("before").GetString() is not { } before)
            {
                break;
            }

            query = $"?limit=1&before={before}";
        }

        Assert.Equal(["result", "answer", "question", "prompt"], types);
        var all = (await MessagesAsync(app, id)).GetProperty("messages");
        Assert.Equal(64_000, all[0].GetProperty("content").GetString()!.Length);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Client.GetAsync($"v1/{Collection}/{id}/messages?before=x")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Client.GetAsync($"v1/{Collection}/{id}/messages?limit=101")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync($"v1/{Collection}/{id}/messages?limit=100")).StatusCode);
    }

    private FakeGenerator AsksOnce() => new((_, call) => Task.FromResult(call == 1 ? Which : Files));

    private Task<TestApp> StartAsync(FakeGenerator generator, TimeProvider? time = null, string? data = null) => TestApp.StartAsync(
        services =>
        {
            Use(services, generator);
            services.AddSingleton(time ?? TimeProvider.System);
        },
        data: data);

    private async Task<(string Id, string JobId)> CreateAsync(TestApp app, string prompt = "send it")
    {
        // Not as JSON content, which would escape each emoji as 12 bytes.
        using var content = new StringContent($$"""{"name":"Asker","prompt":"{{prompt}}"}""");
        using var response = await app.Client.PostAsync($"v1/{Collection}", content);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var body = await response.ReadJsonAsync();
        return (body.EnumerateObject().First().Value.GetString()!, body.GetProperty("jobId").GetString()!);
    }

    private static Task<JsonElement> WaitUntilAskedAsync(TestApp app, string jobId) =>
        app.WaitForJobAsync(jobId, job => job.GetProperty("progress").GetProperty("step").GetString() == "waiting_for_input");

    private async Task WaitForOpenQuestionAsync(TestApp app, string id, string content)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (!(await MessagesAsync(app, id)).GetProperty("messages").EnumerateArray().Any(message =>
            message.TryGetProperty("question", out var question)
            && question.GetProperty("status").GetString() == "open"
            && message.GetProperty("content").GetString() == content))
        {
            Assert.True(DateTime.UtcNow < deadline, $"'{content}' is not asked.");
            await Task.Delay(10);
        }
    }

    private Task<HttpResponseMessage> AnswerAsync(TestApp app, string id, string content) =>
        app.Client.PostAsJsonAsync($"v1/{Collection}/{id}/messages", new { content });

    private Task<JsonElement> MessagesAsync(TestApp app, string id) => app.Client.GetFromJsonAsync<JsonElement>($"v1/{Collection}/{id}/messages");

    private async Task<string[]> TypesAsync(TestApp app, string id) =>
        [.. (await MessagesAsync(app, id)).GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("type").GetString()!)];

    private static Task SweepAsync(TestApp app) =>
        ActivatorUtilities.CreateInstance<Sweeper>(app.Services).SweepAsync(new TimerInfo(), app.DurableClient, CancellationToken.None);
}
