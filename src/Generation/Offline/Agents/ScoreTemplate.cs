using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>What a word is worth.</summary>
public sealed record WordWeight(string Word, double Points);

/// <summary>Settings of a score.</summary>
/// <param name="Weights">The words and what each is worth; empty for the built-in list of friendly and unfriendly words.</param>
/// <param name="Threshold">From which score on a text passes; null when none was asked for.</param>
public sealed record ScoreSettings(IReadOnlyList<WordWeight> Weights, double? Threshold) : AgentSettings(AgentKind.Score)
{
    /// <inheritdoc/>
    public override bool IsValid() =>
        Weights.Count <= PromptReader.MaxItems
        && Weights.All(weight => weight is { Word.Length: > 0 } && Fit(weight.Word) && Math.Abs(weight.Points) <= ScoreTemplate.MostPoints)
        && (Threshold is null || Math.Abs(Threshold.Value) <= ScoreTemplate.MostPoints);
}

/// <summary>Adds up what the words of a text are worth.</summary>
public sealed class ScoreTemplate : AgentTemplate<ScoreSettings>
{
    /// <summary>The most points of a word, and of a threshold.</summary>
    internal const double MostPoints = 1_000_000;

    private const string Question = "Which words count, and how many points is each worth?";
    private const string Suggestion = "urgent 5, important 3, later -2";
    private const string Term = """(?:"([^"\n]{1,80})"|“([^”\n]{1,80})”|'([^'\n]{1,80})'|([\p{L}][\p{L}\p{N}'-]*(?: [\p{L}][\p{L}\p{N}'-]*)?))""";
    private const string Points = @"([+-]?\d{1,6}(?:\.\d{1,3})?)";

    private static readonly PromptPattern WordFirst = new($@"{Term}\s*(?:[=:(]|->|→|(?:is |are )?worth|counts?(?: for| as)?|gets?|gives?|scores?|has|with)?\s*(?:a )?(?:weight (?:of )?)?{Points}(?:$|[^\d.\p{{L}}]|\.(?:$|\s)| ?(?:points?|pts?|p)\b)");
    private static readonly PromptPattern PointsFirst = new($@"{Points} ?(?:points?|pts?)? (?:for|when|if it (?:contains|says|mentions)) (?:the words? |each |every )?{Term}");
    private static readonly PromptPattern Joint = new(@"^(?:and|or|with|the|weights?|points?|words?|keywords?|for|of|by|change|set|add|make|also) ");
    private static readonly PromptPattern NoWord = new(@"^(?:and|or|with|weights?|points?|above|over|below|at least|least|threshold|minimum|min|max|than|score|of|to|is|by|for|top|from|than|passes at|at)$|^(?:at least|threshold of|more than|threshold is)$");
    private static readonly PromptPattern Limit = new(@"\b(?:threshold|at least|minimum|pass(?:es|ing)?(?: score| mark| at| from)?|above|over|score of)(?: (?:of|is|score|to|at))* ([+-]?\d{1,6}(?:\.\d{1,3})?)\b");
    private static readonly PromptPattern Sentiment = new(@"\b(?:sentiments?|mood|tone|positive|negative|emotions?|feelings?)\b");
    private static readonly PromptPattern More = new(@"\b(?:also|add|too|as well|change|set|plus|and)\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Score;

    /// <inheritdoc/>
    public override string Noun => "a scoring agent";

    /// <inheritdoc/>
    public override string Does => "Score a text";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"sentiments?(?: analysis| analy[sz]er| score)?|(?:lead|keyword|text|ticket|priority|spam|urgency)[ -]scor\w+|scor(?:e|es|ing) (?:of )?(?:the |a |an |my |our |each |incoming )*(?:\w+ )?(?:text|texts|leads?|tickets?|e-?mails?|messages?|reviews?|comments?|feedback|by|keywords?)", 6),
        (@"scor(?:e|es|ed|ing)|(?:rate|rank|grade)s? (?:the |a |my )?(?:texts?|leads?|tickets?|messages?|reviews?)|weights?|threshold|points? for", 4));

    /// <inheritdoc/>
    protected override ScoreSettings Read(AgentPrompt prompt, ScoreSettings? current)
    {
        var weights = WeightsIn(prompt.Reader.Text);
        var threshold = Limit.Match(prompt.Reader.Unquoted) is { Success: true } limit ? Parse(limit.Groups[1].Value) : current?.Threshold;
        if (weights.Count == 0)
        {
            if (current is not null)
            {
                return current with { Threshold = threshold, Weights = prompt.Mentions(Sentiment) ? [] : current.Weights };
            }

            if (!prompt.Mentions(Sentiment))
            {
                var answer = prompt.Ask(Question, [Suggestion, "Sentiment: friendly or unfriendly words"], Suggestion) ?? Suggestion;
                weights = Sentiment.IsMatch(answer) ? [] : WeightsIn(answer) is { Count: > 0 } given ? given : WordsIn(answer);
            }
        }
        else if (current is not null && prompt.Mentions(More))
        {
            weights = [.. current.Weights.Where(old => weights.All(weight => !weight.Word.Equals(old.Word, StringComparison.OrdinalIgnoreCase))).Concat(weights).Take(PromptReader.MaxItems)];
        }

        return new(weights, threshold);
    }

    /// <inheritdoc/>
    protected override AgentParts Write(ScoreSettings settings)
    {
        var isSentiment = settings.Weights.Count == 0;
        return new(
            (isSentiment ? "scores how friendly a text is" : $"scores a text by {Count(settings.Weights.Count, "keyword")}")
            + (settings.Threshold is { } limit ? string.Create(CultureInfo.InvariantCulture, $" and says whether it reaches {limit}") : ""),
            ConfigOf(settings),
            Constant("input"),
            Schema.Object([
                ("score", Schema.Number("The sum of all points.")), ("label", Schema.Text("positive, neutral or negative: the sign of the score.")),
                ("matches", Schema.List(
                    Schema.Object(("word", Schema.Text("What was found.")), ("count", Schema.Integer("How often.", 1)), ("points", Schema.Number("What that is worth."))), "What was found.")),
                .. settings.Threshold is null ? Array.Empty<(string, JsonObject)>() : [("passes", Schema.Boolean("Whether the score reaches the threshold."))]]),
            new JsonObject { ["text"] = isSentiment ? "The new editor is great and easy, but search is slow." : $"This is about {settings.Weights[0].Word}." })
        {
            Details = isSentiment ? ["It knows some eighty English words and negations; it does not understand irony."] : [],
        };
    }

    private static List<WordWeight> WeightsIn(string text)
    {
        var limits = Limit.Matches(text).Select(match => match.Groups[1].Index).ToHashSet();
        var weights = PointsFirst.Matches(text).Select(match => (Points: match.Groups[1], Word: Inner(match, 2)))
            .Concat(WordFirst.Matches(text).Select(match => (Points: match.Groups[5], Word: Inner(match, 1))))
            .Where(found => !limits.Contains(found.Points.Index))
            .Select(found => (Points: Parse(found.Points.Value), Word: Joint.Replace(Joint.Replace(found.Word, ""), "")))
            .Where(found => found.Word.Length > 0 && !NoWord.IsMatch(found.Word))
            .Select(found => new WordWeight(found.Word, found.Points));
        return [.. weights.DistinctBy(weight => weight.Word, StringComparer.OrdinalIgnoreCase).Take(PromptReader.MaxItems)];
    }

    private static List<WordWeight> WordsIn(string answer) =>
        PromptReader.SplitItems(answer) is { Count: > 0 } words ? [.. words.Select(word => new WordWeight(word, 1))] : WeightsIn(Suggestion);

    private static string Inner(Match match, int first) =>
        PromptReader.Clean(match.Groups.Values.Skip(first).Take(4).First(group => group.Success).Value, PromptReader.MaxItemLength);

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}
