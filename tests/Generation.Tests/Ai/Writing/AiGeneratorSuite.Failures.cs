using Jobs.Domain.Generation;
using Jobs.Generation.Ai.ToolUse;
using Jobs.Generation.Ai.Writing;

namespace Jobs.Generation.Tests.Ai.Writing;

/// <content>Models that do not do the work.</content>
public abstract partial class AiGeneratorSuite
{
    [Fact]
    public async Task Answer_that_is_cut_is_gone_on_with_in_smaller_steps_and_never_asked_for_unchanged()
    {
        await using var server = await StartAsync(Text("I think that", isCut: true), Calls(("1", "finish", """{"summary":"Done."}""")));

        Assert.IsType<GenerationResult.Files>(await new Work(this, server) { Files = { ["src/App.tsx"] = App } }.RunAsync("a card"));

        Assert.Contains("smaller steps", server.Requests[1].Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_that_only_talks_is_given_up_with_what_it_said()
    {
        await using var server = await StartAsync();
        server.Otherwise = Text("I cannot help with that.");

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal("The AI model did not do the work. It said: I cannot help with that.", error.Message);
        Assert.False(error.IsTransient);
        Assert.Equal(ToolUseLimits.MaxIdleAnswers + 1, server.Requests.Count);
    }

    [Fact]
    public async Task Model_whose_answers_are_always_cut_is_given_up()
    {
        await using var server = await StartAsync();
        server.Otherwise = CutCalls(("1", "write_file", """{"path":"b.txt","content":"hal"""));

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal("The AI model's answers were cut at their limit again and again, before anything was done.", error.Message);
        Assert.Equal(ToolUseLimits.MaxIdleAnswers + 1, server.Requests.Count);
    }

    [Fact]
    public async Task Model_that_knows_only_tools_that_do_not_exist_is_given_up()
    {
        await using var server = await StartAsync([.. Enumerable.Range(0, 4).Select(i => Calls(("1", $"tool_{i}", "{}"), ("2", "write_file", "[]")))]);

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal("The AI model called only tools that do not exist, or without what they need.", error.Message);
        Assert.Equal(0, server.Left);
    }

    [Fact]
    public async Task Model_that_says_nothing_is_given_up()
    {
        await using var server = await StartAsync();
        server.Otherwise = Text("");

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal("The AI model gave only empty answers.", error.Message);
    }

    [Fact]
    public async Task Answer_that_the_filter_stops_ends_the_build()
    {
        await using var server = await StartAsync(Filtered);

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal(("The AI service's content filter refused this.", false), (error.Message, error.IsTransient));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Answer_that_breaks_off_may_be_asked_for_again()
    {
        await using var server = await StartAsync(Calls(("1", "list_files", "{}")).After(2, ScriptedEnd.Cut));

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal(("The AI service's answer broke off.", true), (error.Message, error.IsTransient));
    }

    [Fact]
    public async Task Model_that_goes_round_in_a_wide_circle_is_given_up()
    {
        await using var server = await StartAsync(
            [.. Enumerable.Range(0, 100).Select(i => Calls(("1", "write_file", Json(new { path = "a.txt", content = i % 3 == 0 ? "one" : i % 3 == 1 ? "two" : "three" }))))]);

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal("The AI model repeated itself without getting anywhere.", error.Message);
        Assert.Equal((3 * ToolUseLimits.MaxRepetitions) + 2, server.Requests.Count);
    }

    [Fact]
    public async Task What_the_model_took_is_counted_also_when_it_is_then_given_up()
    {
        await using var server = await StartAsync();
        server.Otherwise = Text("No.");
        var work = new Work(this, server);

        await Assert.ThrowsAsync<GenerationException>(() => work.RunAsync("a card"));

        Assert.Equal(7 * (ToolUseLimits.MaxIdleAnswers + 1), work.Usage.Output);
    }

    [Fact]
    public async Task Model_that_finishes_without_files_is_told_and_then_given_up()
    {
        await using var server = await StartAsync();
        server.Otherwise = Calls(("1", "finish", """{"summary":"Done."}"""));

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal("The AI model wrote no files.", error.Message);
        Assert.Contains(Results(server.Requests[1]), result => result.Contains("There are no files.", StringComparison.Ordinal));
        Assert.Equal(WritingLimits.MaxRepairs + 1, server.Requests.Count);
    }
}
