using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of a summary.</summary>
/// <param name="Sentences">How many sentences it has at most.</param>
/// <param name="AsBullets">True for a list.</param>
/// <param name="Counts">True when the lengths before and after are returned too.</param>
/// <param name="Keywords">How many of the most frequent words are returned too; 0 for none.</param>
public sealed record SummarySettings(int Sentences, bool AsBullets, bool Counts, int Keywords) : AgentSettings(AgentKind.Summary)
{
    /// <summary>The most sentences of a summary, and the most keywords.</summary>
    public const int Most = 50;

    /// <inheritdoc/>
    public override bool IsValid() => Sentences is >= 1 and <= Most && Keywords is >= 0 and <= Most;
}

/// <summary>Picks the sentences of a text whose words are the most frequent ones: no model, no network.</summary>
public sealed class SummaryTemplate : AgentTemplate<SummarySettings>
{
    private const string Number = @"(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|a single|a)";

    private static readonly PromptPattern Length = new($@"\b{Number} (?:short |key |main |most important )*(?:sentences?|points?|bullets?|bullet points?|lines?)\b");
    private static readonly PromptPattern Bullets = new(@"\bbullets?\b|\blist\b|\bpoints\b");
    private static readonly PromptPattern NoBullets = new(@"\b(?:no|without) bullets?\b|\bparagraph\b|\bprose\b");
    private static readonly PromptPattern CountWords = new(@"\b(?:word|length)s? counts?\b|\bcount\w*\b|\bnumber of words\b|\bhow many words\b");
    private static readonly PromptPattern KeywordWords = new(@"\b(?:key ?words?|key ?phrases?|key terms?|topics?|tags?)\b");
    private static readonly PromptPattern Shorter = new(@"\bshorter\b");
    private static readonly PromptPattern Longer = new(@"\blonger\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Summary;

    /// <inheritdoc/>
    public override string Noun => "a summary agent";

    /// <inheritdoc/>
    public override string Does => "Summarise a text";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"summar(?:y|ies|i[sz]\w*)|tl;?dr|abstract of|condens\w+", 6),
        (@"(?:extract|find|list)\w* (?:the )?key ?(?:words?|terms|phrases)|(?:key|main) points", 5),
        (@"bullets?|\d+ sentences?|shorter|longer", 3));

    /// <inheritdoc/>
    protected override SummarySettings Read(AgentPrompt prompt, SummarySettings? current)
    {
        var text = prompt.Reader.Unquoted;
        var length = Length.Match(text) is { Success: true } match ? Amount(match.Groups[1].Value) : (int?)null;
        var before = current?.Sentences ?? 3;
        var sentences = length ?? (prompt.Mentions(Shorter) ? Math.Max(1, before / 2) : prompt.Mentions(Longer) ? before * 2 : before);
        return new(
            Math.Clamp(sentences, 1, SummarySettings.Most),
            !prompt.Mentions(NoBullets) && (prompt.Mentions(Bullets) || current is { AsBullets: true }),
            prompt.Mentions(CountWords) || current is { Counts: true },
            prompt.Mentions(KeywordWords) ? 5 : current?.Keywords ?? 0);
    }

    /// <inheritdoc/>
    protected override AgentParts Write(SummarySettings settings)
    {
        var extras = new List<(string Name, JsonObject Schema)>();
        if (settings.Counts)
        {
            extras.Add(("words", Schema.Integer("How many words the text has.", 0)));
            extras.Add(("summaryWords", Schema.Integer("How many words the summary has.", 0)));
        }

        if (settings.Keywords > 0)
        {
            extras.Add(("keywords", Schema.List(Schema.Text("A word."), "The words that stand for the text, the most frequent first.")));
        }

        return new(
            $"summarises a text in {Count(settings.Sentences, "sentence")} of its own"
            + (settings.AsBullets ? ", as bullets" : "") + (settings.Counts ? ", with word counts" : "") + (settings.Keywords > 0 ? ", with its keywords" : ""),
            ConfigOf(settings),
            Schema.Object(
                ("text", Schema.Text("The text.")),
                ("sentences?", Schema.Integer($"How many sentences the summary has at most; {settings.Sentences} when missing.", 1, SummarySettings.Most))),
            Schema.Object([
                ("summary", Schema.Text("The summary.")), ("sentences", Schema.List(Schema.Text("A sentence."), "Its sentences, in the order of the text.")),
                .. extras]),
            new JsonObject { ["text"] = "Bees visit flowers. They carry pollen from flower to flower. Some people are afraid of bees. Without bees many flowers would bear no fruit." })
        {
            Details = ["It is extractive: it picks whole sentences whose words are frequent in the text and rewrites none."],
        };
    }

    private static int Amount(string text) => text.ToLowerInvariant() switch
    {
        "one" or "a" or "a single" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        _ => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
    };
}
