using System.Text.Json.Serialization;
using Jobs.Documents.Exchange;
using Jobs.Functions.Work;

namespace Jobs.Functions.JobTypes.Export;

/// <summary>What an export made.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Files">The files; there is one.</param>
/// <param name="Errors">How many of what was listed could not be exported.</param>
public sealed record ExportResult(long Rows, IReadOnlyList<WorkFile> Files, int Errors);

/// <summary>A part of an export that is done: rows that the file will have.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Bytes">How many bytes they have as JSON Lines.</param>
/// <param name="Sha256">The SHA-256 of these, in hexadecimal digits.</param>
public sealed record ExportPart(int Rows, long Bytes, string Sha256);

/// <summary>Something that could not be exported.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Code"><see cref="ContentMissing"/>.</param>
/// <param name="Message">A sentence for the caller.</param>
public sealed record ExportError(string Id, string Code, string Message)
{
    /// <summary>What a document holds is not there any more.</summary>
    public const string ContentMissing = "content_missing";
}

/// <summary>A document as it is exported. One that was imported is taken for the same document when it is imported again.</summary>
/// <param name="Id">
/// The id that it was given when it was imported; absent where it was given none, because <c>import</c> knows such a document by its content. Of a document that another type of job made, our
/// own: however often it is imported, it is one document.
/// </param>
/// <param name="Title">The title.</param>
/// <param name="Text">The text.</param>
/// <param name="Url">Where it came from; absent where that is not known.</param>
/// <param name="Metadata">All other values, by name; absent where there are none.</param>
public sealed record ExportedDocument(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    string Title,
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Metadata)
{
    /// <summary>A document as it is exported.</summary>
    public static ExportedDocument Of(ImportedDocument document) => new(
        document.GivenId ?? (document.ContentHash.StartsWith(document.Id, StringComparison.Ordinal) ? null : document.Id),
        document.Title,
        document.Text,
        document.Url,
        document.Metadata.Count == 0 ? null : document.Metadata);
}
