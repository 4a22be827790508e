using System.Text.Json;
using Jobs.Domain.Widgets;
using Jobs.Generation.Ai.ToolUse;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Ai.Writing;

/// <summary>The tools that a model has, as <c>tools.json</c> declares them, and those of them that work on the files alone.</summary>
internal static class FileTools
{
    public const string Check = "check";
    public const string TryAgent = "try_agent";
    public const string AskUser = "ask_user";
    public const string Finish = "finish";
    public const string Plan = "plan";
    public const string ReadFile = "read_file";
    public const string WriteFile = "write_file";
    public const string AppendFile = "append_file";
    public const string EditFile = "edit_file";

    private static readonly IReadOnlyList<AIFunctionDeclaration> All = ToolCalls.Load("tools.json");

    /// <summary>The tools for a use.</summary>
    public static IReadOnlyList<AIFunctionDeclaration> For(AiUse use) => use switch
    {
        AiUse.Widgets => [.. All.Where(tool => tool.Name != TryAgent)],
        AiUse.Agents => All,
        AiUse.Repositories => throw new ArgumentOutOfRangeException(nameof(use), use, "Its tools are others."),
    };

    /// <summary>Whether a call of the tool waits for something else than the files.</summary>
    public static bool IsDue(string name) => name is Check or TryAgent or AskUser or Finish;

    /// <summary>Whether a call of the tool is one of those that <see cref="WritingLimits.MaxTrials"/> counts.</summary>
    public static bool IsTrial(string name) => name is Check or TryAgent;

    /// <summary>Whether a call of the tool writes a file, unless something is wrong with it.</summary>
    public static bool IsWriting(string name) => name is WriteFile or AppendFile or EditFile;

    /// <summary>Carries out a call that needs nothing but the files; what the model is told, and for a file that was written its path.</summary>
    public static (string Result, string? Written) Run(Transcript transcript, string name, JsonElement arguments)
    {
        var path = arguments.TryGetProperty("path", out var given) ? given.GetString()! : "";
        if (IsWriting(name) && arguments.GetProperty(name == EditFile ? "new" : "content").GetString() is { } text && Memory.IsMark(text))
        {
            return ("Nothing was changed: that is our mark for a content that was left out to save space, and not the content. Write what is to stand in the file.", null);
        }

        switch (name)
        {
            case Plan:
                transcript.Planned = [.. arguments.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).Distinct().Take(SourceFiles.MaxFiles)];
                return ("Noted.", null);

            case "list_files":
                return (transcript.Files.Count == 0 ? "There are no files." : string.Join('\n', transcript.Files.Select(file => $"{file.Key} ({file.Value.Length})")), null);

            case ReadFile:
                return (Read(transcript, path, arguments.TryGetProperty("from", out var from) ? from.GetInt32() : 0), null);

            case WriteFile:
                return Write(transcript, path, arguments.GetProperty("content").GetString()!);

            case AppendFile:
                return Write(transcript, path, transcript.Files.GetValueOrDefault(path, "") + arguments.GetProperty("content").GetString());

            case EditFile:
                return Edit(transcript, path, arguments.GetProperty("old").GetString()!, arguments.GetProperty("new").GetString()!);

            case "delete_file":
                return (transcript.Files.Remove(path) ? $"{path} is removed." : Missing(transcript, path), null);

            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, "No tool for files.");
        }
    }

    /// <summary>Whether a path may be one of a file.</summary>
    public static bool IsPath(string path) => SourceFiles.TryCreate([new(path, "")], out _, out string? _);

    private static string Read(Transcript transcript, string path, int from)
    {
        if (!transcript.Files.TryGetValue(path, out var content))
        {
            return Missing(transcript, path);
        }

        var rest = content[Math.Clamp(from, 0, content.Length)..];
        return rest.Length > 0 ? ToolCalls.Cut(rest) : $"[nothing is left: {path} has {content.Length} characters]";
    }

    private static (string, string?) Edit(Transcript transcript, string path, string old, string replacement)
    {
        if (!transcript.Files.TryGetValue(path, out var content))
        {
            return (Missing(transcript, path), null);
        }

        var at = old.Length == 0 ? -1 : content.IndexOf(old, StringComparison.Ordinal);
        if (at < 0)
        {
            return ($"Nothing was changed: the old passage does not stand in {path}. Read the file again.", null);
        }

        return content.IndexOf(old, at + 1, StringComparison.Ordinal) >= 0
            ? ($"Nothing was changed: the old passage stands in {path} more than once. Take a longer one.", null)
            : Write(transcript, path, string.Concat(content.AsSpan(0, at), replacement, content.AsSpan(at + old.Length)));
    }

    private static (string, string?) Write(Transcript transcript, string path, string content)
    {
        // The rules are those of the whole: how many, how large, no two that differ only by case.
        var after = transcript.Files.Where(file => file.Key != path).Append(new(path, content));
        if (!SourceFiles.TryCreate(after, out _, out string? error))
        {
            return ($"Nothing was changed: {error}.", null);
        }

        transcript.Files[path] = content;
        return ($"{path} has {content.Length} characters now.", path);
    }

    private static string Missing(Transcript transcript, string path) =>
        $"There is no file \"{(path.Length <= SourceFiles.MaxPathLength ? path : path[..SourceFiles.MaxPathLength])}\". There are: {string.Join(", ", transcript.Files.Keys)}";
}
