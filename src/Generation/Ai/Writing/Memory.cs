using Microsoft.Extensions.AI;

namespace Jobs.Generation.Ai.Writing;

/// <summary>Keeps what is said to a model within what it can read: the contents of files go first, the oldest before the others, since they can be read again.</summary>
internal static class Memory
{
    private const int WorthDropping = 400;

    /// <summary>Drops contents until the conversation is no longer than <paramref name="most"/>; false when there was nothing to drop.</summary>
    public static bool Shorten(Transcript transcript, int most)
    {
        var length = LengthOf(transcript.Messages);
        var hasDropped = false;
        // The instructions and the request stay, and so does what came last.
        for (var i = 2; i < transcript.Messages.Count - 2 && length > most; i++)
        {
            foreach (var content in transcript.Messages[i].Contents)
            {
                var before = LengthOf(content);
                Drop(content);
                length -= before - LengthOf(content);
                hasDropped |= LengthOf(content) < before;
            }
        }

        if (hasDropped)
        {
            transcript.Say("To save space the contents of files in earlier calls and results were left out. Read a file again where you need it.");
        }

        return hasDropped;
    }

    public static int LengthOf(IEnumerable<ChatMessage> messages) => messages.Sum(message => message.Contents.Sum(LengthOf));

    private static void Drop(AIContent content)
    {
        switch (content)
        {
            case FunctionCallContent { Arguments: { } arguments }:
                foreach (var (name, value) in arguments.Where(argument => TextOf(argument.Value).Length > WorthDropping).ToList())
                {
                    arguments[name] = $"[left out: {TextOf(value).Length} characters]";
                }

                break;

            case FunctionResultContent result when TextOf(result.Result).Length > WorthDropping:
                result.Result = $"[left out: {TextOf(result.Result).Length} characters]";
                break;
        }
    }

    private static int LengthOf(AIContent content) => content switch
    {
        TextContent text => text.Text.Length,
        FunctionCallContent { Arguments: { } arguments } => arguments.Sum(argument => argument.Key.Length + TextOf(argument.Value).Length),
        FunctionResultContent result => TextOf(result.Result).Length,
        _ => 0,
    };

    private static string TextOf(object? value) => value?.ToString() ?? "";
}
