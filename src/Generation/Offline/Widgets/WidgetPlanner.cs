using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Turns prompts into a plan: a first prompt into a new one, each later prompt into a changed one.</summary>
public sealed class WidgetPlanner(TimeProvider time)
{
    private static readonly PromptPattern Request = new(
        @"^(?:please |hi,? |hello,? )*(?:can you |could you |i (?:want|need|would like|'d like) |we (?:want|need) )?(?:to )?(?:build|create|make|give|generate|write|design|show|have)?(?: me| us)?\s*(?:an?|the|some)?\s*(?:[a-z-]+ ){0,2}(?:card|widget|page|banner|note|notice|section|box|component|list)\s*(?:(?:about|for|of|on|that says|saying|which says|with|showing|announcing|to show)\s+)?(?:the following |the text )?[:,]?\s*");

    private static readonly PromptPattern TextChange = new(@"\b(?:text|description|subtitle|paragraph)(?: (?:to|is|saying|should be|reading))?\s*:?\s*(?:""([^""\n]+)""|“([^”\n]+)”)");
    private static readonly PromptPattern FirstPart = new(@"[:.!\n]\s|[:.!\n]$|,\s");

    /// <summary>
    /// The plan for a request: the current files' plan with the prompt's changes, or all prompts replayed when the files hold no plan. No plan when the
    /// prompt fits no kind and nobody was asked yet.
    /// </summary>
    /// <exception cref="GenerationException">What was answered fits no kind either.</exception>
    public (WidgetPlan? Plan, WidgetPlan? Before) Plan(GenerationRequest request)
    {
        var before = request.Current.Files.TryGetValue(WidgetPlan.FileName, out var json) ? WidgetPlan.FromJson(json) : null;
        if (before is null && request.Current.Files.Count > 0)
        {
            before = Conversation(request.Earlier).Aggregate((WidgetPlan?)null, (earlier, said) => Apply(request, earlier, said.Prompt, said.Answer) ?? earlier);
        }

        var answer = request.Answers.FirstOrDefault(answered => answered.Question == KindQuestion.Text)?.Answer;
        var plan = Apply(request, before, request.Prompt, answer);
        return plan is null && answer is not null ? throw KindQuestion.Unanswerable() : (plan, before);
    }

    /// <summary>The prompts of earlier builds, each with the kind that was named when it was asked for.</summary>
    private static IEnumerable<(string Prompt, string? Answer)> Conversation(IReadOnlyList<ChatMessage> messages) =>
        from prompt in messages
        where prompt.Kind is ChatMessageKind.Prompt
        let question = messages.FirstOrDefault(message => message.JobId == prompt.JobId && message.Kind is ChatMessageKind.Question && message.Content == KindQuestion.Text)
        let answer = question is null ? null : messages.FirstOrDefault(message => message.JobId == prompt.JobId && message.Kind is ChatMessageKind.Answer && message.Number == question.Number + 1)
        select (prompt.Content, answer?.Content);

    private WidgetPlan? Apply(GenerationRequest request, WidgetPlan? current, string text, string? answer)
    {
        var prompt = new PromptReader(text);
        var kind = current is null ? KindChooser.Choose(prompt) : KindChooser.Refine(prompt, current.Settings.Kind);
        if (kind is null && answer is not null)
        {
            // The answer may say more than the kind: "a to-do list: milk, bread".
            kind = KindQuestion.KindOf(answer);
            prompt = KindQuestion.IsMore(answer) ? new PromptReader($"{answer}.\n{text}") : prompt;
        }

        return kind is { } chosen ? Apply(request, current, prompt, chosen) : null;
    }

    private WidgetPlan Apply(GenerationRequest request, WidgetPlan? current, PromptReader prompt, WidgetKind kind)
    {
        var template = KindChooser.TemplateOf(kind);
        var before = current?.Settings.Kind == kind ? current.Settings : null;
        // Their lists take any words, an unmet wish too.
        var listed = kind is WidgetKind.TodoList or WidgetKind.ContactForm or WidgetKind.Poll ? new PromptReader(UnmetWishes.Without(prompt, kind)) : prompt;
        var settings = template.Read(listed, before, time.GetUtcNow());
        var (title, isGiven) = TitleFor(request, prompt, template, settings, current, isNewKind: before is null);
        return new(
            title,
            isGiven,
            TextFor(request, prompt, kind, settings, current, title),
            prompt.ButtonLabel ?? current?.ButtonLabel ?? "",
            prompt.Accent ?? current?.Accent,
            prompt.Surface ?? (prompt.Theme is null ? current?.Surface : null),
            prompt.Theme ?? current?.Theme ?? WidgetTheme.Auto,
            settings);
    }

    private static (string Title, bool IsGiven) TitleFor(
        GenerationRequest request, PromptReader prompt, WidgetTemplate template, WidgetSettings settings, WidgetPlan? current, bool isNewKind)
    {
        if (prompt.Title is { } given)
        {
            return (given, true);
        }

        if (current is { TitleIsGiven: true })
        {
            return (current.Title, true);
        }

        var derived = template.TitleOf(settings)
            ?? (isNewKind && settings is BarChartSettings ? BarChartTemplate.SubjectOf(prompt) : null)
            ?? (isNewKind && settings is CardSettings ? CardTitle(prompt) : null)
            ?? (isNewKind ? null : current?.Title);
        var name = PromptReader.CleanTitle(request.Name);
        var title = derived ?? (name.Length > 0 ? name : PromptReader.Capitalise(template.Noun[2..]));
        return (PromptReader.CleanTitle(title), false);
    }

    private static string TextFor(GenerationRequest request, PromptReader prompt, WidgetKind kind, WidgetSettings settings, WidgetPlan? current, string title)
    {
        if (TextChange.Match(prompt.Text) is { Success: true } change)
        {
            return PromptReader.Clean(change.Groups[1].Value + change.Groups[2].Value, PromptReader.MaxTextLength);
        }

        if (current is not null)
        {
            return current.Text;
        }

        if (!string.IsNullOrWhiteSpace(request.Description))
        {
            return PromptReader.Clean(request.Description, PromptReader.MaxTextLength);
        }

        // A card is made of the prompt's own words; a list that it became is not said twice.
        var text = kind == WidgetKind.Card && settings is CardSettings { Items.Count: 0 } ? CardText(prompt) : "";
        return text.Equals(title, StringComparison.OrdinalIgnoreCase) ? "" : text;
    }

    private static string CardText(PromptReader prompt) => PromptReader.Clean(PromptReader.Capitalise(Request.Replace(prompt.Body, "", 1)), PromptReader.MaxTextLength);

    /// <summary>What the card is about: the beginning of the text, when it is short enough for a heading.</summary>
    private static string? CardTitle(PromptReader prompt)
    {
        var text = CardText(prompt);
        var first = FirstPart.Match(text) is { Success: true } end ? text[..end.Index].Trim() : text;
        return first.Length is > 0 and <= 60 && first.Length < text.Length ? first : null;
    }
}
