using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Generation.Ai.ToolUse;

namespace Jobs.Generation.Ai.Writing;

/// <summary>What a model is told first: the request, what was said in earlier builds, and the files that are there. Not what was said while those were written.</summary>
internal static class Opening
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>A JSON object, so that no text in it can end where it stands and go on as something else.</summary>
    public static string Of(GenerationRequest request)
    {
        var room = WritingLimits.MaxFilesInRequest;
        var inFull = request.Current.Files.Where(file => file.Value.Length <= room && (room -= file.Value.Length) >= 0).ToDictionary();
        return JsonSerializer.Serialize(
            new
            {
                name = request.Name,
                description = request.Description,
                earlier = Latest(request.Earlier).Select(said => new { by = SpeakerOf(said.Kind), text = said.Content }),
                files = inFull,
                otherFiles = request.Current.Files.Keys.Except(inFull.Keys),
                request = request.Prompt,
                answers = request.Answers.Select(answer => new { question = answer.Question, answer = answer.Answer }),
            },
            Json);
    }

    private static IEnumerable<ChatMessage> Latest(IReadOnlyList<ChatMessage> earlier)
    {
        var room = ToolUseLimits.MaxEarlierLength;
        return earlier.Reverse().TakeWhile(said => (room -= said.Content.Length) >= 0).Reverse();
    }

    private static string SpeakerOf(ChatMessageKind kind) => kind switch
    {
        ChatMessageKind.Prompt or ChatMessageKind.Answer => "user",
        ChatMessageKind.Question or ChatMessageKind.Result or ChatMessageKind.Failure => "you",
    };
}
