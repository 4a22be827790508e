using Jobs.Documents.Parsing;
using Jobs.Functions.JobTypes.Analysis;
using Jobs.Functions.Work;

namespace Jobs.Functions.JobTypes.ParseDocument;

/// <summary>A document in the input of a job: <c>{documentId | text | jobId, format?, name?}</c>.</summary>
/// <param name="DocumentId">The document, as a file that was sent ahead, of at most <see cref="WorkLimits.MaxUploadBytes"/> bytes.</param>
/// <param name="Text">Or the document itself, as far as it is text and fits into a request.</param>
/// <param name="JobId">Or the job of the same user that has parsed it.</param>
/// <param name="Format">Its format, as one of <see cref="Formats"/>; where it is left out, its content tells. What is something else is refused.</param>
/// <param name="Name">What people call it; its title where it is left out.</param>
public sealed record DocumentReference(string? DocumentId, string? Text, string? JobId, string? Format, string? Name)
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxNameLength = 200;

    private static readonly string[] TextFormats = [.. Words(DocumentKind.Text, DocumentKind.Markdown, DocumentKind.Html, DocumentKind.Csv, DocumentKind.Json)];

    /// <summary>The words of the formats that are read.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. Words(Enum.GetValues<DocumentKind>())];

    /// <summary>The rules that it breaks.</summary>
    /// <param name="field">The field that it is.</param>
    /// <param name="mayBeJob">Whether an earlier job may be named.</param>
    public IEnumerable<InputError> Check(string field, bool mayBeJob = false)
    {
        if (new[] { DocumentId, Text, mayBeJob ? JobId : null }.Count(part => part is not null) != 1)
        {
            yield return new InputError(field, mayBeJob ? "must have one of 'documentId', 'text' and 'jobId'" : "must have either 'documentId' or 'text'");
        }

        if (DocumentId is { } id && !Uploads.IsId(id))
        {
            yield return new InputError($"{field}.documentId", "must be the id of a document");
        }

        if (string.IsNullOrWhiteSpace(Text) && Text is not null)
        {
            yield return new InputError($"{field}.text", "must not be blank");
        }

        if (mayBeJob && JobId is not null && !EarlierJobs.MayBeId(JobId))
        {
            yield return new InputError($"{field}.jobId", "must be the id of a job");
        }

        var formats = Text is null ? Formats : TextFormats;
        if (Format is not null && !formats.Contains(Format, StringComparer.Ordinal))
        {
            yield return new InputError($"{field}.format", $"must be one of: {string.Join(", ", formats)}");
        }

        if (Name is not null && (string.IsNullOrWhiteSpace(Name) || Name.Length > MaxNameLength))
        {
            yield return new InputError($"{field}.name", $"must have 1 to {MaxNameLength} characters");
        }
    }

    /// <summary>The rules that a list of documents breaks.</summary>
    public static IEnumerable<InputError> CheckAll(IReadOnlyList<DocumentReference?> documents, string field)
    {
        if (documents.Count > DocumentSources.MaxDocuments)
        {
            return [new InputError(field, $"must have at most {DocumentSources.MaxDocuments} documents")];
        }

        return documents.SelectMany((document, index) => document?.Check($"{field}[{index}]", mayBeJob: true) ?? [new InputError($"{field}[{index}]", "must be an object")]);
    }

    private static IEnumerable<string> Words(params IEnumerable<DocumentKind> formats) => formats.Select(format => format.Word());
}
