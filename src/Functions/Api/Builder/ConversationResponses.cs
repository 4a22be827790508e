using System.Globalization;
using System.Text.Json.Serialization;
using Jobs.Domain;
using Jobs.Domain.Conversations;
using Jobs.Functions.Resources;

namespace Jobs.Functions.Api.Builder;

/// <summary>One page of a conversation, oldest first. With <paramref name="Before"/> as the parameter <c>before</c> the page before it is read; null when this is the first.</summary>
public sealed record ConversationResponse(IReadOnlyList<MessageItem> Messages, string? Before);

/// <summary>One message.</summary>
/// <param name="MessageId">Its id.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Type"><c>prompt</c>, <c>question</c>, <c>answer</c>, <c>result</c> or <c>failure</c>.</param>
/// <param name="Content">The text.</param>
/// <param name="JobId">The job that it belongs to.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="Question">What a question offers; absent for other messages.</param>
public sealed record MessageItem(
    string MessageId,
    string Role,
    string Type,
    string Content,
    string JobId,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuestionItem? Question);

/// <summary>What a question offers.</summary>
/// <param name="Status"><c>open</c> while a message would answer it, <c>closed</c> otherwise.</param>
/// <param name="Choices">Suggested answers; any other is possible too.</param>
/// <param name="Default">The suggested one of them.</param>
/// <param name="ExpiresAt">Until when it can be answered.</param>
public sealed record QuestionItem(string Status, IReadOnlyList<string> Choices, string? Default, DateTimeOffset ExpiresAt);

/// <summary>202: what became of a message.</summary>
/// <param name="JobId">The job that goes on with the answer, or a new one.</param>
/// <param name="Status"><c>building</c> when it answered the open question, <c>pending</c> when it started a build.</param>
/// <param name="Message">The same in words.</param>
public sealed record MessageAcceptedResponse(string JobId, string Status, string Message);

/// <summary>Maps conversations to their shapes.</summary>
public static class ConversationResponses
{
    /// <summary>A page of a conversation.</summary>
    public static ConversationResponse ToResponse(Conversation conversation, int limit) => new(
        [.. conversation.Messages.Select(message => ToItem(message, conversation.OpenQuestion == (message.JobId, message.Number)))],
        conversation.Messages.Count == limit ? IdOf(conversation.Messages[0]) : null);

    /// <summary>The place that a message's id names; null for anything else.</summary>
    public static (string JobId, int Number)? ParseId(string id) =>
        id.Split('.') is [var jobId, { Length: 4 } number] && Ids.MillisecondsOf(jobId) is not null && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? (jobId, parsed)
            : null;

    private static MessageItem ToItem(ChatMessage message, bool isOpen)
    {
        var (role, type) = message.Kind switch
        {
            ChatMessageKind.Prompt => ("user", "prompt"),
            ChatMessageKind.Question => ("assistant", "question"),
            ChatMessageKind.Answer => ("user", "answer"),
            ChatMessageKind.Result => ("assistant", "result"),
            ChatMessageKind.Failure => ("assistant", "failure"),
        };
        return new MessageItem(
            IdOf(message),
            role,
            type,
            message.Content,
            message.JobId,
            message.CreatedAt,
            message.ExpiresAt is { } expiry ? new QuestionItem(isOpen ? "open" : "closed", message.Choices, message.Default, expiry) : null);
    }

    private static string IdOf(ChatMessage message) => string.Create(CultureInfo.InvariantCulture, $"{message.JobId}.{message.Number:D4}");
}
