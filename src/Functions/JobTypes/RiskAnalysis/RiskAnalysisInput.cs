using Jobs.Functions.JobTypes.ParseDocument;

namespace Jobs.Functions.JobTypes.RiskAnalysis;

/// <summary>The input of RISK_ANALYSIS: <c>{documents}</c>.</summary>
/// <param name="Documents">The documents.</param>
public sealed record RiskAnalysisInput(IReadOnlyList<DocumentReference?>? Documents);
