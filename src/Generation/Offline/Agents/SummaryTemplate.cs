using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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

    private static readonly Regex Length = PromptReader.Pattern($@"\b{Number} (?:short |key |main |most important )*(?:sentences?|points?|bullets?|bullet points?|lines?)\b");
    private static readonly Regex Bullets = PromptReader.Pattern(@"\bbullets?\b|\blist\b|\bpoints\b");
    private static readonly Regex NoBullets = PromptReader.Pattern(@"\b(?:no|without) bullets?\b|\bparagraph\b|\bprose\b");
    private static readonly Regex CountWords = PromptReader.Pattern(@"\b(?:word|length)s? counts?\b|\bcount\w*\b|\bnumber of words\b|\bhow many words\b");
    private static readonly Regex KeywordWords = PromptReader.Pattern(@"\b(?:key ?words?|key ?phrases?|key terms?|topics?|tags?)\b");
    private static readonly Regex Shorter = PromptReader.Pattern(@"\bshorter\b");
    private static readonly Regex Longer = PromptReader.Pattern(@"\blonger\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Summary;

    /// <inheritdoc/>
    public override string Noun => "a summary agent";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
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
        var extras = new List<(string Name, string Type, string Value, JsonObject Schema)>();
        if (settings.Counts)
        {
            extras.Add(("words", "number", "countWords(input.text)", Schema.Integer("How many words the text has.", 0)));
            extras.Add(("summaryWords", "number", "countWords(chosen.join(\" \"))", Schema.Integer("How many words the summary has.", 0)));
        }

        if (settings.Keywords > 0)
        {
            extras.Add(("keywords", "string[]", "keywords", Schema.List(Schema.Text("A word."), "The words that stand for the text, the most frequent first.")));
        }

        var code = $$"""
            interface Input {
              text: string;
              sentences?: number;
            }

            interface Output {
              summary: string;
              sentences: string[];
            {{string.Concat(extras.Select(extra => $"  {extra.Name}: {extra.Type};\n"))}}}

            /** Words that say nothing about what a text is about. */
            const common = new Set(
              ("a about after all also am an and any are as at be because been before but by can could did do does for from had has have he her here him his how i if in " +
                "into is it its just like me more most my no not of on one only or other our out over she so some such than that the their them then there these they this " +
                "those to too under up us very was we were what when where which while who will with would you your").split(" "),
            );

            const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)*/gu) ?? [];
            {{(settings.Counts ? "\nconst countWords = (text: string): number => text.match(/\\S+/g)?.length ?? 0;\n" : "")}}
            /** A sentence counts as much as its words are frequent in the whole text, on average; what stands first counts a little more. */
            export default async (input: Input): Promise<Output> => {
              const all = Array.from(new Intl.Segmenter("en", { granularity: "sentence" }).segment(input.text), (part) => part.segment.trim()).filter((part) => part !== "");
              const frequency = new Map<string, number>();
              for (const word of wordsOf(input.text)) {
                if (!common.has(word) && word.length > 2) {
                  frequency.set(word, (frequency.get(word) ?? 0) + 1);
                }
              }

              const scored = all.map((sentence, index) => {
                const words = wordsOf(sentence);
                const sum = words.reduce((total, word) => total + (frequency.get(word) ?? 0), 0);
                return { sentence, index, score: (sum / (words.length + 3)) * (index === 0 ? 1.2 : 1) };
              });
              const chosen = scored
                .sort((a, b) => b.score - a.score || a.index - b.index)
                .slice(0, input.sentences ?? {{settings.Sentences}})
                .sort((a, b) => a.index - b.index)
                .map((item) => item.sentence);
            {{(settings.Keywords == 0 ? "" : $$"""
              const keywords = [...frequency]
                .sort(([a, countA], [b, countB]) => countB - countA || a.localeCompare(b))
                .slice(0, {{settings.Keywords}})
                .map(([word]) => word);

            """)}}  return {
                summary: {{(settings.AsBullets ? "chosen.map((sentence) => `- ${sentence}`).join(\"\\n\")" : "chosen.join(\" \")")}},
                sentences: chosen,
            {{string.Concat(extras.Select(extra => extra.Name == extra.Value ? $"    {extra.Name},\n" : $"    {extra.Name}: {extra.Value},\n"))}}  };
            };

            """;
        return new(
            $"summarises a text in {Count(settings.Sentences, "sentence")} of its own"
            + (settings.AsBullets ? ", as bullets" : "") + (settings.Counts ? ", with word counts" : "") + (settings.Keywords > 0 ? ", with its keywords" : ""),
            code,
            Schema.Object(
                ("text", Schema.Text("The text.")),
                ("sentences?", Schema.Integer($"How many sentences the summary has at most; {settings.Sentences} when missing.", 1, SummarySettings.Most))),
            Schema.Object([
                ("summary", Schema.Text("The summary.")), ("sentences", Schema.List(Schema.Text("A sentence."), "Its sentences, in the order of the text.")),
                .. extras.Select(extra => (extra.Name, extra.Schema))]),
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
