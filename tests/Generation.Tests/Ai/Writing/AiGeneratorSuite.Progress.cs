namespace Jobs.Generation.Tests.Ai.Writing;

/// <content>What people see while an answer streams.</content>
public abstract partial class AiGeneratorSuite
{
    [Fact]
    public async Task Progress_names_the_file_while_its_content_is_still_streaming()
    {
        var answer = Calls(("1", "plan", """{"files":["src/App.tsx","src/styles.css"]}"""), ("2", "write_file", Json(new { path = "src/App.tsx", content = App + new string(' ', 500) })));
        // Not to the end of the second call: neither client has given it yet.
        await using var server = await StartAsync(answer.After(answer.Parts.Count - 4, ScriptedEnd.Never));
        var work = new Work(this, server);
        using var stop = new CancellationTokenSource();

        var running = work.RunAsync("say hi", stop.Token);
        var reported = work.Reports.WaitForAsync("Writing src/App.tsx (1 of 2)");
        await reported.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(["Planning with the AI model test-model", "Writing src/App.tsx (1 of 2)"], work.Reports.All);
    }

    [Fact]
    public async Task Progress_says_which_attempt_at_mending_a_file_belongs_to()
    {
        await using var server = await StartAsync(
            Calls(("1", "write_file", """{"path":"src/App.tsx","content":"1"}"""), ("2", "finish", """{"summary":"Done."}""")),
            Calls(("3", "edit_file", """{"path":"src/App.tsx","old":"1","new":"2"}"""), ("4", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Bench = { Faults = { "no component", null } } };

        await work.RunAsync("say hi");

        Assert.Contains("Writing src/App.tsx, mending (attempt 1 of 3)", work.Reports.All);
    }

    [Theory]
    [InlineData("""{"path":"../<b>secret</b>","content":""}""")]
    [InlineData("""{"path":7,"content":""}""")]
    [InlineData("""{"content":"{\"path\":\"src/No.tsx\"}","path":""}""")]
    public async Task Progress_does_not_show_what_is_no_path(string arguments)
    {
        await using var server = await StartAsync(Calls(("1", "write_file", arguments)), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["src/App.tsx"] = App } };

        await work.RunAsync("say hi");

        Assert.Equal(["Planning with the AI model test-model"], work.Reports.All);
    }
}
