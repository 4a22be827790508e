using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of a message.</summary>
/// <param name="Text">The template; <c>{{name}}</c> is a place that the input fills.</param>
public sealed record MessageSettings(string Text) : AgentSettings(AgentKind.Message)
{
    /// <inheritdoc/>
    public override bool IsValid() => Fit(Text) && Text.Length > 0;
}

/// <summary>Fills the places of a template from its input.</summary>
public sealed class MessageTemplate : AgentTemplate<MessageSettings>
{
    private static readonly PromptPattern Place = new(@"\{\{? ?([a-z_][a-z0-9_]{0,39}) ?\}?\}|\[([a-z_][a-z0-9_]{0,39})\]|<([a-z_][a-z0-9_]{0,39})>");
    private static readonly PromptPattern Given = new("""(?:"([^"\n]+)"|“([^”\n]+)”|«([^»\n]+)»)""");
    private static readonly PromptPattern GivenPlain = new(@"(?:template|message|text|greeting|reply|saying|says|with)\s*(?:is|to)?\s*:\s*([^\n]+)");
    private static readonly PromptPattern Greeting = new(@"\b(?:greet\w*|hello|welcome|say(?:s|ing)? (?:hi|hello))\b");
    private static readonly PromptPattern Formal = new(@"\b(?:formal\w*|polite\w*)\b");
    private static readonly PromptPattern TimeOfDay = new(@"\bgood (morning|afternoon|evening|night)\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Message;

    /// <inheritdoc/>
    public override string Noun => "a message agent";

    /// <inheritdoc/>
    public override string Does => "Fill a template";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"(?:fill\w*|render\w*|complete\w*) (?:in |out )?(?:a |an |the |this |my |our )*(?:\w+ )?template|mail merge|template (?:filling|engine)", 7),
        (@"greet\w*|say(?:s|ing)? (?:hi|hello|good (?:morning|evening|night|afternoon))|template|welcome message|placeholders?", 4),
        (@"hello world|hello", 2));

    /// <inheritdoc/>
    protected override MessageSettings Read(AgentPrompt prompt, MessageSettings? current)
    {
        var text = prompt.Reader.Text;
        var given = Given.Match(text) is { Success: true } quoted ? quoted.Groups.Values.Skip(1).First(group => group.Success).Value
            : GivenPlain.Match(text) is { Success: true } plain && Place.IsMatch(plain.Groups[1].Value) ? plain.Groups[1].Value
            : null;
        if (given is not null && Normal(given) is { Length: > 0 } template)
        {
            return new(template);
        }

        if (TimeOfDay.Match(prompt.Reader.Unquoted) is { Success: true } time)
        {
            return new($"Good {time.Groups[1].Value.ToLowerInvariant()}, {{{{name}}}}!");
        }

        if (prompt.Mentions(Formal))
        {
            return new("Dear {{name}}, we wish you a pleasant day.");
        }

        if (current is not null || prompt.Mentions(Greeting))
        {
            return current ?? new("Hello, {{name}}!");
        }

        var answer = prompt.Ask("What is the template? Write the places to fill as {{name}}.", ["Hello, {{name}}!", "Dear {{name}}, your order {{number}} is on its way."], "Hello, {{name}}!");
        return new(Normal(answer ?? "") is { Length: > 0 } said ? said : "Hello, {{name}}!");
    }

    /// <inheritdoc/>
    protected override AgentParts Write(MessageSettings settings)
    {
        var places = Place.Matches(settings.Text).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).Take(PromptReader.MaxItems).ToList();
        return new(
            places.Count > 0 ? $"fills a template with the {Enumerate(places)} that it is given" : "returns a message that is always the same",
            ConfigOf(settings),
            Schema.Object([.. places.Select(place => (place, new JsonObject { ["type"] = "string", ["description"] = $"What stands for {place}." }))]),
            Constant("output"),
            new JsonObject(places.Select(place => KeyValuePair.Create(place, (JsonNode?)(place.Contains("name", StringComparison.OrdinalIgnoreCase) ? "Ada" : "42")))));
    }

    /// <summary>The template with every place, however it is written, as <c>{{name}}</c>.</summary>
    private static string Normal(string text) => PromptReader.Clean(
        Place.Replace(text, match => $"{{{{{match.Groups.Values.Skip(1).First(group => group.Success).Value}}}}}"), PromptReader.MaxTextLength);
}
