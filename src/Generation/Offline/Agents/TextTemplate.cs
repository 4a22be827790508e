using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>One change of a text.</summary>
/// <param name="Change">Which one.</param>
/// <param name="From">What is looked for, put before or after, or cut to; empty where the change needs nothing.</param>
/// <param name="To">What a replacement puts there.</param>
public sealed record TextStep(TextChange Change, string From = "", string To = "");

/// <summary>Settings of a text agent.</summary>
/// <param name="Steps">The changes, in their order; may be empty when something is counted.</param>
/// <param name="Counts">What is counted in the input.</param>
public sealed record TextSettings(IReadOnlyList<TextStep> Steps, IReadOnlyList<TextCount> Counts) : AgentSettings(AgentKind.Text)
{
    /// <inheritdoc/>
    public override bool IsValid() =>
        Steps.Count + Counts.Count > 0
        && Steps.Count <= PromptReader.MaxItems
        && Steps.All(step => step is not null && Enum.IsDefined(step.Change) && Fit(step.From, step.To) && TextTemplate.HasWhatItNeeds(step))
        && Fit(Counts);
}

/// <summary>Changes a text step by step, and counts what is in it.</summary>
public sealed class TextTemplate : AgentTemplate<TextSettings>
{
    private const string Quoted = """(?:"([^"\n]*)"|“([^”\n]*)”|'([^'\n]*)'|‘([^’\n]*)’|(\S+))""";
    private const string TaskQuestion = "What should it do with the text?";
    private const string CaseQuestion = "Which case should the text get?";

    private static readonly (TextChange Change, PromptPattern Words, string Does)[] Changes =
    [
        Change(TextChange.Upper, @"upper[ _-]?case[ds]?|all[ -]caps|capital letters|shout\w*", "puts it in upper case"),
        Change(TextChange.Lower, @"lower[ _-]?case[ds]?|small letters", "puts it in lower case"),
        Change(TextChange.Title, @"title[ _-]?case[ds]?|capitali[sz]es? (?:each|every|all) words?|capitali[sz]e the words", "capitalises each word"),
        Change(TextChange.Sentence, @"sentence[ _-]?case[ds]?|capitali[sz]es? (?:each |every |the )?(?:sentences?|first letters?)", "capitalises each sentence"),
        Change(TextChange.Camel, @"camel[ _-]?case", "makes a camelCase name of it"),
        Change(TextChange.Pascal, @"pascal[ _-]?case", "makes a PascalCase name of it"),
        Change(TextChange.Snake, @"snake[ _-]?case", "makes a snake_case name of it"),
        Change(TextChange.Constant, @"constant[ _-]?case|screaming[ _-]snake(?:[ _-]case)?", "makes a CONSTANT_CASE name of it"),
        Change(TextChange.Slug, @"slugs?|slugif\w+|kebab[ _-]?case|url[ -]friendly", "makes a slug of it"),
        Change(TextChange.ReverseWords, @"reverses? (?:the )?(?:order of )?(?:the )?words?(?: order)?|words? in reverse|word order reversed", "reverses the order of its words"),
        Change(TextChange.Reverse, @"reverse[ds]?|backwards?|mirror(?:s|ed)?", "reverses it"),
        Change(TextChange.Trim, @"trim(?:s|med|ming)?|(?:extra|surplus|double|redundant|unnecessary) (?:white)?spaces?|normali[sz]es? (?:white)?spaces?|collapses? (?:white)?spaces?", "removes surplus spaces"),
        Change(TextChange.Punctuation, @"(?:remov|strip|delet|dropp?)\w* (?:all |the )?punctuation|without punctuation", "removes punctuation"),
        Change(TextChange.Accents, @"(?:remov|strip|delet|dropp?)\w* (?:all |the )?(?:accents|diacritics)|without accents", "removes accents"),
        Change(TextChange.Digits, @"(?:remov|strip|delet|dropp?)\w* (?:all |the )?(?:digits|numbers)|without (?:digits|numbers)", "removes digits"),
        Change(TextChange.Vowels, @"(?:remov|strip|delet|dropp?)\w* (?:all |the )?vowels|without vowels", "removes vowels"),
        Change(TextChange.Html, @"(?:remov|strip|delet|dropp?)\w* (?:all |the )?(?:html|tags|markup)(?: tags)?|html to (?:plain )?text", "removes HTML tags"),
        Change(TextChange.EmptyLines, @"(?:remov|strip|delet|dropp?)\w* (?:all |the )?(?:empty|blank) lines", "removes empty lines"),
        Change(TextChange.SortLines, @"sort(?:s|ed)? (?:the |its |all |my )?(?:lines|list|items)(?: alphabetically)?|alphabeti[sz]es?", "sorts its lines"),
        Change(TextChange.SortWords, @"sort(?:s|ed)? (?:the |its |all )?words", "sorts its words"),
        Change(TextChange.UniqueLines, @"(?:de-?duplicat\w+|(?:remov|delet|dropp?)\w* (?:all |the )?duplicates?(?: lines| items)?|unique lines)", "removes duplicate lines"),
        Change(TextChange.EncodeBase64, @"(?:encod\w+|convert\w*|text) (?:\w+ ){0,3}(?:in|to|as|into) base-?64|base-?64[ -]encod\w+", "encodes it in Base64"),
        Change(TextChange.DecodeBase64, @"decod\w+ (?:\w+ ){0,3}base-?64|base-?64[ -]decod\w+|from base-?64", "decodes it from Base64"),
        Change(TextChange.EncodeUrl, @"url[ -]?encod\w+|percent[ -]encod\w+|encod\w+ (?:\w+ ){0,3}for (?:a |the )?urls?", "encodes it for a URL"),
        Change(TextChange.DecodeUrl, @"url[ -]?decod\w+|percent[ -]decod\w+", "decodes it from a URL"),
        Change(TextChange.Rot13, @"rot-?13|caesar cipher", "encodes it by ROT13"),
        Change(TextChange.Emails, @"(?:extract|find|list|collect|pull)\w* (?:all |the |any |every |out )*e-?mails?(?: address(?:es)?)?", "keeps its e-mail addresses, one a line"),
        Change(TextChange.Urls, @"(?:extract|find|list|collect|pull)\w* (?:all |the |any |every |out )*(?:urls?|links?|web address(?:es)?)", "keeps its web addresses, one a line"),
        Change(TextChange.Numbers, @"(?:extract|find|list|collect|pull)\w* (?:all |the |any |every |out )*numbers", "keeps its numbers, one a line"),
        Change(TextChange.Hashtags, @"(?:extract|find|list|collect|pull)\w* (?:all |the |any |every |out )*hash-?tags", "keeps its hashtags, one a line"),
    ];

    private static readonly (TextCount Count, PromptPattern Words, string Property, string Description, string Does)[] Counts =
    [
        Counting(TextCount.Words, "words?", "words", "How many words the text has.", "words"),
        Counting(TextCount.Characters, "(?:characters?|letters?|chars?)", "characters", "How many characters the text has, as a reader counts them.", "characters"),
        Counting(TextCount.Sentences, "sentences?", "sentences", "How many sentences the text has.", "sentences"),
        Counting(TextCount.Lines, "lines?", "lines", "How many lines the text has.", "lines"),
        Counting(TextCount.Paragraphs, "paragraphs?", "paragraphs", "How many paragraphs the text has.", "paragraphs"),
        Counting(TextCount.Vowels, "vowels?", "vowels", "How many vowels the text has.", "vowels"),
        Counting(TextCount.ReadingTime, "reading[ -]times?|minutes to read|reading minutes", "readingMinutes", "How many minutes it takes to read, at 200 words a minute.", "reading time"),
    ];

    private static readonly PromptPattern Replacement = new($@"\b(?:replace|swap|substitute)[sd]?\s+(?:all |every |each |any |the |word |words |text |occurrences? of |instances? of )*{Quoted}\s+(?:with|by|for|to)\s+(?:the |word |text )*{Quoted}");
    private static readonly PromptPattern Removal = new("""\b(?:remov|strip|delet)\w*\s+(?:all |every |each |any |the |word |words |text |occurrences? of )*(?:"([^"\n]+)"|“([^”\n]+)”|'([^'\n]+)')""");
    private static readonly PromptPattern Prefix = new("""\b(?:prefix|prepend|put|add)\w*\s+(?:it with |with |the text |the word |a prefix of |the prefix |prefix )*(?:"([^"\n]+)"|“([^”\n]+)”|'([^'\n]+)')(?:\s+(?:before|in front|at the (?:start|beginning)|to the (?:start|beginning|front)))?""");
    private static readonly PromptPattern PrefixWord = new(@"\b(?:prefix|prepend)|\b(?:before|in front|at the (?:start|beginning)|to the (?:start|beginning|front))\b");
    private static readonly PromptPattern Suffix = new("""\b(?:suffix|append|put|add)\w*\s+(?:it with |with |the text |the word |a suffix of |the suffix |suffix )*(?:"([^"\n]+)"|“([^”\n]+)”|'([^'\n]+)')(?:\s+(?:after|behind|at the end|to the end))?""");
    private static readonly PromptPattern SuffixWord = new(@"\b(?:suffix|append)|\b(?:after|behind|at the end|to the end)\b");
    private static readonly PromptPattern Truncation = new(@"\b(?:truncat\w+|shorten\w*|cut\w*|limit\w*|trim\w*)\b[^.\n]*?\b(\d{1,5}) (?:characters?|chars?|letters?)\b");
    private static readonly PromptPattern Tidying = new(@"\bclean(?:s|ing)? up\b");
    private static readonly PromptPattern Again = new(@"\b(?:also|too|as well|additionally|then|afterwards?|plus|add|and then|in addition)\b");
    private static readonly PromptPattern Less = new(@"\b(?:(?:do not|don'?t|stop|no longer|never) (?:\w+ ){0,3}?|without (?:the )?|remove (?:the )?|drop (?:the )?|leave out (?:the )?)");
    private static readonly PromptPattern SomeCase = new(@"\b(?:chang|convert|fix|switch|set|adjust)\w* (?:the )?(?:letter |text )?case\b|\bcase (?:converter|changer|of (?:a |the )?(?:text|letters?))\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Text;

    /// <inheritdoc/>
    public override string Noun => "a text agent";

    /// <inheritdoc/>
    public override string Does => "Change or count text";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } =
    [
        .. Changes.Select(change => (change.Words, change.Change is TextChange.Emails or TextChange.Urls or TextChange.Html or TextChange.UniqueLines ? 7 : 4)),
        (Replacement, 3), (Removal, 3), (Truncation, 4), (SomeCase, 4),
        .. Phrases(
            (@"(?:count\w*|how many|number of) (?:the |all |its |of )*(?:words?|characters?|letters?|sentences?|lines?|paragraphs?|vowels?)", 5),
            (@"(?:word|character|letter|sentence|line|paragraph|vowel)s?[ -]?(?:count\w*|statistics)|reading[ -]time", 4),
            (@"(?:prefix|suffix|prepend|append)\w*", 3),
            (@"transform\w* (?:a |the |some |my )?text|text transform\w*|clean(?:s|ing)? up (?:a |the |some |my )?text", 2)),
    ];

    /// <summary>False when a step that looks for something has nothing to look for.</summary>
    internal static bool HasWhatItNeeds(TextStep step) => step.Change switch
    {
        TextChange.Replace or TextChange.Prefix or TextChange.Suffix => step.From.Length > 0,
        TextChange.Truncate => int.TryParse(step.From, out var length) && length > 0,
        _ => true,
    };

    /// <inheritdoc/>
    protected override TextSettings Read(AgentPrompt prompt, TextSettings? current)
    {
        var (steps, counts) = (StepsIn(prompt), CountsIn(prompt.Reader));
        if (current is null && steps.Count + counts.Count == 0 && !prompt.Mentions(Tidying))
        {
            var answer = new AgentPrompt(prompt.Ask(TaskQuestion, ["Remove surplus spaces", "UPPER CASE", "Title Case", "Make a slug", "Count words and characters"], "Remove surplus spaces") ?? "", [], prompt.Now);
            (steps, counts) = (StepsIn(answer), CountsIn(answer.Reader));
        }

        if (current is null)
        {
            return steps.Count + counts.Count > 0 ? new(steps, counts) : new([new(TextChange.Trim)], [TextCount.Words, TextCount.Characters]);
        }

        if (prompt.Mentions(Less) && !steps.Any(step => step.Change is TextChange.Replace))
        {
            var rest = new TextSettings(
                [.. current.Steps.Where(step => steps.All(gone => gone.Change != step.Change))], [.. current.Counts.Except(counts)]);
            return rest.Steps.Count + rest.Counts.Count > 0 ? rest : current;
        }

        // "Make it uppercase instead" takes the place of what was changed; what is counted stays, and the other way round.
        var isMore = prompt.Mentions(Again);
        return new(
            steps.Count == 0 ? current.Steps : isMore ? [.. current.Steps.Except(steps).Concat(steps).Take(PromptReader.MaxItems)] : steps,
            counts.Count == 0 ? current.Counts : [.. current.Counts.Union(counts)]);
    }

    /// <inheritdoc/>
    protected override AgentParts Write(TextSettings settings)
    {
        var does = settings.Steps.Select(Describe).ToList();
        if (settings.Counts.Count > 0)
        {
            does.Add($"{(does.Count > 0 ? "counts its " : "counts the ")}{Enumerate([.. settings.Counts.Select(count => Counts.First(known => known.Count == count).Does)])}");
        }

        var counts = settings.Counts.Select(count => Counts.First(known => known.Count == count)).ToList();
        return new(
            settings.Steps.Count > 0 ? $"takes a text and {Enumerate(does)}" : $"{does[0]} of a text",
            ConfigOf(settings),
            Constant("input"),
            Schema.Object([("text", Schema.Text("The text after all changes.")), .. counts.Select(count => (count.Property, Schema.Integer(count.Description, 0)))]),
            new JsonObject { ["text"] = "Hello, World! This is a short text." });
    }

    private static string Describe(TextStep step) => step.Change switch
    {
        TextChange.Replace => step.To.Length > 0 ? $"replaces \"{step.From}\" with \"{step.To}\"" : $"removes \"{step.From}\"",
        TextChange.Prefix => $"puts \"{step.From}\" before it",
        TextChange.Suffix => $"puts \"{step.From}\" after it",
        TextChange.Truncate => $"cuts it to {step.From} characters",
        _ => Changes.First(known => known.Change == step.Change).Does,
    };

    private static List<TextStep> StepsIn(AgentPrompt prompt)
    {
        var reader = prompt.Reader;
        var found = new List<(int At, TextStep Step)>();
        foreach (var (change, words, _) in Changes)
        {
            // "Reverse the words" also says "reverse", and "trim" a length.
            if (words.Match(reader.Unquoted) is { Success: true } match
                && !(change == TextChange.Reverse && found.Any(other => other.Step.Change == TextChange.ReverseWords))
                && !(change == TextChange.Trim && Truncation.IsMatch(reader.Unquoted)))
            {
                found.Add((match.Index, new(change)));
            }
        }

        foreach (var match in Replacement.Matches(reader.Text).Take(PromptReader.MaxItems))
        {
            var (from, to) = (Inner(match, 1, 5), Inner(match, 6, 10));
            if (from.Length > 0)
            {
                found.Add((match.Index, new(TextChange.Replace, from, to.TrimEnd('.', ','))));
            }
        }

        foreach (var match in Removal.Matches(reader.Text).Take(PromptReader.MaxItems))
        {
            found.Add((match.Index, new(TextChange.Replace, Inner(match, 1, 3))));
        }

        if (reader.Mentions(PrefixWord) && Prefix.Match(reader.Text) is { Success: true } prefix)
        {
            found.Add((prefix.Index, new(TextChange.Prefix, Inner(prefix, 1, 3))));
        }

        if (reader.Mentions(SuffixWord) && Suffix.Match(reader.Text) is { Success: true } suffix)
        {
            found.Add((suffix.Index, new(TextChange.Suffix, Inner(suffix, 1, 3))));
        }

        if (Truncation.Match(reader.Unquoted) is { Success: true } cut && int.Parse(cut.Groups[1].ValueSpan) is > 0 and var length)
        {
            found.Add((cut.Index, new(TextChange.Truncate, length.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        }

        if (found.Count == 0 && reader.Mentions(SomeCase))
        {
            var answer = prompt.Ask(CaseQuestion, ["UPPER CASE", "lower case", "Title Case", "Sentence case"], "Sentence case") ?? "";
            found.Add((0, new(Changes.Take(8).FirstOrDefault(change => change.Words.IsMatch(answer)) is { Words: not null } known ? known.Change : TextChange.Sentence)));
        }

        return [.. found.OrderBy(step => step.At).Select(step => step.Step).Where(HasWhatItNeeds).Distinct().Take(PromptReader.MaxItems)];
    }

    private static List<TextCount> CountsIn(PromptReader prompt) => [.. Counts.Where(count => prompt.Mentions(count.Words)).Select(count => count.Count)];

    private static string Inner(Match match, int first, int last) => PromptReader.Clean(
        match.Groups.Values.Skip(first).Take(last - first + 1).FirstOrDefault(group => group.Success)?.Value ?? "", PromptReader.MaxItemLength);

    private static (TextChange, PromptPattern, string) Change(TextChange change, string words, string does) => (change, new PromptPattern($@"\b(?:{words})\b"), does);

    private static (TextCount, PromptPattern, string, string, string) Counting(TextCount count, string words, string property, string description, string does) =>
        (count, new PromptPattern(
            count == TextCount.ReadingTime
                ? $@"\b(?:{words})\b"
                : $@"\b(?:count\w*|how many|number of|length in)\b[^.\n]*?\b{words}\b|\b{words}[ -](?:and [a-z]+ )?(?:counts?|counting|counter|total)\b"), property, description, does);
}

/// <summary>What can be done to a text.</summary>
public enum TextChange
{
    /// <summary>All letters large.</summary>
    Upper,

    /// <summary>All letters small.</summary>
    Lower,

    /// <summary>Each word with a capital.</summary>
    Title,

    /// <summary>Each sentence with a capital.</summary>
    Sentence,

    /// <summary>oneWordWithCapitals.</summary>
    Camel,

    /// <summary>OneWordWithCapitals.</summary>
    Pascal,

    /// <summary>words_with_underscores.</summary>
    Snake,

    /// <summary>WORDS_WITH_UNDERSCORES.</summary>
    Constant,

    /// <summary>words-with-hyphens.</summary>
    Slug,

    /// <summary>The last character first.</summary>
    Reverse,

    /// <summary>The last word first.</summary>
    ReverseWords,

    /// <summary>No blanks around it, and single ones within.</summary>
    Trim,

    /// <summary>Without punctuation.</summary>
    Punctuation,

    /// <summary>Without accents.</summary>
    Accents,

    /// <summary>Without digits.</summary>
    Digits,

    /// <summary>Without vowels.</summary>
    Vowels,

    /// <summary>Without tags.</summary>
    Html,

    /// <summary>Without empty lines.</summary>
    EmptyLines,

    /// <summary>Lines in alphabetical order.</summary>
    SortLines,

    /// <summary>Words in alphabetical order.</summary>
    SortWords,

    /// <summary>Each line once.</summary>
    UniqueLines,

    /// <summary>As Base64.</summary>
    EncodeBase64,

    /// <summary>From Base64.</summary>
    DecodeBase64,

    /// <summary>With percent signs.</summary>
    EncodeUrl,

    /// <summary>Without percent signs.</summary>
    DecodeUrl,

    /// <summary>Each letter 13 further.</summary>
    Rot13,

    /// <summary>Its e-mail addresses.</summary>
    Emails,

    /// <summary>Its web addresses.</summary>
    Urls,

    /// <summary>Its numbers.</summary>
    Numbers,

    /// <summary>Its hashtags.</summary>
    Hashtags,

    /// <summary>One text in place of another.</summary>
    Replace,

    /// <summary>Something before it.</summary>
    Prefix,

    /// <summary>Something after it.</summary>
    Suffix,

    /// <summary>Its beginning.</summary>
    Truncate,
}

/// <summary>What can be counted in a text.</summary>
public enum TextCount
{
    /// <summary>Words.</summary>
    Words,

    /// <summary>Characters.</summary>
    Characters,

    /// <summary>Sentences.</summary>
    Sentences,

    /// <summary>Lines.</summary>
    Lines,

    /// <summary>Paragraphs.</summary>
    Paragraphs,

    /// <summary>Vowels.</summary>
    Vowels,

    /// <summary>Minutes to read it.</summary>
    ReadingTime,
}
