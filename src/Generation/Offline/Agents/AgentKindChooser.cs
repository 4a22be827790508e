namespace Jobs.Generation.Offline.Agents;

/// <summary>Chooses the kind of agent that a prompt asks for: the one with the weightiest phrase, of several the one whose phrase stands first.</summary>
public static class AgentKindChooser
{
    /// <summary>The least weight of a phrase that can turn an agent into another kind.</summary>
    private const int SwitchWeight = 3;

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<AgentTemplate> Templates { get; } =
    [
        new TextTemplate(), new SummaryTemplate(), new ScoreTemplate(), new ValidationTemplate(), new EmailTemplate(), new CsvTemplate(), new DateTemplate(),
        new StatisticsTemplate(), new MessageTemplate(), new RandomTemplate(), new UnitsTemplate(), new HttpTemplate(), new TranslationTemplate(),
    ];

    /// <summary>The template of a kind.</summary>
    public static AgentTemplate TemplateOf(AgentKind kind) => Templates.First(template => template.Kind == kind);

    /// <summary>The kind that a first prompt asks for; null when it asks for none.</summary>
    public static AgentKind? Choose(PromptReader prompt) => Best(prompt, leastWeight: 1);

    /// <summary>The kind after a refinement: the same, unless the prompt clearly asks for another one ("turn it into a word counter").</summary>
    public static AgentKind Refine(PromptReader prompt, AgentKind current)
    {
        // "Make it uppercase instead" is a change of a text agent, whatever else its words could mean.
        var template = TemplateOf(current);
        var isOwn = Weight(template, prompt) >= SwitchWeight || template.OwnWords.Any(prompt.Mentions);
        return KindChooser.AsksForAnother(prompt) && !isOwn && Best(prompt, SwitchWeight) is { } kind ? kind : current;
    }

    private static AgentKind? Best(PromptReader prompt, int leastWeight)
    {
        AgentKind? best = null;
        var (bestWeight, bestStart) = (leastWeight - 1, int.MaxValue);
        foreach (var template in Templates)
        {
            foreach (var (phrase, weight) in template.Words)
            {
                if (weight >= bestWeight && phrase.Match(prompt.Unquoted) is { Success: true } match && (weight > bestWeight || (match.Index < bestStart && best is not null)))
                {
                    (best, bestWeight, bestStart) = (template.Kind, weight, match.Index);
                }
            }
        }

        return best;
    }

    private static int Weight(AgentTemplate template, PromptReader prompt) =>
        template.Words.Where(word => prompt.Mentions(word.Phrase)).Select(word => word.Weight).DefaultIfEmpty().Max();
}
