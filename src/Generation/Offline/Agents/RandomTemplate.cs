using System.Globalization;
using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of a draw.</summary>
/// <param name="Draw">What is drawn.</param>
/// <param name="Options">What is chosen from, for <see cref="RandomDraw.Choice"/>; empty when each run brings its own.</param>
/// <param name="Count">How many dice, or how many characters of a password.</param>
/// <param name="Least">The least number.</param>
/// <param name="Greatest">The greatest number, or the sides of a die.</param>
public sealed record RandomSettings(RandomDraw Draw, IReadOnlyList<string> Options, int Count, int Least, int Greatest) : AgentSettings(AgentKind.Random)
{
    /// <inheritdoc/>
    public override bool IsValid() => Enum.IsDefined(Draw) && Fit(Options) && Count is >= 1 and <= RandomTemplate.MostCount && Least <= Greatest && Least >= -RandomTemplate.Most && Greatest <= RandomTemplate.Most;
}

/// <summary>Draws at random, by the cryptographic source and without bias.</summary>
public sealed class RandomTemplate : AgentTemplate<RandomSettings>
{
    internal const int MostCount = 1_000;
    internal const int Most = 1_000_000_000;

    private const int PasswordLength = 20;
    private const int LeastPasswordLength = 8;

    private static readonly PromptPattern Dice = new(@"\b(\d{1,3})?\s*d(4|6|8|10|12|20|100)\b|\b(\d{1,3}|two|three|four|five|six|a|one)?\s*(?:(\d{1,3})[ -]sided )?(?:dice|die)\b");
    private static readonly PromptPattern Password = new(@"\b(?:passwords?|passphrases?|api keys?|tokens?)\b");
    private static readonly PromptPattern Length = new(@"\b(\d{1,4})[ -](?:random )?(?:characters?|chars?|letters?|digits?|long)\b|\blength(?: of| is|:)? (\d{1,4})\b");
    private static readonly PromptPattern Uuid = new(@"\b(?:uuids?|guids?)\b");
    private static readonly PromptPattern Coin = new(@"\b(?:coins?|heads or tails)\b");
    private static readonly PromptPattern Range = new(@"\b(?:between|from) (-?\d{1,9}) (?:and|to) (-?\d{1,9})\b|\b(-?\d{1,9})\s*(?:-|–|to)\s*(-?\d{1,9})\b");
    private static readonly PromptPattern NumberWord = new(@"\bnumbers?\b|\blottery\b");
    private static readonly PromptPattern Shuffle = new(@"\bshuffl\w*|\brandom order\b");
    private static readonly PromptPattern Lead = new(@"\b(?:choose|pick|choice|select|draw|decide)\w*(?: (?:randomly|at random|one|something|a random \w+|a \w+|an \w+|me))*(?: (?:from|between|among|out of|of))?(?: the (?:list|options|following))?\s*:?\s+|\b(?:options?|names)(?: are)?\s*:\s*");
    private static readonly PromptPattern NoOption = new(@"^(?:one|random|a random \w+|from|a list|list|items?|options?|an? \w+|my list|the list|randomly|something|given options|given list|random \w+)$");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Random;

    /// <inheritdoc/>
    public override string Noun => "a random agent";

    /// <inheritdoc/>
    public override string Does => "Draw at random";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } =
    [
        .. Phrases(
            (@"(?:generat|creat|mak)\w* (?:me )?(?:an? |some )?(?:\w+ ){0,3}passwords?|password generator|passphrases?", 7),
            (@"random\w*|roll\w*|dice|shuffl\w*|(?:flip|toss)\w* (?:a )?coins?|coin flip|uuids?|guids?|lottery", 5),
            (@"pick|choose|decide|draws?|passwords?", 3)),
        (BuiltInTexts.JokeWords, 3), (BuiltInTexts.QuoteWords, 3), (BuiltInTexts.FactWords, 3),
    ];

    /// <inheritdoc/>
    protected override RandomSettings Read(AgentPrompt prompt, RandomSettings? current)
    {
        var text = prompt.Reader.Unquoted;
        if (Dice.Match(text) is { Success: true } dice)
        {
            var count = Number(dice.Groups[1].Success ? dice.Groups[1].Value : dice.Groups[3].Value, 1);
            var sides = Number(dice.Groups[2].Success ? dice.Groups[2].Value : dice.Groups[4].Value, 6);
            return new(RandomDraw.Dice, [], Math.Clamp(count, 1, MostCount), 1, Math.Max(2, sides));
        }

        var length = Length.Match(text) is { Success: true } long_ ? Number(long_.Groups[1].Value + long_.Groups[2].Value, PasswordLength) : (int?)null;
        if (prompt.Mentions(Password) || (length is not null && current is { Draw: RandomDraw.Password }))
        {
            return new(RandomDraw.Password, [], Math.Clamp(length ?? (current is { Draw: RandomDraw.Password } ? current.Count : PasswordLength), LeastPasswordLength, MostCount), 1, 6);
        }

        if (prompt.Mentions(Uuid))
        {
            return new(RandomDraw.Uuid, [], 1, 1, 6);
        }

        if (prompt.Mentions(Coin))
        {
            return new(RandomDraw.Choice, ["heads", "tails"], 1, 1, 6);
        }

        if (prompt.Mentions(Shuffle))
        {
            return new(RandomDraw.Shuffle, [], 1, 1, 6);
        }

        if (Range.Match(text) is { Success: true } range || prompt.Mentions(NumberWord))
        {
            range = Range.Match(text);
            var (a, b) = range.Success
                ? (Number(range.Groups[1].Value + range.Groups[3].Value, 1), Number(range.Groups[2].Value + range.Groups[4].Value, 100))
                : (1, 100);
            return new(RandomDraw.Number, [], 1, Math.Min(a, b), Math.Max(a, b));
        }

        foreach (var (words, texts) in new[] { (BuiltInTexts.JokeWords, BuiltInTexts.Jokes), (BuiltInTexts.QuoteWords, BuiltInTexts.Quotes), (BuiltInTexts.FactWords, BuiltInTexts.Facts) })
        {
            if (prompt.Mentions(words))
            {
                return new(RandomDraw.Choice, texts, 1, 1, 6);
            }
        }

        if (current is { Draw: RandomDraw.Choice })
        {
            return current with { Options = prompt.Reader.Edit(current.Options, Lead, option => option, option => option) };
        }

        var options = prompt.Reader.After(Lead) is { Count: > 1 } listed ? listed : prompt.Reader.AfterColon();
        var several = options.Where(option => !NoOption.IsMatch(option)).ToList();
        return current ?? new(RandomDraw.Choice, several.Count > 1 ? several : [], 1, 1, 6);
    }

    /// <inheritdoc/>
    protected override AgentParts Write(RandomSettings settings) => settings.Draw switch
    {
        RandomDraw.Choice => Choice(settings),
        RandomDraw.Shuffle => Shuffled(settings),
        RandomDraw.Dice => Rolled(settings),
        RandomDraw.Number => Numbered(settings),
        RandomDraw.Password => Secret(settings),
        RandomDraw.Uuid => new(
            "returns a random UUID",
            ConfigOf(settings),
            Schema.Object(),
            Schema.Object(("uuid", Schema.Text("A UUID of version 4."))),
            new JsonObject()),
    };

    private static AgentParts Choice(RandomSettings settings) => new(
        settings.Options.Count > 0 ? $"chooses one of {settings.Options.Count} texts at random" : "chooses one of the options that it is given",
        ConfigOf(settings),
        Schema.Object((settings.Options.Count > 0 ? "options?" : "options", Schema.List(Schema.Text("An option."), settings.Options.Count > 0 ? "What to choose from instead." : "What to choose from.", minItems: 1))),
        Schema.Object(("choice", Schema.Text("What was chosen.")), ("index", Schema.Integer("Its place among the options, from 0.", 0))),
        settings.Options.Count > 0 ? new JsonObject() : new JsonObject { ["options"] = new JsonArray("pizza", "sushi", "tacos") });

    private static AgentParts Shuffled(RandomSettings settings) => new(
        "puts a list in random order",
        ConfigOf(settings),
        Schema.Object(("items", Schema.List(Schema.Any("An item."), "The list."))),
        Schema.Object(("items", Schema.List(Schema.Any("An item."), "The list in random order."))),
        new JsonObject { ["items"] = new JsonArray("Ada", "Grace", "Alan") });

    private static AgentParts Rolled(RandomSettings settings) => new(
        $"rolls {(settings.Count == 1 ? "a die" : $"{settings.Count} dice")} with {settings.Greatest} sides",
        ConfigOf(settings),
        Schema.Object(
            ("dice?", Schema.Integer($"How many dice; {settings.Count} when missing.", 1, MostCount)),
            ("sides?", Schema.Integer($"How many sides a die has; {settings.Greatest} when missing.", 2, Most))),
        Schema.Object(("rolls", Schema.List(Schema.Integer("A roll.", 1), "What each die shows.")), ("total", Schema.Integer("Their sum.", 1))),
        new JsonObject());

    private static AgentParts Numbered(RandomSettings settings) => new(
        $"draws a whole number from {settings.Least.ToString(CultureInfo.InvariantCulture)} to {settings.Greatest.ToString(CultureInfo.InvariantCulture)}",
        ConfigOf(settings),
        Schema.Object(
            ("min?", Schema.Integer($"The least number; {settings.Least} when missing.", -Most, Most)),
            ("max?", Schema.Integer($"The greatest number; {settings.Greatest} when missing.", -Most, Most))),
        Schema.Object(("number", Schema.Integer("The number."))),
        new JsonObject());

    private static AgentParts Secret(RandomSettings settings) => new(
        $"generates passwords of {settings.Count} characters",
        ConfigOf(settings),
        Schema.Object(("length?", Schema.Integer($"How many characters; {settings.Count} when missing.", LeastPasswordLength, MostCount))),
        Schema.Object(("password", Schema.Text("The password."))),
        new JsonObject())
    {
        Details = ["The password is the run's output and is kept with it: whoever may read the agent's runs can read it."],
    };

    private static int Number(string text, int otherwise) => text.ToLowerInvariant() switch
    {
        "a" or "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        var digits => int.TryParse(digits, CultureInfo.InvariantCulture, out var number) ? number : otherwise,
    };
}

/// <summary>What is drawn.</summary>
public enum RandomDraw
{
    /// <summary>One of several texts.</summary>
    Choice,

    /// <summary>The order of a list.</summary>
    Shuffle,

    /// <summary>Dice.</summary>
    Dice,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A password.</summary>
    Password,

    /// <summary>A UUID.</summary>
    Uuid,
}
