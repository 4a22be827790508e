using System.Globalization;
using Azure.Data.Tables;
using Jobs.Domain;
using Jobs.Domain.Conversations;

namespace Jobs.Storage;

/// <summary>
/// A message as a row beside its resource. Its key is its place, inverted, so that the newest come first: a job's id begins with its time, and one job of a resource ends
/// before the next begins.
/// </summary>
internal static class ChatRow
{
    /// <summary>A property holds at most 64 KiB, which is 32,768 characters: a longer text goes on in the next.</summary>
    private const int MaxPropertyLength = 32_000;

    private const string ContentColumn = "Content";

    /// <summary>A property for each choice: those of one question, as JSON, can be longer than one property holds.</summary>
    private const string ChoiceColumn = "Choice";

    public static string Prefix(string resourceId) => $"chat|{resourceId}|";

    /// <summary>'}' is the character after '|'.</summary>
    public static string End(string resourceId) => $"chat|{resourceId}}}";

    public static string RowKey(string resourceId, string jobId, int number)
    {
        var created = Ids.MillisecondsOf(jobId) ?? throw new ArgumentException($"{jobId} is no job's id.", nameof(jobId));
        var inverted = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() - created;
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix(resourceId)}{inverted:D15}|{jobId}|{ChatMessage.EndNumber - number:D4}");
    }

    public static TableEntity ToEntity(string tenant, string resourceId, ChatMessage message)
    {
        var row = new TableEntity(tenant, RowKey(resourceId, message.JobId, message.Number))
        {
            [nameof(ChatMessage.JobId)] = message.JobId,
            [nameof(ChatMessage.Number)] = message.Number,
            [nameof(ChatMessage.Kind)] = message.Kind.ToString(),
            [nameof(ChatMessage.CreatedAt)] = message.CreatedAt,
            [nameof(ChatMessage.Default)] = message.Default,
            [nameof(ChatMessage.ExpiresAt)] = message.ExpiresAt,
        };
        foreach (var (i, choice) in message.Choices.Index())
        {
            row[Column(ChoiceColumn, i)] = choice;
        }

        var rest = message.Content.AsSpan();
        for (var i = 0; !rest.IsEmpty; i++)
        {
            var length = Math.Min(rest.Length, MaxPropertyLength);
            // Half of a surrogate pair is not text.
            length -= length < rest.Length && char.IsHighSurrogate(rest[length - 1]) ? 1 : 0;
            row[Column(ContentColumn, i)] = rest[..length].ToString();
            rest = rest[length..];
        }

        return row;
    }

    public static ChatMessage FromEntity(TableEntity row) => new()
    {
        JobId = row.GetString(nameof(ChatMessage.JobId)),
        Number = row.GetInt32(nameof(ChatMessage.Number))!.Value,
        Kind = Enum.Parse<ChatMessageKind>(row.GetString(nameof(ChatMessage.Kind))),
        Content = string.Concat(TextsOf(row, ContentColumn)),
        CreatedAt = row.GetDateTimeOffset(nameof(ChatMessage.CreatedAt))!.Value,
        Choices = [.. TextsOf(row, ChoiceColumn)],
        Default = row.GetString(nameof(ChatMessage.Default)),
        ExpiresAt = row.GetDateTimeOffset(nameof(ChatMessage.ExpiresAt)),
    };

    private static string Column(string name, int index) => name + index.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> TextsOf(TableEntity row, string name) =>
        Enumerable.Range(0, row.Count).Select(i => row.GetString(Column(name, i))).TakeWhile(text => text is not null);
}
