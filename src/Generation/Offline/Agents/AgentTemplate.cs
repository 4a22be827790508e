using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>
/// One kind of agent: the words that ask for it, how its settings are read from a prompt, and what it is made of. Its code is that of
/// <see cref="AgentFiles"/>; what a prompt says reaches it only as the value of its configuration.
/// </summary>
public abstract class AgentTemplate
{
    /// <summary>The kind.</summary>
    public abstract AgentKind Kind { get; }

    /// <summary>What progress messages call it: "a text agent".</summary>
    public abstract string Noun { get; }

    /// <summary>What it does, as a request: "Change or count text".</summary>
    public abstract string Does { get; }

    /// <summary>The phrases that ask for this kind, each with its weight: 6 leaves no doubt, 1 is a hint.</summary>
    public abstract IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; }

    /// <summary>What only concerns this kind when an agent of it is refined, though in a first prompt it asks for another kind.</summary>
    public virtual IEnumerable<PromptPattern> OwnWords => [];

    /// <summary>Settings from a prompt; with settings from before, those with the changes that the prompt asks for.</summary>
    public abstract AgentSettings Read(AgentPrompt prompt, AgentSettings? current);

    /// <summary>What the agent is made of.</summary>
    public abstract AgentParts Write(AgentSettings settings);

    /// <summary>What names and values in a configuration are written like.</summary>
    protected static JsonSerializerOptions ConfigOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>A member of an enum as a configuration has it.</summary>
    protected static string Name(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>A schema that does not depend on settings: <c>input</c> or <c>output</c>.</summary>
    protected JsonObject Constant(string schema) => AgentFiles.Schema(Kind, schema);

    /// <summary>Phrases with weights.</summary>
    protected static (PromptPattern Phrase, int Weight)[] Phrases(params (string Pattern, int Weight)[] words) =>
        [.. words.Select(word => (new PromptPattern($@"\b(?:{word.Pattern})\b"), word.Weight))];

    /// <summary>"a", "a and b", "a, b and c".</summary>
    internal static string Enumerate(IReadOnlyList<string> parts, string joint = "and") =>
        parts.Count < 2 ? string.Concat(parts) : $"{string.Join(", ", parts.SkipLast(1))} {joint} {parts[^1]}";

    /// <summary>"1 sentence", "2 sentences".</summary>
    protected static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}

/// <summary>A template whose settings have the type <typeparamref name="TSettings"/>.</summary>
public abstract class AgentTemplate<TSettings> : AgentTemplate
    where TSettings : AgentSettings
{
    /// <inheritdoc/>
    public sealed override AgentSettings Read(AgentPrompt prompt, AgentSettings? current) => Read(prompt, current as TSettings);

    /// <inheritdoc/>
    public sealed override AgentParts Write(AgentSettings settings) => Write((TSettings)settings);

    /// <summary>The settings themselves as the configuration, for the kinds that need no other.</summary>
    protected static JsonObject ConfigOf(TSettings settings) => JsonSerializer.SerializeToNode(settings, ConfigOptions)!.AsObject();

    /// <inheritdoc cref="Read(AgentPrompt, AgentSettings?)"/>
    protected abstract TSettings Read(AgentPrompt prompt, TSettings? current);

    /// <inheritdoc cref="Write(AgentSettings)"/>
    protected abstract AgentParts Write(TSettings settings);
}

/// <summary>What an agent is made of.</summary>
/// <param name="Does">What it does, after "an agent that": "counts the words of a text".</param>
/// <param name="Config">What its code is set to.</param>
/// <param name="Input">The JSON Schema of its input.</param>
/// <param name="Output">The JSON Schema of its output.</param>
/// <param name="Example">An input that it takes.</param>
public sealed record AgentParts(string Does, JsonObject Config, JsonObject Input, JsonObject Output, JsonNode Example)
{
    /// <summary>The secrets that the code reads.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The hosts that its requests go to.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What its owner must know, each a sentence or two; part of the summary too.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What more its owner may want to know; only in the README.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
