using Azure.Data.Tables;
using Jobs.Domain.Compilation;
using Jobs.Domain.Jobs;

namespace Jobs.Storage;

/// <summary>A job as its status row. Enum members are stored by name, so that a row can be read by eye and members can be reordered.</summary>
internal static class JobRow
{
    public static TableEntity ToEntity(Job job) => new(job.Id, job.Id)
    {
        [nameof(Job.Tenant)] = job.Tenant,
        [nameof(Job.Owner)] = job.Owner,
        [nameof(Job.Kind)] = job.Kind.ToString(),
        [nameof(Job.ResourceId)] = job.ResourceId,
        [nameof(Job.BuildId)] = job.BuildId,
        [nameof(Job.InputRef)] = job.InputRef,
        [nameof(Job.Status)] = job.Status.ToString(),
        [nameof(Job.Step)] = job.Step.ToString(),
        [nameof(Job.Message)] = job.Message,
        [nameof(Job.Attempts)] = job.Attempts,
        [nameof(Job.SourcesRef)] = job.SourcesRef,
        [nameof(Job.Turns)] = job.Turns,
        [nameof(Job.TurnRef)] = job.TurnRef,
        ["InputTokens"] = job.Usage.Input,
        ["CachedTokens"] = job.Usage.Cached,
        ["OutputTokens"] = job.Usage.Output,
        ["ModelCost"] = job.Usage.Cost,
        [nameof(Job.Error)] = job.Error,
        [nameof(Job.Questions)] = job.Questions,
        [nameof(Job.QuestionExpiresAt)] = job.QuestionExpiresAt,
        [nameof(Job.AnsweredAt)] = job.AnsweredAt,
        [nameof(Job.CancelRequested)] = job.CancelRequested,
        [nameof(Job.CreatedAt)] = job.CreatedAt,
        [nameof(Job.StartedAt)] = job.StartedAt,
        [nameof(Job.UpdatedAt)] = job.UpdatedAt,
        [nameof(Job.CompletedAt)] = job.CompletedAt,
        [nameof(Job.Sequence)] = job.Sequence,
        ["CompileStatus"] = job.Compile?.Status.ToString(),
        ["CompilePhase"] = job.Compile?.Phase.ToString(),
        ["CompileAttempts"] = job.Compile?.Attempts,
        ["CompileStartedAt"] = job.Compile?.StartedAt,
        ["CompileEndedAt"] = job.Compile?.EndedAt,
        ["BundleScript"] = job.Compile?.Bundle?.Script,
        ["BundleStyle"] = job.Compile?.Bundle?.Style,
        ["FailureDetails"] = job.Compile?.FailureDetails,
    };

    public static Job FromEntity(TableEntity row) => new()
    {
        Id = row.PartitionKey,
        Tenant = row.GetString(nameof(Job.Tenant)),
        Owner = row.GetString(nameof(Job.Owner)),
        Kind = Enum.Parse<JobKind>(row.GetString(nameof(Job.Kind))),
        ResourceId = row.GetString(nameof(Job.ResourceId)),
        BuildId = row.GetString(nameof(Job.BuildId)),
        InputRef = row.GetString(nameof(Job.InputRef)),
        Status = Enum.Parse<JobStatus>(row.GetString(nameof(Job.Status))),
        Step = Enum.Parse<JobStep>(row.GetString(nameof(Job.Step))),
        Message = row.GetString(nameof(Job.Message)),
        Attempts = row.GetInt32(nameof(Job.Attempts)) ?? 0,
        SourcesRef = row.GetString(nameof(Job.SourcesRef)),
        Turns = row.GetInt32(nameof(Job.Turns)) ?? 0,
        TurnRef = row.GetString(nameof(Job.TurnRef)),
        Usage = new(row.GetInt64("InputTokens") ?? 0, row.GetInt64("CachedTokens") ?? 0, row.GetInt64("OutputTokens") ?? 0, row.GetInt64("ModelCost") ?? 0),
        Error = row.GetString(nameof(Job.Error)),
        Questions = row.GetInt32(nameof(Job.Questions)) ?? 0,
        QuestionExpiresAt = row.GetDateTimeOffset(nameof(Job.QuestionExpiresAt)),
        AnsweredAt = row.GetDateTimeOffset(nameof(Job.AnsweredAt)),
        CancelRequested = row.GetBoolean(nameof(Job.CancelRequested)) ?? false,
        CreatedAt = row.GetDateTimeOffset(nameof(Job.CreatedAt))!.Value,
        StartedAt = row.GetDateTimeOffset(nameof(Job.StartedAt)),
        UpdatedAt = row.GetDateTimeOffset(nameof(Job.UpdatedAt))!.Value,
        CompletedAt = row.GetDateTimeOffset(nameof(Job.CompletedAt)),
        Sequence = row.GetInt64(nameof(Job.Sequence))!.Value,
        Compile = row.GetString("CompileStatus") is not { } status ? null : new CompileState(
            Enum.Parse<CompileStatus>(status),
            Enum.Parse<CompilePhase>(row.GetString("CompilePhase")),
            row.GetInt32("CompileAttempts") ?? 0,
            row.GetDateTimeOffset("CompileStartedAt")!.Value,
            row.GetDateTimeOffset("CompileEndedAt"),
            row.GetString("BundleScript") is { } script ? new BundleRef(script, row.GetString("BundleStyle")) : null,
            row.GetString("FailureDetails")),
    };
}
