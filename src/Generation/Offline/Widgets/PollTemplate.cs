using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Settings of a poll.</summary>
/// <param name="Question">What is asked; may be empty when the title asks it.</param>
/// <param name="Options">At least two.</param>
public sealed record PollSettings(string Question, IReadOnlyList<string> Options) : WidgetSettings(WidgetKind.Poll)
{
    /// <inheritdoc/>
    public override bool IsValid() => Options.Count >= 2 && Fit(Options) && Fit([Question]);
}

/// <summary>A question to vote on. Votes are kept for the visit, and the widget says so.</summary>
public sealed class PollTemplate : WidgetTemplate<PollSettings>
{
    private static readonly PromptPattern Lead = new(
        @"\b(?:with|between|among|options?|choices?|answers?|candidates?)\s+(?:the |these |following |my )*(?:options?|choices?|answers?|candidates?)\b(?: are| being)?\s*:?|\b(?:options?|choices?|answers?|candidates?)(?: are| should be)?\s*:|\b(?:between|among|choose from|vote (?:for|on):?)\s");

    private static readonly PromptPattern ReplaceLead = new(@"\b(?:options?|choices?|answers?)(?: are| should be| to)?\s*:\s*");
    private static readonly PromptPattern Asked = new(@"([^?:.!\n]*)\?");
    private static readonly PromptPattern Instruction = new(
        @"^.*\b(?:poll|survey|vote|ballot|voting)\b(?: widget)?(?: (?:asking|that asks|which asks|to ask|about|on|for|of|where|with the question))*(?: (?:people|users|visitors|everyone|my team|us))?\s*[,:–-]?\s*");

    private static readonly PromptPattern About = new(@"\b(?:poll|survey|vote|ballot|voting)\b(?: widget)? (?:about|on|for|of) (?:the |my |our )?([^,:;.?\n]+)");
    private static readonly PromptPattern AboutEnd = new(@"\s(?:with|between|among|options|using|in|and)\s");

    private static readonly IReadOnlyList<string> DefaultOptions = ["Yes", "No", "Not sure"];

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Poll;

    /// <inheritdoc/>
    public override string Noun => "a poll";

    /// <inheritdoc/>
    public override string Folder => "poll";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:straw )?polls?|survey|ballot", 4),
        ("vot(?:e|es|ing)", 3));

    /// <inheritdoc/>
    protected override PollSettings Read(PromptReader prompt, PollSettings? current, DateTimeOffset now)
    {
        if (current is not null)
        {
            var edited = prompt.Edit(current.Options, ReplaceLead, PromptReader.Capitalise, option => option);
            return new(QuestionIn(prompt) is { Length: > 0 } asked ? asked : current.Question, edited.Count >= 2 ? edited : current.Options);
        }

        var options = prompt.List(Lead) is { Count: >= 2 } listed ? listed : InQuestion(prompt);
        return new(QuestionIn(prompt), options.Count >= 2 ? [.. options.Select(PromptReader.Capitalise)] : DefaultOptions);
    }

    /// <inheritdoc/>
    protected override string? TitleOf(PollSettings settings) => settings.Question is { Length: > 0 and <= PromptReader.MaxTitleLength } ? settings.Question : null;

    /// <inheritdoc/>
    protected override string Describe(PollSettings settings) => $"a poll with {Count(settings.Options.Count, "option")}";

    private static string QuestionIn(PromptReader prompt)
    {
        if (Asked.Match(prompt.Text) is { Success: true } asked)
        {
            var question = Instruction.Replace(asked.Groups[1].Value.Trim(), "").Trim(' ', '"', '“', '\'', '‘', ',');
            return question.Length > 0 ? PromptReader.Clean(PromptReader.Capitalise(question) + "?", PromptReader.MaxItemLength) : "";
        }

        if (About.Match(prompt.Body) is not { Success: true } about)
        {
            return "";
        }

        var subject = about.Groups[1].Value + " ";
        subject = (AboutEnd.Match(subject) is { Success: true } end ? subject[..end.Index] : subject).Trim();
        return PromptReader.Clean(PromptReader.Capitalise(subject), PromptReader.MaxItemLength);
    }

    /// <summary>"Tea or coffee?" names its options itself.</summary>
    private static IReadOnlyList<string> InQuestion(PromptReader prompt)
    {
        var question = QuestionIn(prompt).TrimEnd('?');
        return question.Contains(" or ", StringComparison.OrdinalIgnoreCase) && question.Length <= 60 ? PromptReader.SplitItems(question) : [];
    }
}
