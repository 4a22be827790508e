using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>
/// Chooses the kind of widget that a prompt asks for. Phrases are scored; those in the head of the request ("a to-do list" in "a to-do list with a
/// countdown") count three times, and of two nouns in a row the last is the head ("a poll results chart").
/// </summary>
public static class KindChooser
{
    private const int HeadFactor = 3;
    private const int LeastHeadWeight = 2;
    private const int LeastPlainWeight = 3;

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<WidgetTemplate> Templates { get; } =
    [
        new CounterTemplate(), new TodoListTemplate(), new ContactFormTemplate(), new CountdownTemplate(), new CalculatorTemplate(), new PollTemplate(),
        new QuizTemplate(), new PriceTableTemplate(), new UnitConverterTemplate(), new BarChartTemplate(), new CardTemplate(),
    ];

    private static readonly PromptPattern SegmentEnd = new(@"\s(?:with|that|which|where|who|showing|including|containing|having|using|for|about|on|to (?:help|let|count|collect|show))\s|[:.,;!?](?:\s|$)|\n");
    private static readonly PromptPattern[] Plain = [.. Templates.SelectMany(template => template.Words).Where(word => word.Weight >= LeastPlainWeight).Select(word => word.Phrase)];
    private static readonly PromptPattern MakeIt = new(@"\b(?:make|turn) (?:it|this|that|them) (?:into )?an?\s");

    /// <summary>The template of a kind.</summary>
    public static WidgetTemplate TemplateOf(WidgetKind kind) => Templates.First(template => template.Kind == kind);

    /// <summary>The kind that a first prompt asks for; null when it fits none.</summary>
    public static WidgetKind? Choose(PromptReader prompt) =>
        UnmetWishes.IsForAnotherThing(prompt) ? null : Score(prompt) ?? (CardTemplate.IsContent(prompt) ? WidgetKind.Card : null);

    /// <summary>True when a piece of a prompt has a phrase that asks for a kind without much doubt.</summary>
    internal static bool NamesAKind(string text) => Plain.Any(phrase => phrase.IsMatch(text));

    /// <summary>The kind after a refinement: the same, unless the prompt clearly asks for another one ("turn it into a quiz", "a poll about lunch").</summary>
    public static WidgetKind Refine(PromptReader prompt, WidgetKind current) =>
        Refinement.AsksForAnother(prompt) && Score(prompt) is { } kind and not WidgetKind.Card ? kind : current;

    private static WidgetKind? Score(PromptReader prompt)
    {
        var hits = Templates
            .SelectMany(template => template.Words.SelectMany(word => word.Phrase.Matches(prompt.Unquoted)
                .Select(match => (template.Kind, word.Weight, Start: match.Index, End: match.Index + match.Length))))
            .OrderBy(hit => hit.Start).ThenByDescending(hit => hit.End).ToList();
        // "Poll results chart": what another kind's noun follows directly only describes it.
        hits = [.. hits.Where((hit, index) => !hits.Skip(index + 1).Take(8).Any(next =>
            next.Kind != hit.Kind && next.Weight >= hit.Weight && ((next.Start > hit.Start && next.Start <= hit.End + 1) || (next.Start == hit.Start && next.End >= hit.End && next.Weight > hit.Weight))))];
        if (hits.Count == 0)
        {
            return null;
        }

        var ends = SegmentEnd.Matches(prompt.Unquoted).Select(match => match.Index + match.Length).ToArray();
        int SegmentOf(int position) => Array.BinarySearch(ends, position) is var at && at >= 0 ? at + 1 : ~at;

        // "… - make it a poll" says it last, and plainly.
        var from = MakeIt.Match(prompt.Unquoted) is { Success: true } said && hits.Any(hit => hit.Start >= said.Index) ? said.Index : 0;
        var head = hits.Where(hit => hit.Weight >= LeastHeadWeight && hit.Start >= from).Select(hit => (int?)SegmentOf(hit.Start)).FirstOrDefault();
        // Each kind counts once per weight, so that a word repeated a thousand times proves no more than once.
        return hits
            .GroupBy(hit => hit.Kind)
            .Select(group => (group.Key, Points: group.Max(hit => hit.Weight * (SegmentOf(hit.Start) == head && hit.Start >= from ? HeadFactor : 1)), First: group.Min(hit => hit.Start)))
            .OrderByDescending(kind => kind.Points).ThenBy(kind => kind.First)
            .First().Key;
    }
}
