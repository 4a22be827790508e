using Jobs.Domain.Generation;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>A prompt with the answers to what was asked about it, and the question that is still open.</summary>
public sealed class AgentPrompt(string text, IReadOnlyList<AnsweredQuestion> answers, DateTimeOffset now)
{
    /// <summary>The most questions about one prompt.</summary>
    public const int MaxQuestions = 3;

    private const int MaxAnswerLength = 1_000;

    private static readonly PromptPattern NameLead = new(
        @"(?:\b(?:agent|bot|function|one|it)(?: that is)?,? (?:called|named)|\bcall it|\bname it|\brename (?:it|this|the agent)(?: to| as)?)\s+"
        + @"(?:""([^""\n]+)""|“([^”\n]+)”|([\p{L}\p{N}][\p{L}\p{N} _'-]*))");

    private static readonly PromptPattern NameEnd = new(@"\s(?:that|which|who|and|with|to|for|please|so)\s|\s(?:and|please)$");

    /// <summary>What the prompt says.</summary>
    public PromptReader Reader { get; } = new(text);

    /// <summary>The time of the request.</summary>
    public DateTimeOffset Now => now;

    /// <summary>The first question that was asked and has no answer; null when there is none, or when enough was asked.</summary>
    public GenerationResult.Question? Open { get; private set; }

    /// <summary>
    /// The answer to a question, clean; null when it was not asked yet: then it becomes <see cref="Open"/>, and whoever asks goes on as if the answer had been
    /// the default.
    /// </summary>
    public string? Ask(string question, IReadOnlyList<string> choices, string? suggestion)
    {
        if (answers.FirstOrDefault(answer => answer.Question == question) is { } answered)
        {
            return PromptReader.Clean(answered.Answer, MaxAnswerLength);
        }

        if (answers.Count < MaxQuestions)
        {
            Open ??= new(question, choices, suggestion);
        }

        return null;
    }

    /// <summary>The same prompt and answers, with more said.</summary>
    public AgentPrompt With(string more) => new($"{text}\n{more}", answers, now);

    /// <summary>The name that the prompt gives the agent, or null.</summary>
    public string? Name
    {
        get
        {
            if (NameLead.Match(Reader.Text) is not { Success: true } match)
            {
                return null;
            }

            var plain = match.Groups[3].Value;
            var name = plain.Length == 0 ? match.Groups[1].Value + match.Groups[2].Value : NameEnd.Match(plain) is { Success: true } end ? plain[..end.Index] : plain;
            return PromptReader.Clean(name, PromptReader.MaxTitleLength) is { Length: > 0 } clean ? clean : null;
        }
    }

    /// <summary>True when the prompt, quotes aside, matches.</summary>
    public bool Mentions(PromptPattern pattern) => Reader.Mentions(pattern);
}
