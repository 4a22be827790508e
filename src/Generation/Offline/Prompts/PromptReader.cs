using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Prompts;

/// <summary>
/// Reads from a prompt what every kind of widget may have: title, colours, theme, a button's label, items. All patterns run in time linear in the
/// prompt's length. What it returns is clean text: no controls, no lone surrogates, no bidirectional overrides, and bounded.
/// </summary>
public sealed class PromptReader
{
    /// <summary>The most characters of a title.</summary>
    public const int MaxTitleLength = 80;

    /// <summary>The most characters of an item, an option, a label.</summary>
    public const int MaxItemLength = 120;

    /// <summary>The most characters of a paragraph.</summary>
    public const int MaxTextLength = 1_000;

    /// <summary>The most items that a list is read into.</summary>
    public const int MaxItems = 24;

    private const string Ellipsis = "…";
    private const string Quoted = "(?:\"([^\"\\n]+)\"|“([^”\\n]+)”|«([^»\\n]+)»|‘([^’\\n]+)’|'([^\\n]+?)'(?:[\\s,.;:!?)]|$))";
    private const string ColourTargets =
        "buttons?|themes?|accents?|colou?rs?|colou?r schemes?|backgrounds?|bars?|headers?|titles?|headings?|designs?|styles?|looks?|palettes?|"
        + "widgets?|counters?|timers?|countdowns?|polls?|quiz|charts?|graphs?|forms?|calculators?|converters?|cards?|lists?|tables?|borders?|links?|page|box";

    private static readonly string ColourNames = @"#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|\b(?:"
        + string.Join('|', Colour.Names.OrderByDescending(name => name.Length).Select(name => name.Replace(" ", "[ -]?"))) + @")\b";

    private static readonly PromptPattern TitleLead = new(
        @"(?:\bcalled|\btitled|\bentitled|\bnamed|\bheaded|\bcall it|\bname it|\btitle it|\brename (?:it |this |the [a-z-]+ (?:[a-z-]+ )?)?(?:to|as)|"
        + @"\b(?:change|set|make|update) (?:the |its )?(?:title|name|heading) (?:to be|to|as)?|"
        + @"\b(?:title|heading|headline)(?:\s*[:=]| is| should be| shall be| to be| of)|\bwith (?:the|a) (?:title|heading|name|headline)(?: of)?)\s*");

    private static readonly PromptPattern QuotedTitle = new(TitleLead + Quoted);
    private static readonly PromptPattern PlainTitle = new(TitleLead + @"([^\s""“«‘',.;:][^,.;:\n""]*)");
    private static readonly PromptPattern TitleEnd = new(
        @"\s(?:with|that|which|using|having|in (?:dark|light|[a-z]+ colou?rs?)|by|showing|and (?:a|an|the|make|add|use|with|give|set|colou?r|some|it)|for (?:a|the|my|our))\s|\sand$|[?!]\s");

    private static readonly PromptPattern AnyQuoted = new(@"(?:^|[\s(,:])" + Quoted);
    private static readonly PromptPattern LabelLead = new(
        @"\bbutton,?(?: that is| which is)? (?:saying|labell?ed|that says|which says|with the (?:text|label)|reading|text|label(?: to)?|says)(?: to)?\s*:?\s*" + Quoted);

    private static readonly PromptPattern ColourBefore = new(
        $@"({ColourNames})(?:[ -]colou?red)?(?:\s+[a-z-]+)??(?:\s+[a-z-]+)??\s+({ColourTargets})\b");

    private static readonly PromptPattern ColourAfter = new(
        $@"\b({ColourTargets}|it|this|everything)(?:\s+colou?r)?\s+(?:(?:should be|must be|to be|to|into|is|are|be|in|of)\s+)?(?:(?:a|nice|bright|deep|soft|pale)\s+)*({ColourNames})");

    private static readonly PromptPattern ColourSetting = new($@"\b(colou?r|accent|accent colou?r|background|background colou?r|theme)\s*[:=]\s*({ColourNames})");
    private static readonly PromptPattern InColour = new($@"\bin\s+(?:(?:a|nice|bright|deep|soft|pale)\s+)*({ColourNames})");
    private static readonly PromptPattern HexColour = new(@"(#[0-9a-f]{6})\b");

    private static readonly PromptPattern ThemePhrase = new(
        @"\b(?:(?:with|in|use|and) )?(?:a )?(dark|light|night)[ -](?:themed?|mode|design|look|style|ui|backgrounds?|version|colou?rs?|scheme|variant)\b"
        + @"|\b(?:make |turn )?(?:it|the (?:theme|widget|design|background))(?: should be| to be| to| is| be)? (dark|light)\b");

    private static readonly PromptPattern DanglingJoint = new(@"(?:[\s,]+(?:with|and|in|using|having|has|plus|a|an|the|some))+\s*$");
    private static readonly PromptPattern Decoration = new(
        @"\bbuttons?$|\b(?:themes?|backgrounds?|accents?|colou?r schemes?|dark mode|light mode|title|heading)$|^(?:called|titled|named|using|make it|please|thanks?)\b|^(?:it|use|make)$");

    private static readonly PromptPattern Bullet = new(@"^\s*(?:[-*•–—]|\d{1,3}[.)]|\[[ x]?\])\s*");
    private static readonly PromptPattern LastJoint = new(@"\s*,?\s+(?:and|or|vs\.?|versus|&)\s+|\s+[/|]\s+");
    private static readonly PromptPattern Article = new(@"^(?:(?:and|or|then|also|to|the option|option)\s+)?(?:an?|the|some)\s+|^(?:and|or|then|also)\s+");

    private static readonly PromptPattern AddVerb = new(@"\b(?:add|include|insert|append)\b\s*");
    private static readonly PromptPattern RemoveVerb = new(@"\b(?:remove|delete|drop|take out|get rid of)\b\s*");
    private static readonly PromptPattern ReplaceVerb = new(@"\b(?:replace|change|swap|rename)\b\s+(?:the )?(?:(?:option|item|task|choice|answer|field|bar|value|plan|price of|price for)\s+)?([^\n]+?)\s+(?:with|by|to|into|for)\s+([^\n,;]+)");
    private static readonly PromptPattern EditNoun = new(
        @"^(?:(?:another|one more|more|new|an|a|the|these|those|following|extra)\s+)*(?:options?|items?|tasks?|choices?|answers?|fields?|plans?|tiers?|bars?|values?|entry|entries|points?|to-?dos?|units?|conversions?|questions?)?(?:\s+(?:called|named|for|labelled))?\s*:?\s*");

    private static readonly PromptPattern EditTail = new(
        @"\s+(?:to|from|in|on|into) (?:the |my |this )?(?:list|options?|items?|poll|chart|form|quiz|card|table|widget|tasks?|choices?|fields?|it|converter|plans?)\b.*$|\s+(?:field|option|task|item|plan|bar)s?$|\s+(?:too|as well|please)$");

    private static readonly PromptPattern SentenceEnd = new(@"[.!]\s|[.!]$|\n");

    /// <summary>Reads a prompt.</summary>
    public PromptReader(string prompt)
    {
        Text = Clean(prompt, int.MaxValue);
        Unquoted = Blank(Text, AnyQuoted.Matches(Text));
        var removed = new List<(int Start, int Length)>();
        Title = ReadTitle(removed);
        ButtonLabel = ReadButtonLabel(removed);
        ReadColours(removed);
        Body = Remove(Text, removed);
        Title ??= LoneQuote();
    }

    /// <summary>The whole prompt, clean.</summary>
    public string Text { get; }

    /// <summary>The prompt with blanks for everything that stands in quotes: what is asked for, without what is only to be shown.</summary>
    public string Unquoted { get; }

    /// <summary>The prompt without the phrases that set title, colours, theme and button label: what its lists are read from.</summary>
    public string Body { get; }

    /// <summary>The title that the prompt gives, or null.</summary>
    public string? Title { get; }

    /// <summary>The button label that the prompt gives, or null.</summary>
    public string? ButtonLabel { get; }

    /// <summary>The colour of buttons and bars, or null.</summary>
    public Colour? Accent { get; private set; }

    /// <summary>The colour of the background, or null.</summary>
    public Colour? Surface { get; private set; }

    /// <summary>The theme that the prompt names, or null.</summary>
    public WidgetTheme? Theme { get; private set; }

    /// <summary>
    /// Text that is safe to show: line ends become <c>\n</c>, other controls and runs of blanks one blank; lone surrogates, bidirectional overrides and
    /// byte order marks go. At most <paramref name="maxLength"/> characters, never cut within a surrogate pair.
    /// </summary>
    public static string Clean(string text, int maxLength)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var rune in text.Replace("\r\n", "\n").EnumerateRunes())
        {
            // A lone surrogate is enumerated as the replacement character.
            if (rune == Rune.ReplacementChar || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFEFF)
            {
                continue;
            }

            var isBlank = Rune.IsControl(rune) || Rune.IsWhiteSpace(rune);
            var isLineEnd = rune.Value is '\n' or '\r' or 0x2028 or 0x2029;
            if (isBlank && clean.Length > 0 && clean[^1] is ' ' or '\n')
            {
                clean[^1] = isLineEnd ? '\n' : clean[^1];
                continue;
            }

            if (clean.Length + rune.Utf16SequenceLength > maxLength)
            {
                break;
            }

            clean.Append(isLineEnd ? "\n" : isBlank ? " " : rune.ToString());
        }

        return clean.ToString().Trim();
    }

    /// <summary>
    /// Clean text as a title: on one line, and when it is too long as many whole words as fit, with an ellipsis. Only a single word longer than a title is cut itself.
    /// </summary>
    public static string CleanTitle(string text)
    {
        var line = Clean(text, int.MaxValue).Replace('\n', ' ');
        if (line.Length <= MaxTitleLength)
        {
            return line;
        }

        var fitting = Clean(line, MaxTitleLength - Ellipsis.Length);
        var end = line[fitting.Length] == ' ' ? fitting.Length : fitting.LastIndexOf(' ');
        return (end > 0 ? fitting[..end].TrimEnd(' ', ',', ';', ':', '-', '–', '—') : fitting) + Ellipsis;
    }

    /// <summary>True when the prompt, quotes aside, matches.</summary>
    public bool Mentions(PromptPattern pattern) => pattern.IsMatch(Unquoted);

    /// <summary>The number that the first group of a pattern finds, or null.</summary>
    public double? Number(PromptPattern pattern) =>
        pattern.Match(Unquoted) is { Success: true } match ? ParseNumber(match.Groups.Values.Skip(1).First(group => group.Success).Value) : null;

    /// <summary>A number written with '.' or ',' as its decimal sign, or with ',' between thousands; null when it is none, or beyond a trillion.</summary>
    public static double? ParseNumber(string text)
    {
        var comma = text.LastIndexOf(',');
        var isThousands = comma >= 0 && (text.Contains('.') || (text.Length - comma == 4 && text.TrimStart('-', '0').IndexOf(',') is > 0 and <= 3));
        var plain = isThousands ? text.Replace(",", "") : text.Replace(',', '.');
        return double.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) <= 1e12
                ? number
                : null;
    }

    /// <summary>
    /// The list that a widget is to start with. <paramref name="lead"/> says what may stand before it (for example <c>with the options</c>);
    /// without such a lead the list is what follows the first colon, or the first "with" that is followed by two items at least.
    /// </summary>
    public IReadOnlyList<string> List(PromptPattern lead) =>
        After(lead) is { Count: > 0 } named ? named : AfterColon() is { Count: > 0 } listed ? listed : AfterWith();

    /// <summary>The list after the first match of a pattern, or an empty one.</summary>
    public IReadOnlyList<string> After(PromptPattern lead) => lead.Match(Body) is { Success: true } match ? Segment(match.Index + match.Length) : [];

    /// <summary>The lines with bullets, else the list after the first colon of the prompt (a question that stands there is skipped), else none.</summary>
    public IReadOnlyList<string> AfterColon()
    {
        if (Body.Split('\n').Where(line => Bullet.IsMatch(line)).ToList() is { Count: > 1 } lines)
        {
            return Distinct(lines);
        }

        var question = Body.LastIndexOf('?');
        if (question >= 0 && Segment(question + 1) is { Count: > 1 } answers)
        {
            return answers;
        }

        var colon = Body.IndexOf(": ", StringComparison.Ordinal) is var inline and >= 0 ? inline : Body.IndexOf(":\n", StringComparison.Ordinal);
        return colon >= 0 ? Segment(colon + 1) : [];
    }

    /// <summary>
    /// A list after the changes that a refinement asks for: "add X", "remove Y", "replace Y with Z", or a whole new list after <paramref name="lead"/>.
    /// </summary>
    /// <param name="current">The list so far.</param>
    /// <param name="lead">What stands before a whole new list.</param>
    /// <param name="parse">Makes an entry from an item's text; null when it is none.</param>
    /// <param name="key">What an entry is called; adding one with the same key replaces it.</param>
    public IReadOnlyList<T> Edit<T>(IReadOnlyList<T> current, PromptPattern lead, Func<string, T?> parse, Func<T, string> key)
        where T : class
    {
        var result = current.ToList();
        int Find(string name) => result.FindIndex(entry => key(entry).Equals(name, StringComparison.OrdinalIgnoreCase));

        var changed = false;
        foreach (var replace in ReplaceVerb.Matches(Body).Take(MaxItems))
        {
            var at = Find(CleanItem(replace.Groups[1].Value));
            var text = EditTail.Replace(CleanItem(replace.Groups[2].Value), "");
            // "Change Pears to 7" names only the value, "replace Pears with Plums" the whole entry.
            if (at >= 0 && (parse(text) ?? parse($"{key(result[at])} {text}")) is { } entry)
            {
                result[at] = entry;
                changed = true;
            }
        }

        foreach (var name in Verbs(RemoveVerb))
        {
            changed |= result.RemoveAll(entry => key(entry).Equals(name, StringComparison.OrdinalIgnoreCase)) > 0;
        }

        foreach (var entry in Verbs(AddVerb).Select(parse).OfType<T>())
        {
            changed = true;
            if (Find(key(entry)) is var at and >= 0)
            {
                result[at] = entry;
            }
            else if (result.Count < MaxItems)
            {
                result.Add(entry);
            }
        }

        if (!changed && lead.Match(Body) is { Success: true } match)
        {
            var replaced = Segment(match.Index + match.Length).Select(parse).OfType<T>().ToList();
            return replaced.Count > 0 ? replaced : result;
        }

        return result;
    }

    /// <summary>The items in a piece of text: its lines, or what stands between semicolons, commas, "and" and "or".</summary>
    public static IReadOnlyList<string> SplitItems(string text)
    {
        var quoted = AnyQuoted.Matches(text);
        if (quoted.Count > 1 || (quoted.Count == 1 && quoted[0].Length >= text.Trim().Length))
        {
            return Distinct(quoted.Select(InnerText));
        }

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length > 1)
        {
            return Distinct(lines.Select(line => Bullet.Replace(line, "")));
        }

        foreach (var separator in new[] { ';', '|' })
        {
            if (text.Contains(separator))
            {
                return Distinct(text.Split(separator));
            }
        }

        var parts = SplitAtCommas(text);
        if (parts.Count > 1)
        {
            var last = LastJoint.Split(parts[^1]);
            return Distinct([.. parts[..^1], .. parts[^1].StartsWith("and ", StringComparison.OrdinalIgnoreCase) || parts[^1].StartsWith("or ", StringComparison.OrdinalIgnoreCase) ? [parts[^1]] : last]);
        }

        var joined = LastJoint.Split(text);
        return Distinct(joined.Length > 1 ? joined : text.Contains('/') ? text.Split('/') : joined);
    }

    /// <summary>One item's text without bullet, article, quotes and closing punctuation; at most <see cref="MaxItemLength"/> characters.</summary>
    public static string CleanItem(string text)
    {
        var item = Bullet.Replace(text, "").Trim().TrimEnd('.', ',', ';', ':').Trim('*', ' ');
        item = item.Length > 1 && item[0] is ('"' or '“' or '«') && item[^1] is ('"' or '”' or '»') ? item[1..^1] : item;
        item = Article.Replace(item, "");
        return Clean(item, MaxItemLength);
    }

    /// <summary>The text with its first letter as a capital.</summary>
    public static string Capitalise(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static List<string> SplitAtCommas(string text)
    {
        var parts = new List<string>();
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' when depth > 0 => -1, _ => 0 };
            // A comma between digits is part of a number.
            if (text[i] == ',' && depth == 0 && !(i > 0 && i + 1 < text.Length && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1])))
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        parts.Add(text[start..].Trim());
        return [.. parts.Where(part => part.Length > 0)];
    }

    private static IReadOnlyList<string> Distinct(IEnumerable<string> items) =>
    [
        .. items.Select(CleanItem).Where(item => item.Length > 0 && !Decoration.IsMatch(item))
            .Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxItems),
    ];

    private static string InnerText(Match match) => match.Groups.Values.Skip(1).Last(group => group.Success).Value.Trim();

    private static string Blank(string text, MatchCollection matches)
    {
        var blanked = new StringBuilder(text);
        foreach (Match match in matches)
        {
            var inner = match.Groups.Values.Skip(1).First(group => group.Success);
            for (var i = inner.Index; i < inner.Index + inner.Length; i++)
            {
                blanked[i] = ' ';
            }
        }

        return blanked.ToString();
    }

    /// <summary>The text without the spans, which may overlap, and without the "with a" or ", and" that led to each.</summary>
    private static string Remove(string text, List<(int Start, int Length)> spans)
    {
        var rest = new StringBuilder();
        var at = 0;
        foreach (var (start, length) in spans.OrderBy(span => span.Start))
        {
            if (start > at)
            {
                rest.Append(DanglingJoint.Replace(text[at..start], "")).Append(' ');
            }

            at = Math.Max(at, start + length);
        }

        return rest.Append(text.AsSpan(at)).ToString().Replace("  ", " ").Replace(" ,", ",").Replace(" .", ".").Replace(" :", ":").Replace(" \n", "\n").Trim();
    }

    private string? ReadTitle(List<(int Start, int Length)> removed)
    {
        if (QuotedTitle.Match(Text) is { Success: true } quoted)
        {
            removed.Add((quoted.Index, quoted.Length));
            return NullIfEmpty(CleanTitle(InnerText(quoted)));
        }

        if (PlainTitle.Match(Unquoted) is not { Success: true } plain)
        {
            return null;
        }

        var group = plain.Groups[1];
        var title = group.Value;
        if (TitleEnd.Match(title) is { Success: true } end)
        {
            title = title[..(title[end.Index] is '?' or '!' ? end.Index + 1 : end.Index)];
        }

        removed.Add((plain.Index, group.Index - plain.Index + title.Length));
        return NullIfEmpty(CleanTitle(title));
    }

    private string? ReadButtonLabel(List<(int Start, int Length)> removed)
    {
        if (LabelLead.Match(Text) is not { Success: true } match)
        {
            return null;
        }

        removed.Add((match.Index, match.Length));
        return NullIfEmpty(Clean(InnerText(match), 40));
    }

    /// <summary>A single quoted phrase that nothing else claims is the title.</summary>
    private string? LoneQuote() =>
        AnyQuoted.Matches(Body) is { Count: 1 } quotes && InnerText(quotes[0]) is { Length: <= MaxTitleLength } text && !text.Contains('?')
            ? NullIfEmpty(CleanTitle(text))
            : null;

    private void ReadColours(List<(int Start, int Length)> removed)
    {
        var title = removed.FirstOrDefault();
        var themed = ThemePhrase.Match(Unquoted);
        foreach (var (pattern, colourGroup, targetGroup) in new[] { (ColourAfter, 2, 1), (ColourSetting, 2, 1), (ColourBefore, 1, 2), (InColour, 1, 0), (HexColour, 1, 0) })
        {
            foreach (var match in pattern.Matches(Unquoted).Take(MaxItems))
            {
                var name = match.Groups[colourGroup];
                var isInTitle = Title is not null && name.Index >= title.Start && name.Index < title.Start + title.Length;
                if (isInTitle || !Colour.TryParse(name.Value, out var colour))
                {
                    continue;
                }

                var target = targetGroup == 0 ? "" : match.Groups[targetGroup].Value.ToLowerInvariant();
                if (target.StartsWith("background", StringComparison.Ordinal))
                {
                    Surface ??= colour;
                }
                else
                {
                    Accent ??= colour;
                }

                // "a red counter" keeps its noun, "a blue button" is wholly said.
                var isWhole = targetGroup != 2 || target.TrimEnd('s') is "button" or "theme" or "accent" or "background" or "color" or "colour" or "border" or "header" or "bar";
                removed.Add(isWhole ? (match.Index, match.Length) : (name.Index, name.Length));
                if (themed.Success && themed.Index < match.Index + match.Length && match.Index < themed.Index + themed.Length)
                {
                    // "Make it dark blue" names a colour, not a theme.
                    themed = Match.Empty;
                }
            }
        }

        if (themed.Success)
        {
            var word = themed.Groups.Values.Skip(1).First(group => group.Success).Value;
            Theme = word.Equals("light", StringComparison.OrdinalIgnoreCase) ? WidgetTheme.Light : WidgetTheme.Dark;
            removed.Add((themed.Index, themed.Length));
        }
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private IReadOnlyList<string> AfterWith()
    {
        var with = Body.IndexOf(" with ", StringComparison.OrdinalIgnoreCase);
        return with >= 0 && Segment(with + " with ".Length) is { Count: > 1 } items ? items : [];
    }

    /// <summary>The items from a position to the end of the sentence; or of the text, when they stand on lines of their own.</summary>
    private IReadOnlyList<string> Segment(int start)
    {
        var rest = Body[start..].TrimStart(':', ' ');
        if (!rest.StartsWith('\n') && SentenceEnd.Match(rest) is { Success: true } end && !(rest[end.Index] == '\n' && rest[..end.Index].IndexOfAny([',', ';']) < 0))
        {
            rest = rest[..end.Index];
        }

        return SplitItems(rest);
    }

    private IEnumerable<string> Verbs(PromptPattern verb)
    {
        foreach (var match in verb.Matches(Body).Take(MaxItems))
        {
            var rest = Body[(match.Index + match.Length)..];
            var end = SentenceEnd.Match(rest) is { Success: true } sentence ? sentence.Index : rest.Length;
            rest = rest[..end];
            // "Add X and remove Y": each verb owns what stands before the next.
            foreach (var other in new[] { AddVerb, RemoveVerb })
            {
                if (other.Match(rest) is { Success: true } next)
                {
                    rest = DanglingJoint.Replace(rest[..next.Index], "").TrimEnd(' ', ',');
                }
            }

            rest = EditTail.Replace(EditNoun.Replace(rest, "", 1), "");
            foreach (var item in SplitItems(rest))
            {
                yield return item;
            }
        }
    }
}
