using System.Text.Json;
using Jobs.Generation.Ai.ToolUse;

namespace Jobs.Generation.Ai.Writing;

/// <summary>Tells, while an answer streams, which file is being written.</summary>
internal sealed class WritingReader(Transcript transcript, IProgress<string> progress) : AnswerReader
{
    private IReadOnlyList<string> _planned = transcript.Planned;

    /// <summary>For example "Writing src/App.tsx (1 of 5)".</summary>
    public static string Sentence(string verb, string path, IReadOnlyList<string> planned, int repairs)
    {
        var number = planned.TakeWhile(other => other != path).Count() + 1;
        var text = number <= planned.Count ? $"{verb} {path} ({number} of {planned.Count})" : $"{verb} {path}";
        return repairs == 0 ? text : $"{text}, mending (attempt {repairs} of {WritingLimits.MaxRepairs})";
    }

    /// <inheritdoc/>
    protected override bool Look(string tool, string arguments)
    {
        switch (tool)
        {
            case FileTools.Plan when PlanIn(arguments) is { } planned:
                _planned = planned;
                return true;

            case var writing when FileTools.IsWriting(writing) && TextIn(arguments, "path") is { } path && FileTools.IsPath(path):
                progress.Report(Sentence("Writing", path, _planned, transcript.Repairs));
                return true;

            default:
                return tool != FileTools.Plan && !FileTools.IsWriting(tool);
        }
    }

    private static IReadOnlyList<string>? PlanIn(string arguments)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(arguments) is { ValueKind: JsonValueKind.Object } plan && plan.TryGetProperty("files", out var files)
                ? [.. files.EnumerateArray().Select(file => file.GetString()!).Distinct()]
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not whole yet, or no plan.
            return null;
        }
    }
}
