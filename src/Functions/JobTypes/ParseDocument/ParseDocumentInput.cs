namespace Jobs.Functions.JobTypes.ParseDocument;

/// <summary>The input of PARSE_DOCUMENT: <c>{documentId | text, format?}</c>.</summary>
/// <param name="DocumentId">The document, as a file that was sent ahead.</param>
/// <param name="Text">Or the document itself, as far as it is text and fits into a request.</param>
/// <param name="Format">Its format, as one of <see cref="DocumentReference.Formats"/>; where it is left out, its content tells. What is something else is refused.</param>
public sealed record ParseDocumentInput(string? DocumentId, string? Text, string? Format)
{
    /// <summary>The document.</summary>
    internal DocumentReference Document => new(DocumentId, Text, JobId: null, Format, Name: null);
}
