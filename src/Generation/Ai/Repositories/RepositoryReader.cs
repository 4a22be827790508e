using Jobs.Domain.Repositories;
using Jobs.Generation.Ai.ToolUse;

namespace Jobs.Generation.Ai.Repositories;

/// <summary>Tells, while an answer streams, which file is being changed.</summary>
internal sealed class RepositoryReader(RepositoryTranscript transcript, IProgress<string> progress) : AnswerReader
{
    /// <summary>For example "Changing src/main.c (1 of 5)".</summary>
    public static string Sentence(string verb, string path, IReadOnlyList<string> planned)
    {
        var number = planned.TakeWhile(other => other != path).Count() + 1;
        return number <= planned.Count ? $"{verb} {path} ({number} of {planned.Count})" : $"{verb} {path}";
    }

    /// <inheritdoc/>
    protected override bool Look(string tool, string arguments)
    {
        if (!RepositoryTools.IsChange(tool))
        {
            return true;
        }

        if ((TextIn(arguments, "path") ?? TextIn(arguments, "to")) is not { } path)
        {
            return false;
        }

        if (RepositoryPath.FaultOf(path) is null)
        {
            progress.Report(Sentence("Changing", path, transcript.Planned));
        }

        return true;
    }
}
