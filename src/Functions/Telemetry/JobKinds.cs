using Jobs.Domain.Jobs;

namespace Jobs.Functions.Telemetry;

/// <summary>The words for kinds and ends of jobs, in spans and metrics.</summary>
internal static class JobKinds
{
    /// <summary>A run of an agent.</summary>
    public const string Run = "run";

    /// <summary>A search, which is no job, but asks models as jobs do.</summary>
    public const string Search = "search";

    /// <summary>The word for what a job does; of work its type.</summary>
    public static string KindOf(Job job) => job.Kind switch
    {
        JobKind.WidgetBuild => "widget",
        JobKind.AgentBuild => "agent",
        JobKind.Work => job.Work!.Type,
        JobKind.Repository => "repository",
    };

    /// <summary>The word for how a job that has settled ended. A widget whose files do not compile has succeeded as a job, and is of no use.</summary>
    public static string OutcomeOf(Job job) => job switch
    {
        { Compile.Status: CompileStatus.Failed } => "compile_failed",
        { Status: JobStatus.Succeeded } => "succeeded",
        { Status: JobStatus.Merged } => "merged",
        { Status: JobStatus.Cancelled } => "cancelled",
        _ => "failed",
    };
}
