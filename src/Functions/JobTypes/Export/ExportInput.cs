namespace Jobs.Functions.JobTypes.Export;

/// <summary>The input of an export: <c>{what, format}</c>.</summary>
/// <param name="What">Which rows: <c>documents</c>, <c>embeddings</c> or <c>jobs</c>.</param>
/// <param name="Format"><c>jsonl</c>, <c>csv</c> or <c>zip</c>, an archive with the rows as JSON Lines and a manifest.</param>
public sealed record ExportInput(string? What, string? Format);
