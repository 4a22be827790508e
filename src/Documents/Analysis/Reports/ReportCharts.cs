using System.Globalization;

namespace Jobs.Documents.Analysis.Reports;

/// <summary>A report's charts as SVG: valid XML without script, whose colours go with a light and a dark page.</summary>
public static class ReportCharts
{
    private const int Cell = 56;
    private const int Left = 56;
    private const int Top = 16;
    private const int Width = 360;
    private const int Row = 34;
    private const int Names = 180;

    private const string Style =
        "text{font:13px system-ui,sans-serif;fill:#1f2328}.grid{stroke:#fff;stroke-width:2}.low{fill:#b7e1c0}.medium{fill:#fbe6a2}.high{fill:#f7c08a}.critical{fill:#f2a09a}" +
        ".covered{fill:#2f8f4e}.partial{fill:#c98a0c}.missing{fill:#c8413a}.words{fill:#4a7fb5}.count{font-weight:600;text-anchor:middle}.middle{text-anchor:middle}.end{text-anchor:end}" +
        "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#0d1117}.low{fill:#1f5a33}.medium{fill:#6b5510}.high{fill:#7a4516}.critical{fill:#86302b}" +
        ".covered{fill:#3fb368}.partial{fill:#e0a83a}.missing{fill:#ec6a61}.words{fill:#6fa3d8}}";

    /// <summary>How many words each document has.</summary>
    public static string WordBars(Report report)
    {
        var svg = Begin(Names + Width + 90, (report.Documents.Count * Row) + 16, "Words by document");
        var most = Math.Max(1, report.Documents.Max(document => document.Words));
        for (var i = 0; i < report.Documents.Count; i++)
        {
            var document = report.Documents[i];
            var y = 8 + (i * Row);
            svg.Element("text", Shortened(document.Name), ("x", Names - 10), ("y", y + 17), ("class", "end"));
            var width = Math.Round((double)Width * document.Words / most, 2);
            svg.Empty("rect", ("x", Names), ("y", y), ("width", width), ("height", Row - 10), ("class", "words"));
            svg.Element("text", Plain(document.Words), ("x", Names + width + 8), ("y", y + 17));
        }

        return svg.Close().ToString();
    }

    /// <summary>How many risks there are of each likelihood and impact.</summary>
    public static string RiskMatrix(RiskResult risks)
    {
        var counts = risks.Findings.CountBy(finding => (finding.Likelihood, finding.Impact)).ToDictionary();
        var svg = Begin(Left + (5 * Cell) + 16, Top + (5 * Cell) + 48, "Risks by likelihood and impact");
        for (var likelihood = RiskAnalysis.Highest; likelihood >= 1; likelihood--)
        {
            var y = Top + ((RiskAnalysis.Highest - likelihood) * Cell);
            svg.Element("text", Plain(likelihood), ("x", Left - 10), ("y", y + (Cell / 2) + 5), ("class", "end"));
            for (var impact = 1; impact <= RiskAnalysis.Highest; impact++)
            {
                var x = Left + ((impact - 1) * Cell);
                svg.Empty("rect", ("x", x), ("y", y), ("width", Cell), ("height", Cell), ("class", "grid " + LevelOf(likelihood * impact)));
                if (counts.TryGetValue((likelihood, impact), out var count))
                {
                    svg.Element("text", Plain(count), ("x", x + (Cell / 2)), ("y", y + (Cell / 2) + 5), ("class", "count"));
                }
            }
        }

        var bottom = Top + (5 * Cell);
        for (var impact = 1; impact <= RiskAnalysis.Highest; impact++)
        {
            svg.Element("text", Plain(impact), ("x", Left + ((impact - 1) * Cell) + (Cell / 2)), ("y", bottom + 18), ("class", "middle"));
        }

        svg.Element("text", "Impact", ("x", Left + (5 * Cell / 2)), ("y", bottom + 38), ("class", "middle"));
        svg.Element("text", "Likelihood", ("transform", $"translate(16 {Plain(Top + (5 * Cell / 2))}) rotate(-90)"), ("class", "middle"));
        return svg.Close().ToString();
    }

    /// <summary>How many requirements each document covers, wholly, in part and not.</summary>
    public static string CoverageBars(Report report)
    {
        var svg = Begin(Names + Width + 60, (report.Gaps.Count * Row) + 44, "Coverage of requirements by document");
        for (var i = 0; i < report.Gaps.Count; i++)
        {
            var gap = report.Gaps[i];
            var y = 8 + (i * Row);
            svg.Element("text", Shortened(report.NameOf(gap.Document)), ("x", Names - 10), ("y", y + 17), ("class", "end"));
            var x = (double)Names;
            foreach (var (count, name) in new[] { (gap.Covered, "covered"), (gap.Partial, "partial"), (gap.Missing, "missing") })
            {
                var width = gap.Findings.Count == 0 ? 0 : Math.Round((double)Width * count / gap.Findings.Count, 2);
                if (count > 0)
                {
                    svg.Open("rect", ("x", x), ("y", y), ("width", width), ("height", Row - 10), ("class", name)).Element("title", $"{Plain(count)} {name}").Close();
                }

                x = Math.Round(x + width, 2);
            }

            svg.Element("text", $"{Plain(gap.Covered)}/{Plain(gap.Findings.Count)}", ("x", Names + Width + 8), ("y", y + 17));
        }

        var legend = 8 + (report.Gaps.Count * Row) + 8;
        foreach (var (name, index) in new[] { ("covered", 0), ("partial", 1), ("missing", 2) })
        {
            svg.Empty("rect", ("x", Names + (index * 110)), ("y", legend), ("width", 14), ("height", 14), ("class", name));
            svg.Element("text", name, ("x", Names + (index * 110) + 20), ("y", legend + 12));
        }

        return svg.Close().ToString();
    }

    /// <summary>What a score of likelihood times impact is called.</summary>
    internal static string LevelOf(int score) => score switch
    {
        >= 16 => "critical",
        >= 10 => "high",
        >= 5 => "medium",
        _ => "low",
    };

    private static MarkupWriter Begin(int width, int height, string title) => new MarkupWriter()
        .Open("svg", ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", $"0 0 {Plain(width)} {Plain(height)}"), ("width", width), ("height", height), ("role", "img"), ("aria-label", title))
        .Element("title", title).Element("style", Style);

    private static string Shortened(string name) => name.Length <= 24 ? name : string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[22]) ? 22 : 23), "\u2026");

    private static string Plain(int number) => number.ToString(CultureInfo.InvariantCulture);
}
