using Jobs.Functions.Work;

namespace Jobs.Functions.JobTypes.Import;

/// <summary>The input of an import: <c>{format, content | uploadId}</c>.</summary>
/// <param name="Format"><c>jsonl</c> or <c>csv</c>.</param>
/// <param name="Content">The file, as far as it fits into a request.</param>
/// <param name="UploadId">Or a file that was sent ahead, of at most <see cref="WorkLimits.MaxUploadBytes"/> bytes.</param>
public sealed record ImportInput(string? Format, string? Content, string? UploadId);
