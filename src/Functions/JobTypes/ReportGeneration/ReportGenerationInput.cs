using Jobs.Functions.JobTypes.ParseDocument;

namespace Jobs.Functions.JobTypes.ReportGeneration;

/// <summary>The input of REPORT_GENERATION: <c>{title?, documents?, jobs?}</c>, at least one document or job.</summary>
/// <param name="Title">The report's title; "Report" where it is left out.</param>
/// <param name="Documents">Documents to report on.</param>
/// <param name="Jobs">Earlier jobs of the same user, of the other types that read documents, whose documents and results are reported on.</param>
public sealed record ReportGenerationInput(string? Title, IReadOnlyList<DocumentReference?>? Documents, IReadOnlyList<string?>? Jobs);
