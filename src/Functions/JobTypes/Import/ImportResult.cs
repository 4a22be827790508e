namespace Jobs.Functions.JobTypes.Import;

/// <summary>What an import did.</summary>
/// <param name="DocumentsCreated">Documents that are new.</param>
/// <param name="DocumentsUpdated">Documents whose content was another before.</param>
/// <param name="DocumentsUnchanged">Documents that were there with this content already.</param>
/// <param name="Errors">Rows that were not imported.</param>
public sealed record ImportResult(int DocumentsCreated, int DocumentsUpdated, int DocumentsUnchanged, int Errors);

/// <summary>A document that was imported.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Line">The line on which its row begins, from 1.</param>
/// <param name="Title">Its title.</param>
/// <param name="Change"><c>created</c>, <c>updated</c> or <c>unchanged</c>.</param>
public sealed record ImportedItem(string Id, long Line, string Title, string Change);
