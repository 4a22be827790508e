using System.Text.Json;
using System.Text.Json.Serialization;
using Jobs.Domain.Runs;
using Jobs.Functions.Runs;

namespace Jobs.Functions.Api.Builder;

/// <summary>202: a run was accepted (contract 001).</summary>
public sealed record RunAcceptedResponse(string RunId, string Status);

/// <summary>One run.</summary>
/// <param name="RunId">The id.</param>
/// <param name="AgentId">The agent.</param>
/// <param name="Status"><c>running</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Trigger"><c>manual</c>, <c>schedule</c> or <c>webhook</c>.</param>
/// <param name="Output">What the agent's function returned; null until it has, and when it did not.</param>
/// <param name="Logs">What the code wrote with <c>console</c>; empty until the run has ended.</param>
/// <param name="Error">Why there is no output; null otherwise.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="StartedAt">When its code was first given to the sandbox.</param>
/// <param name="CompletedAt">When it ended.</param>
/// <param name="DurationMs">The milliseconds that the sandbox and the code took.</param>
public sealed record RunResponse(
    string RunId,
    string AgentId,
    string Status,
    string Trigger,
    [property: JsonConverter(typeof(JsonTextConverter))] string? Output,
    string Logs,
    RunErrorItem? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    long? DurationMs);

/// <summary>Why a run has no output.</summary>
public sealed record RunErrorItem(string Code, string Message);

/// <summary>One page of an agent's runs, the latest first; <c>before</c> reads the next one, and is null on the last.</summary>
public sealed record RunListResponse(IReadOnlyList<RunListItem> Runs, string? Before);

/// <summary>A run in a list: <see cref="RunResponse"/> without its output and logs.</summary>
public sealed record RunListItem(
    string RunId,
    string AgentId,
    string Status,
    string Trigger,
    RunErrorItem? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    long? DurationMs);

/// <summary>Maps runs to their shapes.</summary>
public static class RunResponses
{
    /// <summary>A run by itself.</summary>
    public static RunResponse ToResponse(AgentRun run, RunResult result) => new(
        run.Id,
        run.AgentId,
        WordOf(run.Status),
        RunTriggers.WordOf(run.Trigger),
        result.Output,
        result.Logs,
        ErrorOf(run),
        run.CreatedAt,
        run.StartedAt,
        run.CompletedAt,
        DurationOf(run));

    /// <summary>A page of runs, of which at most <paramref name="limit"/> were asked for.</summary>
    public static RunListResponse ToResponse(IReadOnlyList<AgentRun> runs, int limit) => new(
        [.. runs.Select(run => new RunListItem(
            run.Id,
            run.AgentId,
            WordOf(run.Status),
            RunTriggers.WordOf(run.Trigger),
            ErrorOf(run),
            run.CreatedAt,
            run.StartedAt,
            run.CompletedAt,
            DurationOf(run)))],
        runs.Count == limit ? runs[^1].Id : null);

    /// <summary>The API's word for a state. A run that waits for its turn is <c>running</c> too (contract 001).</summary>
    public static string WordOf(RunStatus status) => status switch
    {
        RunStatus.Queued or RunStatus.Running => "running",
        RunStatus.Completed => "completed",
        RunStatus.Failed => "failed",
        RunStatus.Cancelled => "cancelled",
    };

    /// <summary>The API's word for a failure; clients decide on it.</summary>
    public static string WordOf(RunErrorCode code) => code switch
    {
        RunErrorCode.InvalidProgram => "invalid_program",
        RunErrorCode.Threw => "threw",
        RunErrorCode.Ended => "ended",
        RunErrorCode.OutOfTime => "out_of_time",
        RunErrorCode.OutOfMemory => "out_of_memory",
        RunErrorCode.OutputTooLarge => "output_too_large",
        RunErrorCode.InvalidOutput => "invalid_output",
        RunErrorCode.Interrupted => "interrupted",
        RunErrorCode.Cancelled => "cancelled",
        RunErrorCode.Unavailable => "unavailable",
        RunErrorCode.InsufficientTokens => "insufficient_tokens",
        RunErrorCode.NotRunnable => "not_runnable",
    };

    private static RunErrorItem? ErrorOf(AgentRun run) => run.Error is { } error ? new RunErrorItem(WordOf(error.Code), error.Message) : null;

    private static long? DurationOf(AgentRun run) => (run.StartUp + run.Duration) is { } took ? (long)Math.Round(took.TotalMilliseconds) : null;
}

/// <summary>Writes JSON text as what it says. The text is the sandbox's, which has read it as JSON.</summary>
internal sealed class JsonTextConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteRawValue(value, skipInputValidation: true);
}
