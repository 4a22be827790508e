using Jobs.Domain.Generation;

namespace Jobs.Generation.Tests.Ai.Writing;

/// <content>What comes of the calls of one answer.</content>
public abstract partial class AiGeneratorSuite
{
    [Theory]
    [InlineData("no_such_tool", "{}", "There is no such tool")]
    [InlineData("write_file", """{"path":"../x","content":""}""", "Nothing was changed")]
    [InlineData("write_file", """{"path":"/etc/passwd","content":""}""", "Nothing was changed")]
    [InlineData("write_file", """{"path":"src/app.TSX"}""", "is missing")]
    [InlineData("write_file", """{"path":1,"content":""}""", "must be a text")]
    [InlineData("edit_file", """{"path":"src/App.tsx","old":"nowhere","new":""}""", "does not stand in")]
    [InlineData("edit_file", """{"path":"src/App.tsx","old":"e","new":""}""", "more than once")]
    [InlineData("edit_file", """{"path":"src/App.tsx","old":"","new":""}""", "does not stand in")]
    [InlineData("delete_file", """{"path":"src/None.tsx"}""", "There is no file")]
    [InlineData("read_file", """{"path":"src/App.tsx"}""", "export default function")]
    [InlineData("read_file", """{"path":"src/App.tsx","from":1.5}""", "must be a whole number")]
    [InlineData("read_file", """{"path":"src/App.tsx","from":-1}""", "export default function")]
    [InlineData("list_files", "{}", "src/App.tsx (51)")]
    [InlineData("edit_file", """{"path":"src/App.tsx","old":"export","new":"[left out: 51 characters]"}""", "Nothing was changed")]
    public async Task Call_is_answered_and_what_is_wrong_with_it_changes_nothing(string tool, string arguments, string told)
    {
        await using var server = await StartAsync(Calls(("1", tool, arguments)), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["src/App.tsx"] = App } };

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("say hi"));

        Assert.Equal(new Dictionary<string, string> { ["src/App.tsx"] = App }, files.Content);
        Assert.Contains(told, server.Requests[1].Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"path":"src/App.tsx","content":"\ud83d"}""")]
    [InlineData("""{"path":"\ud83d","content":""}""")]
    [InlineData("""{"path":"src/App.tsx","content":"","\ud83d":1}""")]
    [InlineData("""["src/App.tsx"]""")]
    [InlineData("""{"path":"src/App.tsx","content":""")]
    [InlineData("")]
    public async Task Arguments_that_cannot_be_read_are_refused_and_not_said_back(string arguments)
    {
        await using var server = await StartAsync(Calls(("1", "write_file", arguments)), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["src/App.tsx"] = App } };

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("say hi"));

        Assert.Equal(App, files.Content["src/App.tsx"]);
        Assert.StartsWith("Not done: ", Assert.Single(Results(server.Requests[1])), StringComparison.Ordinal);
        Assert.DoesNotContain("ud83d", server.Requests[1].Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("edit_file", """{"path":"src/App.tsx","old":"nowhere","new":""}""")]
    [InlineData("write_file", """{"path":"../App.tsx","content":""}""")]
    [InlineData("no_such_tool", "{}")]
    public async Task Finish_beside_a_call_that_failed_is_not_yet_the_end(string tool, string arguments)
    {
        await using var server = await StartAsync(
            Calls(("1", "finish", """{"summary":"Done."}"""), ("2", tool, arguments)), Calls(("3", "finish", """{"summary":"Now it is."}""")));
        var work = new Work(this, server) { Files = { ["src/App.tsx"] = App } };

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("say hi"));

        Assert.Equal("Now it is.", files.Summary);
        Assert.Contains(Results(server.Requests[1]), result => result.Contains("another call of this answer failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_are_edited_appended_to_and_deleted()
    {
        await using var server = await StartAsync(Calls(
            ("1", "edit_file", """{"path":"a.ts","old":"1","new":"2"}"""),
            ("2", "append_file", """{"path":"a.ts","content":" // end"}"""),
            ("3", "delete_file", """{"path":"b.ts"}"""),
            ("4", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["a.ts"] = "x = 1;", ["b.ts"] = "" } };

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("change"));

        Assert.Equal(new Dictionary<string, string> { ["a.ts"] = "x = 2; // end" }, files.Content);
    }

    [Fact]
    public async Task Calls_that_wait_are_each_answered_once_in_whatever_order_they_came()
    {
        (string, string)[] calls = [("check", "{}"), ("ask_user", """{"question":"Which?"}"""), ("finish", """{"summary":"Done."}"""), ("write_file", """{"path":"a.txt","content":"x"}""")];
        foreach (var order in Orders(calls))
        {
            await using var server = await StartAsync(
                Calls([.. order.Select((call, i) => ($"id{i}", call.Item1, call.Item2))]), Calls(("last", "finish", """{"summary":"Used."}""")));
            var work = new Work(this, server);

            Assert.IsType<GenerationResult.Question>(await work.RunAsync("a card"));
            work.Answers.Add(new AnsweredQuestion("Which?", "This"));
            var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("a card"));

            // Done is what the model says after the answer, and not with the question.
            Assert.Equal("Used.", files.Summary);
            var results = server.Requests[1].Body["messages"]!.AsArray().SelectMany(message => ResultsIn(message!)).ToDictionary(result => result.Id, result => result.Text);
            Assert.Equal(4, results.Count);
            Assert.Contains("This", results[$"id{Array.FindIndex(order, call => call.Item1 == "ask_user")}"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Check_and_finish_in_one_answer_are_both_done()
    {
        await using var server = await StartAsync(
            Calls(("1", "finish", """{"summary":"Done."}"""), ("2", "check", "{}"), ("3", "check", "{}"), ("4", "finish", """{"summary":"Done again."}"""), ("5", "write_file", """{"path":"a.txt","content":"x"}""")),
            Calls(("6", "finish", """{"summary":"Really."}""")));
        var work = new Work(this, server) { Bench = { Faults = { "fault", "fault" } } };

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("a card"));

        Assert.Equal("Really.", files.Summary);
        Assert.Equal(["a.txt"], files.Content.Keys);
        Assert.Equal(3, work.Bench.Checks);
    }

    [Fact]
    public async Task Ids_and_names_that_no_endpoint_takes_back_are_replaced()
    {
        await using var server = await StartAsync(
            Calls(("same", "list_files", "{}"), ("same", "write_file", """{"path":"a.txt","content":"x"}"""), ("", "functions.write file!", "{}")), Calls(("2", "finish", """{"summary":"Done."}""")));

        await new Work(this, server).RunAsync("a card");

        var calls = server.Requests[1].Body["messages"]!.AsArray().SelectMany(message => CallsIn(message!)).ToList();
        Assert.Equal(["list_files", "write_file", "functions_write_file_"], calls.Select(call => call.Name));
        Assert.Equal(3, calls.Select(call => call.Id).Where(id => id.Length > 0).Distinct().Count());
    }

    [Fact]
    public async Task Results_are_given_as_they_are_and_not_as_JSON()
    {
        const string content = "const quote = \"\\\"\";\nexport default quote;\n";
        await using var server = await StartAsync(Calls(("1", "read_file", """{"path":"a.ts"}""")), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server) { Files = { ["a.ts"] = content } };

        await work.RunAsync("a card");

        Assert.Equal(content, Assert.Single(Results(server.Requests[1])));
    }

    [Fact]
    public async Task Call_that_was_cut_is_not_done_and_the_model_is_told_to_write_less()
    {
        await using var server = await StartAsync(
            CutCalls(("1", "write_file", """{"path":"a.txt","content":"whole"}"""), ("2", "write_file", """{"path":"b.txt","content":"hal""")),
            Calls(("3", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server);

        var files = Assert.IsType<GenerationResult.Files>(await work.RunAsync("a card"));

        Assert.Equal(new Dictionary<string, string> { ["a.txt"] = "whole" }, files.Content);
        Assert.Contains(Results(server.Requests[1]), result => result.Contains("Write less at once", StringComparison.Ordinal));
    }
}
