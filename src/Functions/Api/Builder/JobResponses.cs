using System.Diagnostics;
using System.Text.Json.Serialization;
using Jobs.Domain.Compilation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Ledger;

namespace Jobs.Functions.Api.Builder;

/// <summary>A job as contract 000 shows it.</summary>
/// <param name="JobId">The id.</param>
/// <param name="Status"><c>pending</c>, <c>building</c>, <c>completed</c> or <c>failed</c>.</param>
/// <param name="Progress">Where it is.</param>
/// <param name="Result">What it made; null until it has completed.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
/// <param name="BuildStatus">The compile; absent until the files are there.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Usage">What models took for it; absent unless asked for.</param>
public sealed record JobResponse(
    string JobId,
    string Status,
    JobProgress Progress,
    JobResult? Result,
    string? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BuildStatus? BuildStatus,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JobUsage? Usage);

/// <summary>What models took for a job.</summary>
/// <param name="InputTokens">Tokens that they were given.</param>
/// <param name="CachedInputTokens">How many of those the provider had from an earlier call.</param>
/// <param name="OutputTokens">Tokens that they gave.</param>
/// <param name="Cost">What they cost, in the currency of the prices; 0 where no prices are set.</param>
public sealed record JobUsage(long InputTokens, long CachedInputTokens, long OutputTokens, decimal Cost);

/// <summary>Where a job is (contract 000).</summary>
public sealed record JobProgress(string Step, string Message);

/// <summary>What a job made (contract 000): a widget with its build, or an agent, whose build id is null.</summary>
public sealed record JobResult(
    string? BuildId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WidgetId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AgentId);

/// <summary>The compile (contract 000). A widget is safe to publish once <paramref name="Status"/> is <c>SUCCEEDED</c>.</summary>
/// <param name="BuildId">The build's id.</param>
/// <param name="Status"><c>IN_PROGRESS</c>, <c>SUCCEEDED</c> or <c>FAILED</c>.</param>
/// <param name="Phase">The phase that it is really in.</param>
/// <param name="StartTime">When it was submitted.</param>
/// <param name="EndTime">When it ended; absent before.</param>
/// <param name="FailureDetails">The compiler's own message; absent unless it failed.</param>
public sealed record BuildStatus(
    string BuildId,
    string Status,
    string Phase,
    DateTimeOffset StartTime,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? EndTime,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FailureDetails);

/// <summary>Maps the canonical words to those of contract 000.</summary>
public static class JobResponses
{
    /// <summary>A job as contract 000 shows it, and with what models took for it where that is asked for.</summary>
    public static JobResponse ToResponse(Job job, bool includesUsage = false) => new(
        job.Id,
        StatusOf(job.Status),
        new JobProgress(StepOf(job.Step), job.Message),
        ResultOf(job),
        job.Error,
        job.Compile is not { } compile ? null : new BuildStatus(
            job.BuildId!,
            StatusOf(compile.Status),
            PhaseOf(compile.Phase),
            compile.StartedAt,
            compile.EndedAt,
            compile.FailureDetails),
        job.CreatedAt,
        job.UpdatedAt,
        includesUsage ? new JobUsage(job.Usage.Input, job.Usage.Cached, job.Usage.Output, Money.ToAmount(job.Usage.Cost)) : null);

    private static JobResult? ResultOf(Job job) => job switch
    {
        { Status: not (JobStatus.Succeeded or JobStatus.Merged) } => null,
        { Kind: JobKind.WidgetBuild } => new JobResult(job.BuildId, job.ResourceId, AgentId: null),
        { Kind: JobKind.AgentBuild } => new JobResult(BuildId: null, WidgetId: null, job.ResourceId),
        { Kind: JobKind.Work or JobKind.Repository } => throw new UnreachableException("Work is not of this contract."),
    };

    /// <summary>Contract 000 knows neither a question nor a cancellation: the first is still building, the second has failed and says so in <c>error</c>.</summary>
    private static string StatusOf(JobStatus status) => status switch
    {
        JobStatus.Queued => "pending",
        JobStatus.Running or JobStatus.WaitingForInput => "building",
        JobStatus.Succeeded or JobStatus.Merged => "completed",
        JobStatus.Failed or JobStatus.Cancelled => "failed",
    };

    private static string StepOf(JobStep step) => step switch
    {
        JobStep.Queued => "queued",
        JobStep.Generating => "generating",
        JobStep.Working or JobStep.Merging => throw new UnreachableException("Work is not of this contract."),
        JobStep.WaitingForInput => "waiting_for_input",
        JobStep.Compiling => "compiling",
        JobStep.Complete => "complete",
        JobStep.Failed => "failed",
        JobStep.CompileFailed => "compile_failed",
        JobStep.Cancelled => "cancelled",
    };

    private static string StatusOf(CompileStatus status) => status switch
    {
        CompileStatus.InProgress => "IN_PROGRESS",
        CompileStatus.Succeeded => "SUCCEEDED",
        CompileStatus.Failed => "FAILED",
    };

    private static string PhaseOf(CompilePhase phase) => phase switch
    {
        CompilePhase.Submitted => "SUBMITTED",
        CompilePhase.PreBuild => "PRE_BUILD",
        CompilePhase.Build => "BUILD",
        CompilePhase.UploadArtifacts => "UPLOAD_ARTIFACTS",
        CompilePhase.Completed => "COMPLETED",
    };
}
