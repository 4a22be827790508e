using System.Text;

namespace Jobs.Documents.Analysis.Reports;

/// <summary>Renders a report in Markdown (CommonMark with tables). What others wrote is escaped: it is text, never markup.</summary>
public static class ReportMarkdown
{
    private const string Special = "\\`*_{}[]()#+-.!|&~$:@=";

    /// <summary>The report. Its charts are for the rendering in HTML; here the tables say the same.</summary>
    public static string Write(Report report)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(Escape(report.Title)).Append("\n\n## Contents\n\n- [Key figures](#key-figures)\n- [Summaries](#summaries)\n");
        text.Append(report.Gaps.Count > 0 ? "- [Coverage](#coverage)\n" : "").Append(report.Risks is not null ? "- [Risks](#risks)\n" : "").Append("- [Method](#method)\n");
        text.Append("\n## Key figures\n\n| Figure | Value |\n|---|---|\n");
        foreach (var (name, value) in ReportNames.FiguresOf(report))
        {
            text.Append("| ").Append(name).Append(" | ").Append(value).Append(" |\n");
        }

        text.Append("\n## Summaries\n");
        foreach (var document in report.Documents)
        {
            text.Append("\n### ").Append(Escape(document.Name)).Append("\n\n").Append(Escape(document.Format)).Append(", ").Append(ReportNames.Plain(document.Words)).Append(" words");
            text.Append(document.Pages is { } pages ? $", {ReportNames.Plain(pages)} pages" : "").Append(document.Language is { } language ? $", language {Escape(language)}" : "").Append("\n\n");
            foreach (var sentence in document.Summary)
            {
                text.Append("> ").Append(Escape(sentence.Quote)).Append("\n>\n");
            }
        }

        WriteGaps(text, report);
        WriteRisks(text, report);
        text.Append("\n## Method\n\n").Append(Escape(report.Method)).Append('\n');
        foreach (var method in report.Gaps.Select(gap => gap.Method).Append(report.Risks?.Method).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            text.Append('\n').Append(Escape(method)).Append('\n');
        }

        return text.ToString();
    }

    private static void WriteGaps(StringBuilder text, Report report)
    {
        text.Append(report.Gaps.Count > 0 ? "\n## Coverage\n" : "");
        foreach (var gap in report.Gaps)
        {
            text.Append("\n### ").Append(Escape(report.NameOf(gap.Document))).Append("\n\n| Requirement | Status | Reason | Evidence |\n|---|---|---|---|\n");
            foreach (var finding in gap.Findings)
            {
                text.Append("| ").Append(Escape(finding.Requirement)).Append(" | ").Append(ReportNames.NameOf(finding.Status)).Append(" | ").Append(Escape(finding.Reason)).Append(" | ");
                text.AppendJoin("<br>", finding.Evidence.Select(evidence => $"\u201C{Escape(evidence.Quote)}\u201D ({Escape(report.PlaceOf(evidence))})")).Append(" |\n");
            }
        }
    }

    private static void WriteRisks(StringBuilder text, Report report)
    {
        if (report.Risks is not { } risks)
        {
            return;
        }

        text.Append("\n## Risks\n\n").Append(risks.Findings.Count == 0 ? "No risks were found.\n" : "| Score | Category | Likelihood | Impact | Evidence |\n|---|---|---|---|---|\n");
        foreach (var risk in risks.Findings)
        {
            text.Append("| ").Append(ReportNames.Plain(risk.Score)).Append(" | ").Append(Escape(risk.Category)).Append(" | ").Append(ReportNames.Plain(risk.Likelihood)).Append(" | ");
            text.Append(ReportNames.Plain(risk.Impact)).Append(" | \u201C").Append(Escape(risk.Evidence.Quote)).Append("\u201D (").Append(Escape(report.PlaceOf(risk.Evidence))).Append(") |\n");
        }
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (Special.Contains(character))
            {
                escaped.Append('\\');
            }

            // A line of its own could begin a list, a heading or code; a tag would be one wherever Markdown is shown without escapes.
            _ = character switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                _ => escaped.Append(char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character),
            };
        }

        return escaped.ToString();
    }
}
