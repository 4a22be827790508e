namespace Jobs.Documents.Analysis.Reports;

/// <summary>Renders a report as an HTML page of its own: no script, nothing loaded from elsewhere, light or dark as the reader's system is.</summary>
public static class ReportHtml
{
    private const string Style =
        ":root{color-scheme:light dark;--line:#d0d7de;--soft:#57606a;--back:#ffffff;--text:#1f2328}" +
        "@media (prefers-color-scheme:dark){:root{--line:#30363d;--soft:#9da7b1;--back:#0d1117;--text:#e6edf3}}" +
        "body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;background:var(--back);color:var(--text)}" +
        "table{border-collapse:collapse;width:100%;font-size:.94em}th,td{border:1px solid var(--line);padding:.4rem .6rem;text-align:left;vertical-align:top}td{overflow-wrap:anywhere;min-width:5.5rem}td:last-child{min-width:12rem}h1,h2,h3,p{overflow-wrap:anywhere}" +
        "blockquote{margin:.5rem 0;padding-left:.8rem;border-left:3px solid var(--line)}figure{margin:1rem 0;overflow-x:auto}small,figcaption,.meta{color:var(--soft)}svg{max-width:100%;height:auto}";

    /// <summary>The page.</summary>
    public static string Write(Report report)
    {
        var html = new MarkupWriter().Own("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Open("head").Empty("meta", ("charset", "utf-8"))
            .Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'"))
            .Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Element("title", report.Title).Open("style").Own(Style).Close().Close().Open("body");
        html.Element("h1", report.Title);
        WriteContents(html, report);
        html.Element("h2", "Key figures", ("id", "key-figures")).Open("table").Open("tbody");
        foreach (var (name, value) in ReportNames.FiguresOf(report))
        {
            html.Open("tr").Element("th", name, ("scope", "row")).Element("td", value).Close();
        }

        html.Close().Close();
        WriteSummaries(html, report);
        WriteGaps(html, report);
        WriteRisks(html, report);
        html.Element("h2", "Method", ("id", "method")).Element("p", report.Method);
        foreach (var method in report.Gaps.Select(gap => gap.Method).Append(report.Risks?.Method).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            html.Element("p", method);
        }

        return html.Close().Close().ToString() + "\n";
    }

    private static void WriteContents(MarkupWriter html, Report report)
    {
        html.Open("nav", ("aria-label", "Contents")).Open("ul");
        Entry("key-figures", "Key figures");
        Entry("summaries", "Summaries");
        if (report.Gaps.Count > 0)
        {
            Entry("coverage", "Coverage");
        }

        if (report.Risks is not null)
        {
            Entry("risks", "Risks");
        }

        Entry("method", "Method");
        html.Close().Close();

        void Entry(string id, string name) => html.Open("li").Element("a", name, ("href", "#" + id)).Close();
    }

    private static void WriteSummaries(MarkupWriter html, Report report)
    {
        html.Element("h2", "Summaries", ("id", "summaries"));
        if (report.Documents.Count > 0)
        {
            html.Open("figure").Own(ReportCharts.WordBars(report)).Close();
        }

        foreach (var document in report.Documents)
        {
            html.Element("h3", document.Name);
            html.Element("p", $"{document.Format}, {ReportNames.Plain(document.Words)} words" + (document.Pages is { } pages ? $", {ReportNames.Plain(pages)} pages" : "") + (document.Language is { } language ? $", language {language}" : ""), ("class", "meta"));
            foreach (var sentence in document.Summary)
            {
                html.Element("blockquote", sentence.Quote);
            }
        }
    }

    private static void WriteGaps(MarkupWriter html, Report report)
    {
        if (report.Gaps.Count == 0)
        {
            return;
        }

        html.Element("h2", "Coverage", ("id", "coverage")).Open("figure").Own(ReportCharts.CoverageBars(report)).Close();
        foreach (var gap in report.Gaps)
        {
            html.Element("h3", report.NameOf(gap.Document)).Open("table");
            Head(html, "Requirement", "Status", "Reason", "Evidence");
            foreach (var finding in gap.Findings)
            {
                html.Open("tr").Element("td", finding.Requirement).Element("td", ReportNames.NameOf(finding.Status)).Element("td", finding.Reason).Open("td");
                foreach (var evidence in finding.Evidence)
                {
                    Quote(html, report, evidence);
                }

                html.Close().Close();
            }

            html.Close().Close();
        }
    }

    private static void WriteRisks(MarkupWriter html, Report report)
    {
        if (report.Risks is not { } risks)
        {
            return;
        }

        html.Element("h2", "Risks", ("id", "risks"));
        if (risks.Findings.Count == 0)
        {
            html.Element("p", "No risks were found.");
            return;
        }

        html.Open("figure").Own(ReportCharts.RiskMatrix(risks)).Close().Open("table");
        Head(html, "Score", "Category", "Likelihood", "Impact", "Evidence");
        foreach (var risk in risks.Findings)
        {
            html.Open("tr").Element("td", $"{ReportNames.Plain(risk.Score)} ({ReportCharts.LevelOf(risk.Score)})").Element("td", risk.Category);
            html.Element("td", ReportNames.Plain(risk.Likelihood)).Element("td", ReportNames.Plain(risk.Impact)).Open("td");
            Quote(html, report, risk.Evidence);
            html.Close().Close();
        }

        html.Close().Close();
    }

    private static void Head(MarkupWriter html, params ReadOnlySpan<string> names)
    {
        html.Open("thead").Open("tr");
        foreach (var name in names)
        {
            html.Element("th", name, ("scope", "col"));
        }

        html.Close().Close().Open("tbody");
    }

    private static void Quote(MarkupWriter html, Report report, Evidence evidence) =>
        html.Open("blockquote").Text(evidence.Quote).Empty("br").Element("small", report.PlaceOf(evidence)).Close();
}
