using System.Text.Json.Nodes;
using Jobs.Domain.Agents;
using Jobs.Domain.Secrets;
using Jobs.Domain.Widgets;

namespace Jobs.Domain.Tests.Schemas;

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
        Read(With("secrets", Names(SecretLimits.MaxSecrets)));
        AssertRefused(With("secrets", Names(SecretLimits.MaxSecrets + 1)), "at most 50 names");
        Read(Whole.PadRight(AgentManifestReader.MaxBytes));
        AssertRefused(Whole.PadRight(AgentManifestReader.MaxBytes + 1), $"has more than {AgentManifestReader.MaxBytes} bytes");

        static string Characters(int count) => string.Concat(Enumerable.Repeat("😀", count));
        static string Names(int count) => $"[{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"S{i}\""))}]";
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
