using System.Text.Json.Nodes;
using Jobs.Domain.Agents;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Jobs.Functions.Agents;
using Jobs.Functions.Generation.Agents;
using Jobs.Functions.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Schemas;

public sealed class AgentManifestReaderTests
{
    private const string Whole = """
        {
          "name": "Joke mailer",
          "description": "Mails a joke.",
          "input": {"type": "object", "properties": {"to": {"type": "string"}}},
          "output": {"type": "string"},
          "secrets": ["MAIL_KEY", "A"]
        }
        """;

    [Fact]
    public void Manifest_is_read_whole()
    {
        var manifest = Read(Whole);

        Assert.Equal("Joke mailer", manifest.Name);
        Assert.Equal("Mails a joke.", manifest.Description);
        Assert.Equal("""{"type": "object", "properties": {"to": {"type": "string"}}}""", manifest.Input.GetRawText());
        Assert.Equal("""{"type": "string"}""", manifest.Output.GetRawText());
        Assert.Equal(["MAIL_KEY", "A"], manifest.Secrets);
    }

    [Fact]
    public void Secrets_may_be_left_out() => Assert.Empty(Read(With("secrets", null)).Secrets);

    [Theory]
    [InlineData("", "not valid JSON (line 1, byte 1)")]
    [InlineData("{\n  \"name\": }", "not valid JSON (line 2, byte 11)")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("null", "must be a JSON object")]
    [InlineData("""{"name":"a","name":"b"}""", "/name stands twice")]
    [InlineData("{\"name\":\"\\ud800\"}", "/name must be valid Unicode text")]
    public void File_of_another_form_is_refused(string content, string error) => AssertRefused(content, error);

    [Theory]
    [InlineData("name", null, "\"name\" must be a string")]
    [InlineData("name", "1", "\"name\" must be a string")]
    [InlineData("name", "\"\"", "\"name\" must have 1 to 200 characters")]
    [InlineData("name", "\"  \"", "not be blank")]
    [InlineData("description", null, "\"description\" must be a string")]
    [InlineData("description", "{}", "\"description\" must be a string")]
    [InlineData("input", null, "\"input\" is missing")]
    [InlineData("input", "\"x\"", "\"input\" is not a JSON Schema that can be used: the schema must be an object")]
    [InlineData("input", """{"properties":{"a":{"typo":1}}}""", "\"input\" is not a JSON Schema that can be used: /properties/a/typo is a keyword")]
    [InlineData("input", """{"$ref":"https://example.com"}""", "\"input\" is not a JSON Schema that can be used: /$ref must be")]
    [InlineData("output", null, "\"output\" is missing")]
    [InlineData("output", """{"type":"text"}""", "\"output\" is not a JSON Schema that can be used: /type must be")]
    [InlineData("secrets", "\"A\"", "\"secrets\" must be an array")]
    [InlineData("secrets", """["A", "b"]""", "\"secrets\", item 2: a secret's name must be")]
    [InlineData("secrets", "[1]", "\"secrets\", item 1")]
    [InlineData("secrets", """["A", "A"]""", "\"secrets\" names A twice")]
    [InlineData("secret", """["A"]""", "\"secret\" is not one of its fields")]
    public void Field_that_is_wrong_is_named(string field, string? json, string error) => AssertRefused(With(field, json), error);

    [Fact]
    public void File_that_is_missing_is_named()
    {
        Assert.False(AgentManifestReader.TryRead(SourceFiles.Empty, out _, out var error));
        Assert.Equal("agent.json: is missing", error);
    }

    [Fact]
    public void Texts_and_secrets_may_be_as_long_as_the_limits_say_and_not_longer()
    {
        Read(With("name", $"\"{Characters(AgentManifestReader.MaxNameLength)}\""));
        AssertRefused(With("name", $"\"{Characters(AgentManifestReader.MaxNameLength + 1)}\""), "\"name\"");
        Read(With("description", $"\"{Characters(AgentManifestReader.MaxDescriptionLength)}\""));
        AssertRefused(With("description", $"\"{Characters(AgentManifestReader.MaxDescriptionLength + 1)}\""), "\"description\"");
        Read(With("secrets", Names(SecretVault.MaxSecrets)));
        AssertRefused(With("secrets", Names(SecretVault.MaxSecrets + 1)), "at most 50 names");
        Read(Whole.PadRight(AgentManifestReader.MaxBytes));
        AssertRefused(Whole.PadRight(AgentManifestReader.MaxBytes + 1), $"has more than {AgentManifestReader.MaxBytes} bytes");

        static string Characters(int count) => string.Concat(Enumerable.Repeat("😀", count));
        static string Names(int count) => $"[{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"S{i}\""))}]";
    }

    [Theory]
    [InlineData("turn the text into upper case")]
    [InlineData("summarise a text in three sentences")]
    [InlineData("score a lead from 0 to 100")]
    [InlineData("validate an e-mail address")]
    [InlineData("convert CSV to JSON")]
    [InlineData("how many days until a date")]
    [InlineData("call https://api.example.com/status and tell me whether it is up")]
    [InlineData("something else entirely")]
    public async Task Manifest_of_the_offline_generator_is_read(string prompt)
    {
        var generated = await new OfflineAgentGenerator(new ManualTimeProvider()).GenerateAsync(
            new GenerationRequest("Agent", null, prompt, [], [], SourceFiles.Empty), new Progress<string>(), CancellationToken.None);

        var files = Assert.IsType<GenerationResult.Files>(generated);
        Read(files.Content["agent.json"]);
    }

    [Fact]
    public async Task Build_of_an_agent_whose_manifest_is_wrong_fails_and_names_the_field()
    {
        var files = new Dictionary<string, string>(((GenerationResult.Files)FakeGenerator.Agent).Content) { ["agent.json"] = With("input", """{"typo":1}""") };
        var generator = new FakeGenerator((_, _) => Task.FromResult<GenerationResult>(new GenerationResult.Files(files, "Built")));
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<IAgentGenerator>(generator));

        var (_, jobId) = await app.CreateAgentAsync();
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("failed", job.GetProperty("status").GetString());
        Assert.Contains("agent.json: \"input\" is not a JSON Schema that can be used: /typo is a keyword", job.GetProperty("error").GetRawText().Replace("\\\"", "\"", StringComparison.Ordinal));
    }

    private static string With(string field, string? json)
    {
        var manifest = JsonNode.Parse(Whole)!.AsObject();
        manifest.Remove(field);
        if (json is not null)
        {
            manifest[field] = JsonNode.Parse(json);
        }

        return manifest.ToJsonString();
    }

    private static AgentManifest Read(string content)
    {
        Assert.True(AgentManifestReader.TryRead(Files(content), out var manifest, out var error), error);
        return manifest;
    }

    private static void AssertRefused(string content, string why)
    {
        Assert.False(AgentManifestReader.TryRead(Files(content), out var manifest, out var error));
        Assert.Null(manifest);
        Assert.StartsWith("agent.json: ", error);
        Assert.Contains(why, error);
    }

    private static SourceFiles Files(string manifest)
    {
        Assert.True(SourceFiles.TryCreate([new("agent.json", manifest)], out var files, out var error), error);
        return files;
    }
}
