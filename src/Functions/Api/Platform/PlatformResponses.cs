using System.Text.Json;
using System.Text.Json.Serialization;
using Jobs.Documents.Exchange;
using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.Api.Platform;

/// <summary>What every answer of contract 004 is wrapped in.</summary>
/// <param name="Data">The answer; null for an error.</param>
/// <param name="Error">The error; null for an answer.</param>
public sealed record Envelope<T>(T? Data, EnvelopeError? Error = null);

/// <summary>An error of contract 004.</summary>
/// <param name="Code">Stable: clients decide on it.</param>
/// <param name="Message">For people.</param>
public sealed record EnvelopeError(string Code, string Message);

/// <summary>A job as contract 004 shows it.</summary>
/// <param name="Id">The id.</param>
/// <param name="Type">The type.</param>
/// <param name="Status"><c>pending</c>, <c>running</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Progress">0 to 100; never goes back.</param>
/// <param name="Result">What came of it, as its type documents; null until it has completed, and in lists where it is large.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="CompletedAt">When it ended; null before.</param>
/// <param name="Error">Why it failed or was cancelled; absent otherwise.</param>
/// <param name="OriginalJobId">The job that it repeats; absent where it repeats none.</param>
public sealed record PlatformJob(
    string Id,
    string Type,
    string Status,
    int Progress,
    JsonElement? Result,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OriginalJobId);

/// <summary>A job that was just created (contract 004).</summary>
public sealed record PlatformJobCreated(
    string Id,
    string Type,
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OriginalJobId,
    DateTimeOffset CreatedAt);

/// <summary>One page of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null where there will be none.</param>
public sealed record PlatformPage<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>A file that is kept for a job.</summary>
/// <param name="UploadId">Its id, for the input of a job.</param>
/// <param name="Bytes">Its size.</param>
public sealed record UploadResponse(string UploadId, int Bytes);

/// <summary>A document in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Url">Where it came from; null when that is not known.</param>
/// <param name="JobId">The job that wrote it.</param>
/// <param name="UpdatedAt">When it was written.</param>
public sealed record PlatformDocument(string Id, string Title, string? Url, string JobId, DateTimeOffset? UpdatedAt);

/// <summary>A document with what it holds.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Url">Where it came from; null when that is not known.</param>
/// <param name="JobId">The job that wrote it.</param>
/// <param name="UpdatedAt">When it was written.</param>
/// <param name="GivenId">The id that it was given where it came from; null where it was given none.</param>
/// <param name="Metadata">All other values, by name.</param>
/// <param name="Text">The text.</param>
/// <param name="IsCut">True when the text goes on.</param>
public sealed record PlatformDocumentContent(
    string Id,
    string Title,
    string? Url,
    string JobId,
    DateTimeOffset? UpdatedAt,
    string? GivenId,
    IReadOnlyDictionary<string, string> Metadata,
    string Text,
    bool IsCut);

/// <summary>Maps the canonical words to those of contract 004.</summary>
public static class PlatformResponses
{
    /// <summary>A job as contract 004 shows it, without a result that its row does not hold.</summary>
    public static PlatformJob ToResponse(Job job)
    {
        var work = job.Work!;
        return new PlatformJob(
            job.Id,
            work.Type,
            StatusOf(job.Status),
            work.Progress,
            work.Result is { } result ? JsonElement.Parse(result) : null,
            job.CreatedAt,
            job.CompletedAt,
            job.Error,
            work.OriginalJobId);
    }

    /// <summary>A job that was just created. It is pending, whatever has become of it when its request is repeated.</summary>
    public static Envelope<PlatformJobCreated> ToCreated(Job job) =>
        new(new PlatformJobCreated(job.Id, job.Work!.Type, StatusOf(JobStatus.Queued), job.Work.OriginalJobId, job.CreatedAt));

    /// <summary>One page of a job's results or errors.</summary>
    public static Envelope<PlatformPage<JsonElement>> ToResponse(ResultPage page) => new(new PlatformPage<JsonElement>(page.Items, page.Next?.ToString()));

    /// <summary>A document in a list.</summary>
    public static PlatformDocument ToResponse(StoredDocument document) => new(document.Id, document.Title, document.Url, document.JobId, document.WrittenAt);

    /// <summary>A document with what it holds; of the text at most so many characters, counted in UTF-16.</summary>
    public static PlatformDocumentContent ToResponse(StoredDocument document, ImportedDocument content, int maxCharacters) => new(
        document.Id,
        document.Title,
        document.Url,
        document.JobId,
        document.WrittenAt,
        content.GivenId,
        content.Metadata,
        Texts.Cut(content.Text, maxCharacters),
        IsCut: content.Text.Length > maxCharacters);

    /// <summary>The word of contract 004 for a state.</summary>
    public static string StatusOf(JobStatus status) => status switch
    {
        JobStatus.Queued => "pending",
        JobStatus.Running or JobStatus.WaitingForInput => "running",
        JobStatus.Succeeded or JobStatus.Merged => "completed",
        JobStatus.Failed => "failed",
        JobStatus.Cancelled => "cancelled",
    };
}
