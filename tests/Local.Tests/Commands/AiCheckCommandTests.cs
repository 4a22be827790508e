using System.Text.RegularExpressions;
using Jobs.Local.Commands;
using Microsoft.Extensions.Configuration;

namespace Jobs.Local.Tests.Commands;

public sealed class AiCheckCommandTests
{
    private const string Key = "sk-test-0123456789abcdef";

    [Fact]
    public async Task Without_an_AI_the_settings_are_named_and_the_exit_code_is_1()
    {
        var (exitCode, output, error) = await RunAsync(("Ai:Key", Key));

        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("No AI is configured", error);
        Assert.Contains("Ai__Endpoint=http://localhost:11434/v1", error);
        Assert.DoesNotContain(Key, error);
    }

    [Fact]
    public async Task Setting_that_is_wrong_is_named_and_the_exit_code_is_1()
    {
        var (exitCode, output, error) = await RunAsync(("Ai:Model", "m"), ("Ai:Key", Key), ("Ai:MaxConcurrent", "0"), ("Ai:TurnTimeLimit", "00:00:01"));

        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Equal(
            ["The setting Ai:TurnTimeLimit must be a time from 00:00:10 to 00:05:00.", "The setting Ai:MaxConcurrent must be a whole number from 1 to 1000."],
            error.TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public async Task Model_that_works_is_described_and_the_exit_code_is_0()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            OpenAiAnswers.Text("ready"),
            OpenAiAnswers.Stream(["rea", "dy"]),
            OpenAiAnswers.Calls(("call_1", "note", """{"word":"ready"}""")),
            OpenAiAnswers.Text("Sure!"),
            OpenAiAnswers.Embeddings([1, 2]));

        var (exitCode, output, error) = await RunAsync(
            ("Ai:Model", "m"), ("Ai:Endpoint", $"{server.Address}v1"), ("Ai:Key", Key), ("Ai:EmbeddingModel", "e"), ("Ai:EmbeddingDimensions", "2"));

        Assert.Equal(0, exitCode);
        Assert.Empty(error);
        Assert.Equal(
            $"""
            openai at {server.Address}v1/, model m, for widgets, agents, repositories
              answers           yes, in # s
              streaming         yes, in 2 pieces
              tools             yes
              structured output no, it answered without keeping to the schema
            openai at {server.Address}v1/, model e, for embeddings
              embeddings        yes, of 2 numbers

            """,
            Regex.Replace(output, @"in \d+\.\d s", "in # s"));
    }

    [Fact]
    public async Task Endpoint_that_refuses_is_one_sentence_and_the_exit_code_is_1()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Error(401, $"Incorrect API key provided: {Key}"));

        var (exitCode, output, error) = await RunAsync(("Ai:Model", "m"), ("Ai:Endpoint", $"{server.Address}v1"), ("Ai:Key", Key));

        Assert.Equal(1, exitCode);
        Assert.EndsWith("  answers           no, the AI service does not let us in", output.TrimEnd());
        Assert.StartsWith("The AI service does not let us in: check Ai:Key; ", error);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.DoesNotContain(Key, output + error);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params (string Name, string Value)[] settings)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build();
        var exitCode = await AiCheckCommand.RunAsync(configuration, verbose: false, output, error, CancellationToken.None);
        return (exitCode, output.ToString(), error.ToString());
    }
}
