namespace Jobs.Functions.JobTypes.BatchEmbedding;

/// <summary>What batch embedding did.</summary>
/// <param name="DocumentsEmbedded">Documents that have vectors now and had none of this content before.</param>
/// <param name="DocumentsUnchanged">Documents that had them.</param>
/// <param name="DocumentsLeft">Documents that are for another job: this one has as many as it may.</param>
/// <param name="ChunksEmbedded">Chunks of the embedded documents.</param>
/// <param name="Errors">Documents that could not be embedded.</param>
/// <param name="Method">What made the vectors.</param>
/// <param name="Dimensions">How many numbers a vector has.</param>
public sealed record BatchEmbeddingResult(int DocumentsEmbedded, int DocumentsUnchanged, int DocumentsLeft, int ChunksEmbedded, int Errors, string Method, int Dimensions);

/// <summary>A document, or a part of a long one, that was embedded.</summary>
/// <param name="Id">The document's id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Part">The number of the part, from 0.</param>
/// <param name="Parts">How many parts the document has.</param>
/// <param name="Chunks">How many chunks the part has.</param>
/// <param name="Artifact">The JSONL artifact that has them, one a line, with their vectors; it may have those of other documents too.</param>
public sealed record EmbeddedDocument(string Id, string Title, int Part, int Parts, int Chunks, string Artifact);

/// <summary>A document that could not be embedded.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Code">Why: one of <see cref="BatchEmbeddingHandler"/>.</param>
/// <param name="Message">A sentence for who asked.</param>
public sealed record EmbeddingError(string Id, string Code, string Message);
