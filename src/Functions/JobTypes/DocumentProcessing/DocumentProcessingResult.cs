namespace Jobs.Functions.JobTypes.DocumentProcessing;

/// <summary>What document processing did.</summary>
/// <param name="DocumentsProcessed">Documents that the organisation has now, whether or not it had them before.</param>
/// <param name="Errors">Documents that could not be read.</param>
public sealed record DocumentProcessingResult(int DocumentsProcessed, int Errors);

/// <summary>A document that was processed.</summary>
/// <param name="Position">Its place in the input, from 0.</param>
/// <param name="Id">Its id: the same whenever the same file or text is processed.</param>
/// <param name="Title">Its title.</param>
/// <param name="Change"><c>created</c>, <c>updated</c> or <c>unchanged</c>.</param>
/// <param name="Format">The format that it was read as: <c>txt</c>, <c>md</c>, <c>html</c>, <c>csv</c>, <c>json</c>, <c>docx</c>, <c>xlsx</c>, <c>pptx</c> or <c>pdf</c>.</param>
/// <param name="Chunks">How many chunks it was divided into.</param>
/// <param name="Words">How many words it has.</param>
/// <param name="Pages">How many pages, sheets or slides it has; null for formats without any.</param>
/// <param name="Language">The language that it is most likely written in, as an ISO 639-1 code; null when that cannot be told.</param>
public sealed record ProcessedDocument(
    int Position,
    string Id,
    string Title,
    string Change,
    string Format,
    int Chunks,
    int Words,
    int? Pages,
    string? Language);

/// <summary>A document that could not be processed.</summary>
/// <param name="Position">Its place in the input, from 0.</param>
/// <param name="Id">The id that it would have.</param>
/// <param name="Code">Why: a code of <c>DocumentErrorCodes</c>, or one of <see cref="DocumentProcessingHandler"/>.</param>
/// <param name="Message">A sentence for who sent it.</param>
public sealed record DocumentProcessingError(int Position, string Id, string Code, string Message);
