using System.Text.Json;

namespace Jobs.Local.Commands;

/// <summary>What a demo of a report gave.</summary>
/// <param name="Gaps">The result of comparing the agreement with the requirements.</param>
/// <param name="Risks">The result of looking for risks.</param>
/// <param name="Report">The report.</param>
/// <param name="Files">Where it lies, as full paths; the page is the first.</param>
/// <param name="Took">From the first request to the end of the report.</param>
internal sealed record ReportDemoResult(JsonElement Gaps, JsonElement Risks, JsonElement Report, IReadOnlyList<string> Files, TimeSpan Took)
{
    /// <summary>How many requirements are met how, one line for each that is not, and the highest risks.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"Of the requirements {Gaps.GetProperty("covered")} are covered, {Gaps.GetProperty("partial")} in part, {Gaps.GetProperty("missing")} not.";
        foreach (var finding in Gaps.GetProperty("findings").EnumerateArray().Where(finding => DemoApi.Text(finding, "status") != "covered"))
        {
            yield return $"  {DemoApi.Text(finding, "status")}: {DemoApi.Text(finding, "requirement")}";
        }

        yield return $"Risks found: {Risks.GetProperty("found")}.";
        foreach (var finding in Risks.GetProperty("findings").EnumerateArray())
        {
            yield return $"  {finding.GetProperty("score")} ({DemoApi.Text(finding, "category")}): {DemoApi.Text(finding.GetProperty("evidence"), "quote")}";
        }
    }
}
