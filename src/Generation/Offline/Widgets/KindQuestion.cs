using Jobs.Domain.Generation;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>What is asked when a prompt fits no kind, and what becomes of the answer.</summary>
internal static class KindQuestion
{
    /// <summary>The question. A question has ten choices at most, so that the card is named here.</summary>
    public const string Text = "No AI is connected, and the offline generator builds only widgets of certain kinds. Which of these should it be? A card with a text or a list is possible too.";

    /// <summary>All kinds but the card, as messages call them.</summary>
    public static IReadOnlyList<string> Choices { get; } = [.. KindChooser.Templates.Where(template => template.Kind != WidgetKind.Card).Select(template => template.Noun)];

    /// <summary>The kind that an answer names; null when it names none.</summary>
    public static WidgetKind? KindOf(string answer) =>
        KindChooser.Templates.FirstOrDefault(template => IsNoun(template, answer))?.Kind ?? KindChooser.Choose(new PromptReader(answer));

    /// <summary>True when an answer says more than what a kind is called.</summary>
    public static bool IsMore(string answer) => !KindChooser.Templates.Any(template => IsNoun(template, answer));

    /// <summary>The end of a build whose prompt and answer fit no kind. Another attempt would end in the same way.</summary>
    public static GenerationException Unanswerable() => new(
        $"The offline generator cannot build this. It can build {string.Join(", ", Choices)} and a card with a text or a list; for anything else, an operator can register a generator with an AI in its place (docs/operations.md).",
        isTransient: false);

    private static bool IsNoun(WidgetTemplate template, string answer)
    {
        var said = answer.Trim().TrimEnd('.', '!');
        return said.Equals(template.Noun, StringComparison.OrdinalIgnoreCase) || said.Equals(template.Noun["a ".Length..], StringComparison.OrdinalIgnoreCase);
    }
}
