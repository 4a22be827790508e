using System.Text.Json;
using Jobs.Domain.Agents;
using Jobs.Domain.Generation;
using Jobs.Generation.Offline.Agents;

namespace Jobs.Generation.Tests.Agents;

public class AgentKindTests
{
    public static readonly TheoryData<AgentKind, string> Prompts = new()
    {
        { AgentKind.Text, "convert text to upper case" },
        { AgentKind.Text, "An agent that slugifies article titles" },
        { AgentKind.Text, "count the words in a text" },
        { AgentKind.Text, "replace foo with bar" },
        { AgentKind.Text, "extract the email addresses from a text" },
        { AgentKind.Text, "remove HTML tags" },
        { AgentKind.Text, "fix the case of a text" },
        { AgentKind.Text, "rot13, url encode, prefix with \"> \" and append \" <\" to the end" },
        { AgentKind.Summary, "Summarise an article in five sentences as bullets" },
        { AgentKind.Summary, "tl;dr for long e-mails" },
        { AgentKind.Summary, "extract the key points and keywords of a text" },
        { AgentKind.Score, "score incoming emails by keywords: invoice 5, newsletter -3" },
        { AgentKind.Score, "sentiment analysis" },
        { AgentKind.Score, "rate tickets by urgency" },
        { AgentKind.Validation, "validate email addresses" },
        { AgentKind.Validation, "check if an IBAN is valid" },
        { AgentKind.Validation, "validate ip addresses, hex colours, passwords, integers, uuids, urls and phones" },
        { AgentKind.Validation, "validate something" },
        { AgentKind.Email, "email me a joke every morning" },
        { AgentKind.Email, "Send an e-mail to bob@example.com with a quote every Monday at 8:30 via SendGrid" },
        { AgentKind.Email, "draft a thank-you email" },
        { AgentKind.Email, "remind me to water the plants every friday using Resend, from me@example.com" },
        { AgentKind.Csv, "convert csv to json" },
        { AgentKind.Csv, "turn JSON into TSV" },
        { AgentKind.Csv, "something with a spreadsheet" },
        { AgentKind.Date, "how many days between two dates" },
        { AgentKind.Date, "add 10 business days" },
        { AgentKind.Date, "next tuesday" },
        { AgentKind.Date, "calculate someone's age" },
        { AgentKind.Date, "business days between two dates" },
        { AgentKind.Date, "the day of the week of a date" },
        { AgentKind.Date, "convert dates like 03/04/2026 to iso" },
        { AgentKind.Date, "subtract 3 years from a date" },
        { AgentKind.Date, "add 6 weeks to an american date" },
        { AgentKind.Statistics, "the average and median of a list of numbers" },
        { AgentKind.Statistics, "variance, range, mode, percentiles, count of numbers, minimum and maximum of values" },
        { AgentKind.Message, "greet the user" },
        { AgentKind.Message, "say good morning" },
        { AgentKind.Message, "fill a template" },
        { AgentKind.Random, "generate a random password" },
        { AgentKind.Random, "roll a d20" },
        { AgentKind.Random, "generate uuids" },
        { AgentKind.Random, "shuffle names" },
        { AgentKind.Random, "give me a quote" },
        { AgentKind.Random, "pick one of my options" },
        { AgentKind.Random, "random number from 1 to 49" },
        { AgentKind.Units, "convert kilometers to miles" },
        { AgentKind.Units, "temperature converter" },
        { AgentKind.Units, "convert miles" },
        { AgentKind.Http, "fetch https://api.example.com/x and return the title" },
        { AgentKind.Http, "post the input to https://hooks.example.com/abc" },
        { AgentKind.Http, "call an API with a bearer token" },
        { AgentKind.Translation, "translate text to German" },
        { AgentKind.Translation, "translate" },
    };

    [Theory]
    [MemberData(nameof(Prompts))]
    public void Kind_comes_from_the_prompt(AgentKind kind, string prompt) => Assert.Equal(kind, GeneratedAgent.From(prompt).Kind);

    [Fact]
    public async Task Every_kind_and_variant_compiles_with_the_real_compiler()
    {
        var agents = Prompts.Select(row => GeneratedAgent.From((string)row[1])).ToList();
        // Every answer that a question proposes.
        agents.AddRange(Prompts.SelectMany(row => Enumerable.Range(0, 5).Select(i =>
            GeneratedAgent.Answering(question => question.Choices.ElementAtOrDefault(i) ?? "something else", (string)row[1]))).DistinctBy(agent => agent.Code));
        Assert.Equal(Enum.GetValues<AgentKind>(), agents.Select(agent => agent.Kind).Distinct().Order());
        Assert.NotEmpty(await AgentRuns.CompileAsync(agents));
    }

    [Fact]
    public void Every_change_and_count_of_a_text_is_reached_by_a_prompt()
    {
        string[] prompts =
        [
            "upper case", "lower case", "title case", "sentence case", "camel case", "pascal case", "snake case", "constant case", "slug", "reverse the text", "reverse the words", "trim the text",
            "remove punctuation", "remove accents", "remove digits", "remove vowels", "remove html", "remove empty lines", "sort lines", "sort words", "deduplicate", "encode text in base64",
            "decode base64", "url encode", "url decode", "rot13", "extract emails", "extract urls", "extract numbers", "extract hashtags", "replace a with b", "prefix with \"x\"", "append \"x\"",
            "truncate to 9 characters", "count words, characters, sentences, lines, paragraphs, vowels", "word, character count", "reading time", "line count", "sentence count", "paragraph count", "how many vowels",
        ];
        Assert.DoesNotContain(prompts, prompt => GeneratedAgent.From(prompt).Kind != AgentKind.Text);
        var settings = prompts.Select(prompt => (TextSettings)GeneratedAgent.From(prompt).Plan.Settings).ToList();
        Assert.Equal(Enum.GetValues<TextChange>(), settings.SelectMany(text => text.Steps).Select(step => step.Change).Distinct().Order());
        Assert.Equal(Enum.GetValues<TextCount>(), settings.SelectMany(text => text.Counts).Distinct().Order());
    }

    [Fact]
    public void Manifest_describes_the_input_and_the_output_that_the_code_has()
    {
        foreach (var row in Prompts)
        {
            var agent = GeneratedAgent.From((string)row[1]);
            Assert.True(AgentManifestReader.TryRead(agent.Files, out _, out var error), error);
            Assert.Equal(GeneratedAgent.DefaultName, agent.Manifest.Name);
            Assert.InRange(agent.Manifest.Description.Length, 10, 1000);
            Assert.All([agent.Manifest.Input, agent.Manifest.Output], schema => Assert.Equal("object", schema.GetProperty("type").GetString()));
            AssertSubset(agent.Manifest.Input);
            AssertSubset(agent.Manifest.Output);
            Assert.All(agent.Manifest.Output.GetProperty("properties").EnumerateObject(), property => Assert.Contains(property.Name, agent.Code, StringComparison.Ordinal));
            Assert.All(agent.Manifest.Secrets, secret => Assert.Contains("context.secrets", agent.Code.Replace($"secrets[\"{secret}\"]", "context.secrets"), StringComparison.Ordinal));
            Assert.Contains("export default async (", agent.Code, StringComparison.Ordinal);
            Assert.StartsWith($"# {GeneratedAgent.DefaultName}\n", agent.Readme, StringComparison.Ordinal);
            Assert.DoesNotContain("\n\n\n", agent.Code, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("email me a joke every morning", "0 7 * * *")]
    [InlineData("email me a joke every day at 9", "0 9 * * *")]
    [InlineData("every Monday at 8:30 give me a quote", "30 8 * * 1")]
    [InlineData("a random number on weekdays at 5pm", "0 17 * * 1-5")]
    [InlineData("fetch https://example.com/ every 15 minutes", "*/15 * * * *")]
    [InlineData("fetch https://example.com/ hourly", "0 * * * *")]
    [InlineData("fetch https://example.com/ every 6 hours", "0 */6 * * *")]
    [InlineData("tell me a joke every evening", "0 18 * * *")]
    [InlineData("tell me a joke every weekend at noon", "0 12 * * 0,6")]
    [InlineData("tell me a joke on the first of every month", "0 7 1 * *")]
    [InlineData("tell me a joke weekly", "0 7 * * 1")]
    [InlineData("tell me a joke", null)]
    [InlineData("how many days until monday", null)]
    public void Schedule_is_named_as_cron_when_the_prompt_asks_for_a_time(string prompt, string? cron)
    {
        var agent = GeneratedAgent.From(prompt);
        Assert.Equal(cron, agent.Plan.Cron);
        Assert.Equal(cron is not null, agent.Summary.Contains($"set its schedule to `{cron}`", StringComparison.Ordinal));
        Assert.Equal(cron is not null, agent.Readme.Contains($"set its schedule to `{cron}`", StringComparison.Ordinal));
    }

    [Fact]
    public void Same_request_gives_the_same_files()
    {
        foreach (var row in Prompts)
        {
            var request = GeneratedAgent.Request((string)row[1]);
            Assert.Equal(Text(GeneratedAgent.Generate(request)), Text(GeneratedAgent.Generate(request)));
        }
    }

    [Fact]
    public async Task Cancellation_stops_the_work()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new OfflineAgentGenerator(TimeProvider.System).GenerateAsync(GeneratedAgent.Request("a joke"), new Progress<string>(), cancelled.Token));
    }

    private static string Text(GenerationResult result) => result switch
    {
        GenerationResult.Files files => JsonSerializer.Serialize(files),
        GenerationResult.Question question => JsonSerializer.Serialize(question),
        _ => throw new ArgumentException(result.ToString(), nameof(result)),
    };

    private static readonly string[] Keywords =
    [
        "type", "properties", "required", "items", "enum", "additionalProperties", "description", "default", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems", "format",
    ];

    private static void AssertSubset(JsonElement schema)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            Assert.Contains(keyword.Name, Keywords);
            switch (keyword.Name)
            {
                case "properties":
                    Assert.All(keyword.Value.EnumerateObject(), property => AssertSubset(property.Value));
                    break;
                case "items" or "additionalProperties":
                    AssertSubset(keyword.Value);
                    break;
                case "type":
                    Assert.Contains(keyword.Value.GetString(), new[] { "object", "array", "string", "number", "integer", "boolean", "null" });
                    break;
            }
        }
    }
}
