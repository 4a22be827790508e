using System.Text;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>
/// What people ask of a widget of a kind and no file of that kind does. Such a wish is named in the answer rather than passed over. What a kind learns
/// to do leaves this table.
/// </summary>
internal static class UnmetWishes
{
    private const string Keep = @"(?:sav|stor|persist|remember|sync|synchroni[sz])(?:e|es|ed|ing|s)?";
    private const string Closed = "keeping anything after the page is closed";
    private const string Joint = "with|add|adds|adding|includes?|including|plus|ha(?:ve|s|ving)|needs?|shows?|showing|plays?|and (?:an?|the|some)";

    /// <summary>No kind does these.</summary>
    private static readonly Wish[] OfAll =
    [
        Part("animations?|animated [a-z]+|confetti|fireworks|particles", "animations"),
        Part("log-?ins?(?: page| form| button)?|sign-?ins?|user accounts?|authentication|passwords?", "a login"),
        Part("databases?|server|back-?end", "a database or a server"),
        Part("maps?", "a map"),
        Part("videos?|audio|music", "video or audio"),
        Part("images?|photos?|pictures?|logos?|avatars?", "pictures"),
        Part("live data|live updates|real-?time (?:data|updates)|api|web ?hooks?", "live data"),
        Part("(?:export|download)(?: button)?|pdf|csv", "an export"),
        Part("chat(?:bot|room)?s?", "a chat"),
        Said(@"(?:dark|light)(?:(?: and | or |/|-| to )(?:dark|light))?(?: mode| theme)? (?:toggle|switch(?:er)?)|(?:toggle|switch(?:er)?|switching) (?:for|between|to) (?:the )?(?:dark|light)", "a switch between light and dark"),
        Said(@"(?:several|multiple|two|three|many|other) languages|multi-?lingual|language (?:switch(?:er)?|selector|toggle)", "more than one language"),
        Said(@"local ?storage|" + Keep + @" (?:it|the (?:state|data|values?|scores?|progress|counts?|list|tasks|items)|my (?:list|tasks|data|progress|score)|them|between visits|across (?:visits|devices))|after (?:a |the )?(?:reload|refresh)", Closed),
    ];

    private static readonly Dictionary<WidgetKind, Wish[]> OfKind = new()
    {
        [WidgetKind.Card] = [],
        [WidgetKind.Counter] =
        [
            Said("(?:several|multiple|two|three|many) counters", "more than one counter"),
            Own("history|log of [a-z]+", "a history"),
            Own("(?:click )?sounds?|beeps?", "sounds"),
            Said("stop-?watch(?:es)?|lap times?", "a stopwatch"),
        ],
        [WidgetKind.TodoList] =
        [
            Own("due dates?|deadlines|reminders", "due dates and reminders"),
            Said("drag(?:ging)?(?:[ -](?:and|&|n)[ -]drop)?|re-?order(?:ing)?|sortable", "drag and drop"),
            Own("priorit(?:y|ies)|categor(?:y|ies)|tags?|labels|sub-?tasks", "priorities, categories and subtasks"),
            Said(@"shar(?:e|ed|ing) (?:it|the list|lists?|with|between)|collaborat(?:e|ive|ion)", "sharing the list"),
        ],
        [WidgetKind.ContactForm] =
        [
            Said(@"(?:send|mail|e-?mail|forward|post|submit)(?:s|ed|ing)? (?:it|them|the (?:form|data|entries|message|answers?|result)|messages?|everything|an? e-?mail|entries)?\s*(?:by e-?mail )?to (?:me|us|my|our|a server|slack|an? |the )|(?:send|sends|sending) (?:an? |me |us |out ){0,2}e-?mails?|"
                + Keep + " (?:it|them|the (?:form|data|entries|messages?|answers?)|entries|messages|submissions)", "sending or storing what is entered"),
            Own("(?:file|image|photo|picture|document|cv|resume)s?[ -]?uploads?|uploads?|attachments?|file attachments?", "a file upload"),
            Said("(?:log|sign)[ -]?in (?:form|page)s?|passwords?", "a login"),
            Own("captcha|recaptcha|spam (?:protection|filter)", "spam protection"),
            Own("payments?|check-?out|stripe|paypal", "taking payments"),
        ],
        [WidgetKind.Countdown] =
        [
            Own("sounds?|alarms?|beeps?|bells?|ring(?:tone|s|ing)?", "a sound at the end"),
            Own("notifications?|push notifications?|reminders?", "notifications"),
            Said("(?:several|multiple|two|three|many) (?:countdowns|timers)", "more than one countdown"),
            Said("stop-?watch(?:es)?|lap times?|counts? up", "a stopwatch"),
            Said(@"(?:\d+|five|ten|short|long)[ -]?(?:minutes?|mins?|min)? breaks?|(?:how many|number of|count(?:s|ing)?|track(?:s|ing)?)[^.\n]{0,20} (?:sessions|rounds|pomodoros)", "breaks and sessions"),
        ],
        [WidgetKind.Calculator] =
        [
            Said("(scientific|graphing|mortgage|loan|tip|bmi|tax|vat|price|age|date|interest|savings|roi|grade|calorie|fuel|discount|currency) calculators?", "the formulas of a {0} calculator"),
            Said("trigonometr(?:y|ic)|sines?|cosines?|tangents?|square roots?|exponents?|logarithms?|scientific (?:functions?|mode)", "scientific functions"),
            Own("history|tape|memory(?: keys?| functions?| buttons?)?", "a history or a memory"),
        ],
        [WidgetKind.Poll] =
        [
            Said(@"(?:" + Keep + @"|keep|keeps|share|shares|collect|collects) (?:all )?(?:the |all )?(?:votes?|results?|answers?)|(?:votes?|results?|answers?) (?:are |is |to be |should be |must be |that are |which are )?(?:stored|saved|shared|kept|collected)|(?:shared|stored|live|real-?time|global) (?:votes?|results?)|across (?:visitors|devices|users|people)", "votes that are stored or shared between visitors"),
            Said(@"one vote per|only vote once|vote only once|prevent(?:s|ing)? (?:double|multiple|repeated) (?:votes?|voting)", "one vote per person"),
            Said(@"(?:several|multiple|more than one) (?:choices|answers|options|selections) (?:at once|allowed|each|per)|(?:choose|select|pick|vote for) (?:several|multiple|more than one)|multi-?select", "more than one choice at a time"),
        ],
        [WidgetKind.Quiz] =
        [
            Own("timers?|time limits?|countdowns?|clock", "a time limit"),
            Own("leader-?boards?|high-?scores?|rankings?|multiplayer", "a leaderboard"),
        ],
        [WidgetKind.PriceTable] =
        [
            Said(@"(?:month(?:ly)?|year(?:ly)?|annual(?:ly)?|billing)[ /&-]*(?:(?:and|or|to|vs\.?|versus)? ?(?:month(?:ly)?|year(?:ly)?|annual(?:ly)?))?(?: (?:billing|price|pricing|payment))? (?:toggle|switch(?:er)?|slider)|(?:toggle|switch(?:er)?|slider|switch(?:es|ing)?|toggl(?:es|ing))[^.\n]{0,30} (?:month|year|annual)(?:ly|s)?", "a monthly/yearly toggle"),
            Own("(?:check-?out|payments?|stripe|paypal|buy(?: now)? buttons?|(?:shopping )?cart|basket|credit cards?)(?: button| integration| form)?", "a checkout or payments"),
            Own("coupons?|discount codes?|promo codes?", "discount codes"),
            Own("comparison (?:rows?|matrix|table)|tool-?tips?", "a comparison of features row by row"),
        ],
        [WidgetKind.UnitConverter] =
        [
            Said(@"currenc(?:y|ies)|exchange rates?|(?:usd|eur|gbp|chf|jpy)|(?:euros?|dollars?) (?:in)?to (?:yen|euros?|dollars?)", "currencies, whose rates change"),
            Said("time ?zones?", "time zones"),
        ],
        [WidgetKind.BarChart] =
        [
            Said("(pie|line|doughnut|donut|area|scatter|radar|bubble|stacked|grouped)[ -](?:bar[ -])?(?:charts?|graphs?|diagrams?|plots?)", "a {0} chart"),
            Said("(?:live|real-?time) (?:data|values|updates|chart|graph|bar)|from (?:an? |the |our |my )?(?:api|csv|url|google sheets?|spreadsheet|excel|database|file)", "live data"),
        ],
    };

    private const string OtherThing =
        @"(?:games?|chats?|chat ?bots?|chat ?rooms?|(?:text |photo |image |code )editors?|(?:music |video |audio |media )players?|maps?|calendars?|dashboards?|galler(?:y|ies)|slide ?shows?|carousels?|spreadsheets?|blogs?|forums?|log-?in (?:form|page)s?)"
        + @"(?:\s+(?:with|that|which|where|in|and|for|about|using|to)\s|\s*[.,:;!?\n]|\s*$)";

    /// <summary>
    /// What a request begins with when it is for something that no kind is, whatever it is to contain: "a snake game with a countdown" is no countdown.
    /// </summary>
    private static readonly PromptPattern Beginning = new(
        @"^(?:(?:please|hi|hello),? )*(?:can you |could you |i (?:want|need|would like|'d like) |we (?:want|need) )?(?:to )?(?:build|create|make|give|generate|write|design|show|have)?(?: me| us)?\s*(?:an? |the |some |my |our )"
        + @"(?:[\p{L}-]{1,30} ){0,4}?" + OtherThing);

    private static readonly PromptPattern Wished = new(
        @"(?:^|\b(?:into|make it|build|create|want|need|make|design|write)(?: me| us)? )(an? (?:[\p{L}-]{1,30} ){0,3}?)(" + OtherThing + ")");

    private static readonly PromptPattern NextWord = new(@"(?:\s+(?:with|that|which|where|in|and|for|about|using|to)|\s*[.,:;!?])$");

    /// <summary>True when the prompt asks first of all for what none of the kinds is.</summary>
    public static bool IsForAnotherThing(PromptReader prompt) => Beginning.Match(prompt.Unquoted) is { Success: true } match && !KindChooser.NamesAKind(match.Value);

    /// <summary>The wishes of a prompt that a kind cannot meet, in words; usually none.</summary>
    public static IReadOnlyList<string> Of(PromptReader prompt, WidgetKind kind)
    {
        // What these kinds hold are sentences, in which any thing may occur.
        var request = kind is WidgetKind.Card or WidgetKind.TodoList or WidgetKind.Poll or WidgetKind.Quiz ? Request(prompt.Unquoted) : prompt.Unquoted;
        var wishes = OfKind[kind].Select(wish => wish.In(prompt.Unquoted)).Concat(OfAll.Select(wish => wish.In(request))).OfType<string>();
        return Wished.Match(request) is { Success: true } thing && !KindChooser.NamesAKind(thing.Value)
            ? [thing.Groups[1].Value + WordsOf(thing.Groups[2].Value), .. wishes.Distinct()]
            : [.. wishes.Distinct()];
    }

    /// <summary>A prompt's text without a kind's own unmet wishes, so that none of them is read as an item of a list.</summary>
    public static string Without(PromptReader prompt, WidgetKind kind)
    {
        var text = new StringBuilder(prompt.Text);
        // Where quotes are blanked, positions are those of the text.
        foreach (var match in OfKind[kind].Select(wish => wish.Pattern.Match(prompt.Unquoted)).Where(match => match.Success))
        {
            text.Remove(match.Index, match.Length).Insert(match.Index, new string(' ', match.Length));
        }

        return text.ToString();
    }

    /// <summary>What stands before the content.</summary>
    private static string Request(string text) => text.IndexOfAny([':', '?', '\n']) is var end and >= 0 ? text[..end] : text;

    /// <summary>The noun without the word or the mark after it.</summary>
    private static string WordsOf(string thing) => thing.Trim() is var text && NextWord.Match(text) is { Success: true } next ? text[..next.Index] : text;

    /// <summary>A thing that is asked for as a part, with a word that says so. The same word in a list of items is no wish.</summary>
    private static Wish Part(string nouns, string words) => Joined($@"\b(?:{Joint})", nouns, words);

    /// <summary>A part that means little else beside this kind, so that it may also stand in the middle of a list.</summary>
    private static Wish Own(string nouns, string words) => Joined($@"\b(?:{Joint}|and)|,", nouns, words);

    private static Wish Joined(string joint, string nouns, string words) =>
        new(new PromptPattern($@"(?:{joint})\s+(?:(?:an?|the|some|my|our|its|optional|nice|small|simple|built-in|loud) ){{0,2}}(?:{nouns})\b"), words);

    private static Wish Said(string pattern, string words) => new(new PromptPattern($@"\b(?:{pattern})\b"), words);

    /// <param name="Pattern">How it is said.</param>
    /// <param name="Words">What it is called; {0} stands for the pattern's first group.</param>
    private sealed record Wish(PromptPattern Pattern, string Words)
    {
        public string? In(string text) =>
            Pattern.Match(text) is { Success: true } match ? Words.Replace("{0}", match.Groups[1].Value.ToLowerInvariant(), StringComparison.Ordinal) : null;
    }
}
