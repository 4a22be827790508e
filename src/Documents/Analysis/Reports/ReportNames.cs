namespace Jobs.Documents.Analysis.Reports;

/// <summary>What the renderings of a report call things.</summary>
internal static class ReportNames
{
    /// <summary>What people call a document.</summary>
    public static string NameOf(this Report report, string document) => report.Documents.FirstOrDefault(described => described.Id == document)?.Name ?? document;

    /// <summary>Where a quote stands.</summary>
    public static string PlaceOf(this Report report, Evidence evidence) =>
        report.NameOf(evidence.Document) + (evidence.Heading is null ? "" : ", " + evidence.Heading) + (evidence.Page is null ? "" : FormattableString.Invariant($", page {evidence.Page}"));

    /// <summary>A status as it is shown.</summary>
    public static string NameOf(GapStatus status) => status switch
    {
        GapStatus.Covered => "covered",
        GapStatus.Partial => "partial",
        GapStatus.Missing => "missing",
    };

    /// <summary>The figures that a report begins with.</summary>
    public static IReadOnlyList<(string Name, string Value)> FiguresOf(Report report)
    {
        var figures = report.Figures;
        var named = new List<(string, string)> { ("Documents", Plain(figures.Documents)), ("Words", Plain(figures.Words)) };
        if (figures.Requirements > 0)
        {
            named.Add(("Requirements", Plain(figures.Requirements)));
            named.Add(("Covered", Plain(figures.Covered)));
            named.Add(("Partial", Plain(figures.Partial)));
            named.Add(("Missing", Plain(figures.Missing)));
        }

        if (report.Risks is not null)
        {
            named.Add(("Risks", Plain(figures.Risks)));
        }

        if (figures.HighestRisk is { } highest)
        {
            named.Add(("Highest risk score", $"{Plain(highest)} of 25"));
        }

        return named;
    }

    /// <summary>A number as it is written everywhere.</summary>
    public static string Plain(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
