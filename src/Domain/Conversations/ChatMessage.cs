namespace Jobs.Domain.Conversations;

/// <summary>
/// One message of the conversation about a widget or an agent. Its place is its job and its number within it, so that writing it again writes the same one.
/// </summary>
public sealed record ChatMessage
{
    /// <summary>The number of a job's prompt. Its first question is 1, the answer to it 2, the second question 3, and so on.</summary>
    public const int PromptNumber = 0;

    /// <summary>The number of a job's last message, which says how it ended.</summary>
    public const int EndNumber = 9_999;

    /// <summary>The most choices of a question.</summary>
    public const int MaxChoices = 10;

    /// <summary>The most characters of a question, and of one of its choices.</summary>
    public const int MaxQuestionLength = 1_000;

    /// <summary>The most characters that are kept of what a generator says of its files.</summary>
    public const int MaxResultLength = 4_000;

    /// <summary>The job that it belongs to.</summary>
    public required string JobId { get; init; }

    /// <summary>Its place within the job.</summary>
    public required int Number { get; init; }

    /// <summary>What it is.</summary>
    public required ChatMessageKind Kind { get; init; }

    /// <summary>The text.</summary>
    public required string Content { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A question's suggested answers.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The answer that a question suggests, if it suggests one.</summary>
    public string? Default { get; init; }

    /// <summary>Until when a question can be answered.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The number of question <paramref name="question"/>, which counts from 1.</summary>
    public static int NumberOfQuestion(int question) => (2 * question) - 1;

    /// <summary>The number of the answer to question <paramref name="question"/>, which counts from 1.</summary>
    public static int NumberOfAnswer(int question) => 2 * question;
}

/// <summary>What a message is.</summary>
public enum ChatMessageKind
{
    /// <summary>The user asks for a build.</summary>
    Prompt,

    /// <summary>The generator asks the user.</summary>
    Question,

    /// <summary>The user answers.</summary>
    Answer,

    /// <summary>The generator says what it built.</summary>
    Result,

    /// <summary>Why the build failed.</summary>
    Failure,
}
