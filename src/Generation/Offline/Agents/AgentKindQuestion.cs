using Jobs.Domain.Conversations;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>What is asked about a prompt that fits no kind: nothing is built that does not do what was asked for.</summary>
internal static class AgentKindQuestion
{
    /// <summary>The kinds that stand in the question itself, because there are more kinds than a question may have choices.</summary>
    private static readonly AgentKind[] InText = [AgentKind.Statistics, AgentKind.Message, AgentKind.Units];

    private static readonly IReadOnlyList<AgentTemplate> Offered = [.. AgentKindChooser.Templates.Where(template => !InText.Contains(template.Kind)).Take(ChatMessage.MaxChoices)];

    /// <summary>The question.</summary>
    public static string Text { get; } = "No AI is connected, and the offline generator builds only agents of certain kinds. What should it do? It can also "
        + AgentTemplate.Enumerate([.. AgentKindChooser.Templates.Except(Offered).Select(InSentence)], "or") + ".";

    /// <summary>Its choices.</summary>
    public static IReadOnlyList<string> Choices { get; } = [.. Offered.Select(template => template.Does)];

    /// <summary>Why a job fails whose prompt and answer both fit no kind.</summary>
    public static string Failure { get; } = "The offline generator cannot build this. It can build agents that "
        + AgentTemplate.Enumerate([.. AgentKindChooser.Templates.Select(InSentence)], "or")
        + "; for anything else, an operator can register a generator with an AI in its place (docs/operations.md).";

    /// <summary>
    /// The kind that the answer names, and the prompt to read its settings from; no kind when the answer names none, or when there is none yet: then the question
    /// is the prompt's open one.
    /// </summary>
    public static (AgentKind? Kind, AgentPrompt Prompt) Ask(AgentPrompt prompt)
    {
        if (prompt.Ask(Text, Choices, suggestion: null) is not { } answer)
        {
            return (null, prompt);
        }

        // A choice says no more than the kind.
        return AgentKindChooser.Templates.FirstOrDefault(template => template.Does.Equals(answer.Trim().TrimEnd('.', '!'), StringComparison.OrdinalIgnoreCase)) is { } chosen ? (chosen.Kind, prompt)
            : AgentKindChooser.Choose(new PromptReader(answer)) is { } kind ? (kind, prompt.With(answer))
            : (null, prompt);
    }

    private static string InSentence(AgentTemplate template) => char.ToLowerInvariant(template.Does[0]) + template.Does[1..];
}
