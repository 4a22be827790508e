using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Ai.ToolUse;

/// <summary>Keeps what is said to a model within what it can read: the contents of files go first, the oldest before the others, since they can be read again.</summary>
internal static partial class Memory
{
    /// <summary>Where the request stands among the messages; the instructions are before it.</summary>
    public const int RequestIndex = 1;

    private const int WorthDropping = 400;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>
    /// Drops contents until the conversation is no longer than <paramref name="most"/>; false when there was nothing to drop. What the last answer said and got goes only where all
    /// else was not enough. The model is told, but not between a call and its result, where no endpoint takes a word.
    /// </summary>
    public static bool Shorten(ToolTranscript transcript, int most)
    {
        var excess = LengthOf(transcript.Messages) - most;
        var hasDropped = false;
        for (var i = RequestIndex; i < transcript.Messages.Count && excess > 0; i++)
        {
            foreach (var content in transcript.Messages[i].Contents)
            {
                var before = LengthOf(content);
                if (i == RequestIndex && content is TextContent request)
                {
                    request.Text = WithoutFiles(request.Text, excess);
                }
                else
                {
                    Drop(content, transcript.Messages[i].Role);
                }

                excess -= before - LengthOf(content);
                hasDropped |= LengthOf(content) < before;
            }
        }

        if (hasDropped && transcript.Messages[^1].Role != ChatRole.Assistant && !transcript.HasOpenCalls)
        {
            transcript.Say("To save space the contents of files in earlier messages, calls and results were left out. Read a file again where you need it, and not many at once.");
        }

        return hasDropped;
    }

    public static int LengthOf(IEnumerable<ChatMessage> messages) => messages.Sum(message => message.Contents.Sum(LengthOf));

    /// <summary>Whether a text is the mark that stands where a content was left out: a model may take it for one.</summary>
    public static bool IsMark(string text) => MarkPattern().IsMatch(text);

    private static void Drop(AIContent content, ChatRole role)
    {
        switch (content)
        {
            case TextContent said when role == ChatRole.Assistant && said.Text.Length > WorthDropping:
                said.Text = Mark(said.Text);
                break;

            case FunctionCallContent { Arguments: { } arguments }:
                foreach (var (name, value) in arguments.Where(argument => TextOf(argument.Value).Length > WorthDropping).ToList())
                {
                    arguments[name] = Mark(TextOf(value));
                }

                break;

            case FunctionResultContent result when TextOf(result.Result).Length > WorthDropping:
                result.Result = Mark(TextOf(result.Result));
                break;
        }
    }

    /// <summary>The request with the contents of as many files left out as must be. What was asked for and said stays.</summary>
    private static string WithoutFiles(string request, int excess)
    {
        var opening = JsonNode.Parse(request)!;
        if (opening["files"] is not JsonObject files)
        {
            return request;
        }

        var (left, worth) = (excess, files.Where(file => file.Value!.GetValue<string>().Length > WorthDropping).ToList());
        foreach (var (path, content) in worth.TakeWhile(_ => left > 0))
        {
            var text = content!.GetValue<string>();
            files[path] = Mark(text);
            left -= text.Length;
        }

        return left < excess ? opening.ToJsonString(Json) : request;
    }

    private static string Mark(string text) => $"[left out: {text.Length} characters]";

    private static int LengthOf(AIContent content) => content switch
    {
        TextContent text => text.Text.Length,
        FunctionCallContent { Arguments: { } arguments } => arguments.Sum(argument => argument.Key.Length + TextOf(argument.Value).Length),
        FunctionResultContent result => TextOf(result.Result).Length,
        _ => 0,
    };

    private static string TextOf(object? value) => value?.ToString() ?? "";

    [GeneratedRegex(@"^\s*\[left out: \d+ characters\]\s*$")]
    private static partial Regex MarkPattern();
}
