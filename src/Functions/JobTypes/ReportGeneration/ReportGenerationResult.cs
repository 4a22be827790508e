using Jobs.Documents.Analysis.Reports;
using Jobs.Functions.Work;

namespace Jobs.Functions.JobTypes.ReportGeneration;

/// <summary>A report.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Method">How it was made.</param>
/// <param name="Figures">Its figures.</param>
/// <param name="Documents">The documents, each with the sentences that stand for it.</param>
/// <param name="Markdown">The report in Markdown (CommonMark with tables), without charts.</param>
/// <param name="Html">The report as an HTML page of its own with its charts, without script, which loads nothing.</param>
/// <param name="Charts">The charts that the page has.</param>
/// <param name="Files">The renderings and the charts once more, as files: <c>report.md</c>, <c>report.html</c>, and an SVG of each chart's name.</param>
public sealed record ReportGenerationResult(
    string Title,
    string Method,
    ReportFigures Figures,
    IReadOnlyList<ReportDocument> Documents,
    string Markdown,
    string Html,
    IReadOnlyList<ReportChart> Charts,
    IReadOnlyList<WorkFile> Files)
{
    /// <summary>The result of a report, before its files are kept.</summary>
    public static ReportGenerationResult Of(Report report)
    {
        var charts = new List<ReportChart> { new("words", ReportCharts.WordBars(report)) };
        if (report.Gaps.Count > 0)
        {
            charts.Add(new("coverage", ReportCharts.CoverageBars(report)));
        }

        if (report.Risks is { Findings.Count: > 0 } risks)
        {
            charts.Add(new("risks", ReportCharts.RiskMatrix(risks)));
        }

        return new ReportGenerationResult(report.Title, report.Method, report.Figures, report.Documents, ReportMarkdown.Write(report), ReportHtml.Write(report), charts, Files: []);
    }
}

/// <summary>A chart of a report.</summary>
/// <param name="Name"><c>words</c>, <c>coverage</c> or <c>risks</c>.</param>
/// <param name="Svg">The chart as SVG: valid XML without script, whose colours go with a light and a dark page.</param>
public sealed record ReportChart(string Name, string Svg);
