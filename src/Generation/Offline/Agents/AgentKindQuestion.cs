using Jobs.Domain.Generation;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>What is asked when a prompt fits no kind, and what becomes of the answer.</summary>
internal static class AgentKindQuestion
{
    /// <summary>A question has ten choices at most; the other kinds are named in its text.</summary>
    private const int MostChoices = 10;

    private static readonly IReadOnlyList<string> Kinds = [.. AgentKindChooser.Templates.Select(template => WordsOf(template.Kind))];

    /// <summary>The question.</summary>
    public static string Text { get; } =
        $"No AI is connected, and the offline generator builds only agents of certain kinds. What should it do? Possible too: {string.Join(", ", Kinds.Skip(MostChoices))}.";

    /// <summary>The first of the kinds, as the question offers them.</summary>
    public static IReadOnlyList<string> Choices { get; } = [.. Kinds.Take(MostChoices)];

    /// <summary>The kind that an answer names; null when it names none.</summary>
    public static AgentKind? KindOf(string answer) => AgentKindChooser.Templates.FirstOrDefault(template => IsWordsOf(template.Kind, answer))?.Kind
        ?? AgentKindChooser.Choose(new PromptReader(answer));

    /// <summary>True when an answer says more than which kind it should be.</summary>
    public static bool IsMore(string answer) => !AgentKindChooser.Templates.Any(template => IsWordsOf(template.Kind, answer));

    /// <summary>The end of a build whose prompt and answer fit no kind. Another attempt would end in the same way.</summary>
    public static GenerationException Unanswerable() => new(
        $"The offline generator cannot build this. It can build agents that {string.Join("; ", Kinds)}. For anything else, an operator can register a generator with an AI in its place (docs/operations.md).",
        isTransient: false);

    /// <summary>What an agent of a kind does, after "agents that".</summary>
    private static string WordsOf(AgentKind kind) => kind switch
    {
        AgentKind.Text => "change or count text",
        AgentKind.Summary => "summarise a text",
        AgentKind.Score => "score a text by its words",
        AgentKind.Validation => "validate addresses, numbers and the like",
        AgentKind.Email => "write or send an e-mail",
        AgentKind.Csv => "convert between CSV and JSON",
        AgentKind.Date => "calculate with dates",
        AgentKind.Statistics => "measure a list of numbers",
        AgentKind.Message => "fill a template",
        AgentKind.Random => "draw at random",
        AgentKind.Units => "convert units",
        AgentKind.Http => "call an HTTP address",
        AgentKind.Translation => "translate a text",
    };

    private static bool IsWordsOf(AgentKind kind, string answer) => answer.Trim().TrimEnd('.', '!').Equals(WordsOf(kind), StringComparison.OrdinalIgnoreCase);
}
