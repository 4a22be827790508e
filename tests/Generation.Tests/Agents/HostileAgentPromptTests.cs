using System.Text.RegularExpressions;
using Jobs.Domain.Agents;
using Jobs.Domain.Generation;
using Jobs.Generation.Offline.Agents;

namespace Jobs.Generation.Tests.Agents;

public partial class HostileAgentPromptTests
{
    private static readonly string[] Frames =
    [
        "{0}",
        "replace \"{0}\" with \"{0}\" in the text, prefix with \"{0}\"",
        "score texts: \"{0}\" 5, {0} 3",
        "validate required fields: {0}, name",
        "draft an email with the subject \"{0}\" saying \"{0}\" to a@b.ch",
        "email me a reminder to {0} every morning",
        "fill the template \"Dear {{name}} {0}\"",
        "pick randomly from: {0}, {0} x, b",
        "fetch https://example.com/{0} and return the {0}",
        "fetch https://{0}/ and return {0}",
        "an agent called \"{0}\" that converts km to miles",
        "translate to {0}",
        "convert csv with {0} to json",
    ];

    private static readonly IReadOnlyList<string> Prompts =
    [
        .. Frames.SelectMany(frame => Hostile.Payloads.Select(payload => frame.Replace("{0}", payload))),
        .. Frames.Select(frame => frame.Replace("{0}", string.Concat(Hostile.Payloads))),
        .. new[] { "\"", "'", "`", "email ", "replace a with b ", "a 5, ", "1 to ", "km to miles ", "{{x}}", "https://a.b/ ", "every ", "return the a, ", "required: a, ", "😀", "\ud83d", "d6 ", "03/04/2026 " }
            .Select(part => string.Concat(Enumerable.Repeat(part, (Hostile.MaxPromptLength / part.Length) + 1))[..Hostile.MaxPromptLength]),
    ];

    [Fact]
    public void Prompt_text_reaches_only_the_literals_of_the_code()
    {
        foreach (var prompt in Prompts)
        {
            var agent = Built(prompt);
            var outside = StringLiteral().Replace(agent.Modules["functions/config.ts"], "\"\"");
            Assert.DoesNotContain(Hostile.Marker, outside, StringComparison.Ordinal);
            Assert.All(agent.Modules.Where(module => module.Key != "functions/config.ts"), module => Assert.DoesNotContain(Hostile.Marker, module.Value, StringComparison.Ordinal));
            Assert.DoesNotContain(agent.Code, c => c != '\n' && (char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202e' or '\u2066' or '\ufeff'));
            Assert.True(AgentManifestReader.TryRead(agent.Files, out _, out var error), error);
            Assert.All(agent.Manifest.Secrets, secret => Assert.Matches("^[A-Z][A-Z0-9_]{0,63}$", secret));
            Assert.All(agent.Manifest.Input.GetProperty("properties").EnumerateObject(), property => Assert.Matches("^[A-Za-z_][A-Za-z0-9_]*$", property.Name));
        }
    }

    [Fact]
    public void Answer_that_fits_no_kind_is_not_repeated()
    {
        var error = Assert.Throws<GenerationException>(() => GeneratedAgent.Answering(_ => Hostile.Marker, Hostile.Marker));
        Assert.DoesNotContain(Hostile.Marker, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_hostile_agent_compiles() =>
        Assert.NotEmpty(await AgentRuns.CompileAsync([.. Prompts.Select(prompt => Built(prompt)).DistinctBy(agent => agent.Code)]));

    [Fact]
    public void Hostile_name_and_description_are_only_text()
    {
        var agent = GeneratedAgent.Build(GeneratedAgent.Request("a joke") with { Name = "\"; pwned()\n# x", Description = "</script>\0`${pwned}`" }, _ => "");
        Assert.Equal(("\"; pwned() # x", "</script> `${pwned}`"), (agent.Manifest.Name, agent.Manifest.Description));
        Assert.DoesNotContain(Hostile.Marker, agent.Code, StringComparison.Ordinal);
        Assert.StartsWith("# \"; pwned() # x\n\n", agent.Readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_prompts_take_time_in_proportion_to_their_length()
    {
        // A generous bound that a pattern which backtracks misses by orders of magnitude.
        var started = ThreadTime.Now;
        var longest = Prompts.Where(prompt => prompt.Length == Hostile.MaxPromptLength).ToList();
        Assert.NotEmpty(longest);
        longest.ForEach(prompt => GeneratedAgent.From(prompt));
        Assert.InRange(ThreadTime.Now - started, TimeSpan.Zero, TimeSpan.FromSeconds(10 * longest.Count));
    }

    /// <summary>Where no kind fits it is the first choice; any other question gets the prompt again.</summary>
    private static GeneratedAgent Built(string prompt) => GeneratedAgent.Answering(question => question.Text == AgentKindQuestion.Text ? question.Choices[0] : prompt, prompt);

    [GeneratedRegex("\"(?:[^\"\\\\\\n]|\\\\.)*\"")]
    private static partial Regex StringLiteral();
}
