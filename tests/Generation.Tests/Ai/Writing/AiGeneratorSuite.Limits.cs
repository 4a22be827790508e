using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Widgets;
using Jobs.Generation.Ai.ToolUse;
using Jobs.Generation.Ai.Writing;

namespace Jobs.Generation.Tests.Ai.Writing;

/// <content>Each limit, at it and one past it.</content>
public abstract partial class AiGeneratorSuite
{
    [Theory]
    [InlineData(ToolUseLimits.MaxArgumentDepth, true)]
    [InlineData(ToolUseLimits.MaxArgumentDepth + 1, false)]
    public async Task Arguments_may_be_nested_as_deeply_as_the_limit_says_and_not_more(int depth, bool isKept)
    {
        var nested = $"{new string('[', depth - 1)}{new string(']', depth - 1)}";
        await using var server = await StartAsync(Calls(("1", "list_files", $$"""{"deep":{{nested}}}""")), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["src/App.tsx"] = App } };

        Assert.IsType<GenerationResult.Files>(await work.RunAsync("say hi"));

        Assert.Equal(isKept, string.Concat(server.Requests[1].Body.ToJsonString().Where(letter => letter is '[' or ']')).Contains(nested, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ToolUseLimits.MaxRepetitions, null)]
    [InlineData(ToolUseLimits.MaxRepetitions + 1, "The AI model repeated itself without getting anywhere.")]
    public async Task Same_call_may_come_as_often_as_the_limit_says_and_not_more(int times, string? error)
    {
        await using var server = await StartAsync([.. Enumerable.Repeat(Calls(("1", "list_files", "{}")), times), Calls(("2", "finish", """{"summary":"Done."}"""))]);

        var thrown = await Record.ExceptionAsync(() => new Work(this, server) { Files = { ["a.txt"] = "" } }.RunAsync("a card"));

        Assert.Equal(error, thrown?.Message);
        Assert.Equal(error is null ? 0 : 1, server.Left);
    }

    [Theory]
    [InlineData(ToolUseLimits.MaxIdleAnswers, true)]
    [InlineData(ToolUseLimits.MaxIdleAnswers + 1, false)]
    public async Task Answers_that_do_nothing_may_be_as_many_as_the_limit_says_and_not_more(int idle, bool isBuilt)
    {
        await using var server = await StartAsync([.. Enumerable.Repeat(Text("Well."), idle), Calls(("2", "finish", """{"summary":"Done."}"""))]);

        var thrown = await Record.ExceptionAsync(() => new Work(this, server) { Files = { ["a.txt"] = "" } }.RunAsync("a card"));

        Assert.Equal(isBuilt ? null : "The AI model did not do the work. It said: Well.", thrown?.Message);
    }

    [Theory]
    [InlineData(WritingLimits.MaxRepairs, "Done.")]
    [InlineData(WritingLimits.MaxRepairs + 1, "The files do not compile, and the AI model test-model could not mend them in 3 attempts. It says of them: Done.")]
    public async Task Repairs_may_be_as_many_as_the_limit_says_and_not_more(int faults, string summary)
    {
        await using var server = await StartAsync();
        server.Otherwise = Calls(("1", "finish", """{"summary":"Done."}"""));
        var work = new Work(this, server) { Files = { ["a.txt"] = "" } };
        work.Bench.Faults.AddRange(Enumerable.Repeat("error", faults));

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("a card"));

        Assert.Equal(summary, files.Summary);
        Assert.Equal(faults + (faults > WritingLimits.MaxRepairs ? 0 : 1), work.Bench.Checks);
        Assert.Equal(
            Enumerable.Range(1, WritingLimits.MaxRepairs).Select(attempt => $"Mending what the compiler found (attempt {attempt} of 3)"),
            work.Messages.Where(message => message.StartsWith("Mending", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(ToolUseLimits.MaxQuoteLength, false)]
    [InlineData(ToolUseLimits.MaxQuoteLength + 1, true)]
    public async Task Words_of_a_model_are_told_up_to_the_limit(int length, bool isCut)
    {
        await using var server = await StartAsync();
        server.Otherwise = Text(new string('x', length));

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal(("The AI model did not do the work. It said: ".Length + ToolUseLimits.MaxQuoteLength, isCut), (error.Message.Length, error.Message.EndsWith('…')));
    }

    [Theory]
    [InlineData(ToolUseLimits.MaxAnswers - 1, true)]
    [InlineData(ToolUseLimits.MaxAnswers, false)]
    public async Task Answers_may_be_as_many_as_the_limit_says_and_not_more(int before, bool isBuilt)
    {
        await using var server = await StartAsync([.. Enumerable.Range(0, before).Select(i => Calls(("1", "write_file", Json(new { path = "a.txt", content = $"{i}" }))))]);
        server.Otherwise = Calls(("1", "finish", """{"summary":"Done."}"""));
        var work = new Work(this, server);

        var error = await Record.ExceptionAsync(() => work.RunAsync("a card"));

        Assert.Equal(isBuilt ? null : $"The AI model was not done after {ToolUseLimits.MaxAnswers} answers.", error?.Message);
    }

    [Fact]
    public async Task Files_that_are_too_large_together_are_refused_and_the_model_can_go_on()
    {
        await using var server = await StartAsync(
            Calls(("1", "append_file", """{"path":"a.txt","content":"xx"}""")), Calls(("2", "append_file", """{"path":"a.txt","content":"x"}""")), Calls(("3", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["a.txt"] = new string('x', SourceFiles.MaxTotalBytes - 1) } };

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("a card"));

        Assert.Equal(SourceFiles.MaxTotalBytes, files.Content["a.txt"].Length);
        Assert.Contains(Results(server.Requests[1]), result => result.StartsWith("Nothing was changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Calls_of_one_answer_may_be_as_many_as_the_limit_says_and_not_more()
    {
        await using var server = await StartAsync(
            Calls([.. Enumerable.Range(0, ToolUseLimits.MaxCallsPerAnswer + 1).Select(i => ($"id{i}", "write_file", Json(new { path = $"{i}.txt", content = "x" })))]),
            Calls(("2", "finish", """{"summary":"Done."}""")));

        var files = Assert.IsType<GenerationResult.Files>(await new Work(this, server).RunAsync("a card"));

        Assert.Equal(ToolUseLimits.MaxCallsPerAnswer, files.Content.Count);
    }

    [Fact]
    public async Task Files_are_read_in_one_answer_until_the_limit_is_reached()
    {
        var reads = (ToolUseLimits.MaxResultsLength / ToolUseLimits.MaxResultLength) + 1;
        await using var server = await StartAsync(
            Calls([.. Enumerable.Range(0, reads).Select(i => ($"id{i}", "read_file", """{"path":"a.txt"}"""))]), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["a.txt"] = new string('x', ToolUseLimits.MaxResultLength) } };

        await work.RunAsync("a card");

        Assert.Equal(
            [.. Enumerable.Repeat(ToolUseLimits.MaxResultLength, reads - 1), $"Not read: more than {ToolUseLimits.MaxResultsLength} characters in one answer. Read it in your next one.".Length],
            Results(server.Requests[1]).Select(result => result.Length));
    }

    [Theory]
    [InlineData(ToolUseLimits.MaxResultLength, ToolUseLimits.MaxResultLength)]
    [InlineData(ToolUseLimits.MaxResultLength + 1, ToolUseLimits.MaxResultLength + 25)]
    public async Task Result_is_cut_beyond_its_limit(int length, int told)
    {
        await using var server = await StartAsync(Calls(("1", "read_file", """{"path":"a.txt"}""")), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["a.txt"] = new string('x', length) } };

        await work.RunAsync("a card");

        Assert.Equal(told, Assert.Single(Results(server.Requests[1])).Length);
    }

    [Theory]
    [InlineData(ToolUseLimits.MaxResultLength, "end")]
    [InlineData(ToolUseLimits.MaxResultLength - 1, "xend")]
    [InlineData(ToolUseLimits.MaxResultLength + 3, "[nothing is left: a.txt has 60003 characters]")]
    [InlineData(int.MaxValue, "[nothing is left: a.txt has 60003 characters]")]
    public async Task Long_file_is_read_in_parts(int from, string told)
    {
        await using var server = await StartAsync(Calls(("1", "read_file", Json(new { path = "a.txt", from }))), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["a.txt"] = new string('x', ToolUseLimits.MaxResultLength) + "end" } };

        await work.RunAsync("a card");

        Assert.Equal([told], Results(server.Requests[1]));
    }

    [Theory]
    [InlineData(ToolUseLimits.MaxTokens - 1, 0, null)]
    [InlineData(ToolUseLimits.MaxTokens, 0, "The AI model was not done after 2,000,000 tokens.")]
    [InlineData(0, -1, null)]
    [InlineData(0, 0, "The AI model was not done after 30 minutes.")]
    public async Task Tokens_and_time_may_be_as_much_as_the_limits_say_and_not_more(long tokens, int beyondTime, string? error)
    {
        await using var server = await StartAsync(Calls(("1", "finish", """{"summary":"Done."}""")));
        var state = Begun();
        (state.Tokens, state.Worked) = (tokens, tokens > 0 ? TimeSpan.Zero : ToolUseLimits.MaxTime + TimeSpan.FromTicks(beyondTime));

        var thrown = await Record.ExceptionAsync(() => new Work(this, server) { Transcript = state }.RunAsync("a card"));

        Assert.Equal(error, thrown?.Message);
        Assert.Equal(error is null ? 1 : 0, server.Requests.Count);
    }

    [Fact]
    public async Task Time_of_the_answers_is_summed()
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource();
        await using var server = await StartAsync(
            Calls(("1", "write_file", """{"path":"a.txt","content":"x"}""")) with { Gate = gate.Task }, Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Time = time };

        var running = work.RunAsync("a card");
        await server.WaitForRequestsAsync(1);
        time.Advance(TimeSpan.FromSeconds(50));
        gate.SetResult();
        await running;

        Assert.Equal(TimeSpan.FromSeconds(50), work.Transcript.Worked);
    }

    [Theory]
    [InlineData(WritingLimits.MaxTrials - 1, "The files compile.")]
    [InlineData(WritingLimits.MaxTrials, "Not done: the files were checked and tried 40 times. Finish.")]
    public async Task Trials_may_be_as_many_as_the_limit_says_and_not_more(int before, string told)
    {
        await using var server = await StartAsync(Calls(("1", "check", "{}")), Calls(("2", "finish", """{"summary":"Done."}""")));
        var state = Begun();
        state.Trials = before;

        await new Work(this, server) { Transcript = state }.RunAsync("a card");

        Assert.Equal([told], Results(server.Requests[1]));
    }

    [Theory]
    [InlineData(Job.MaxQuestions - 1, true)]
    [InlineData(Job.MaxQuestions, false)]
    public async Task Questions_may_be_as_many_as_a_job_may_ask_and_not_more(int before, bool isAsked)
    {
        await using var server = await StartAsync(Calls(("1", "ask_user", """{"question":"Which?"}""")), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["a.txt"] = "" } };
        work.Answers.AddRange(Enumerable.Range(0, before).Select(i => new AnsweredQuestion($"{i}?", "Yes")));

        Assert.Equal(isAsked, await work.RunAsync("a card") is GenerationResult.Question);
    }

    [Fact]
    public void Everything_that_a_model_may_do_fits_into_the_turns_of_a_job() =>
        Assert.InRange(ToolUseLimits.MaxAnswers + WritingLimits.MaxTrials + WritingLimits.MaxRepairs + 1 + Job.MaxQuestions, 1, Job.MaxTurns - 1);
}
