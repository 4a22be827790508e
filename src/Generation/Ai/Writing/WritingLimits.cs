using Jobs.Domain.Jobs;

namespace Jobs.Generation.Ai.Writing;

/// <summary>How far a model may go with one build, beside <see cref="ToolUse.ToolUseLimits"/>.</summary>
public static class WritingLimits
{
    /// <summary>How often files that do not compile go back to the model once it has said that it is done.</summary>
    public const int MaxRepairs = 3;

    /// <summary>How often a model may check its files and try its agent before it is done, both together. With every answer, repair and question it stays within <see cref="Job.MaxTurns"/>.</summary>
    public const int MaxTrials = 40;

    /// <summary>The most characters of the present files that stand in the first message; the others are read by a tool.</summary>
    public const int MaxFilesInRequest = 60_000;
}
