using System.Globalization;
using System.Text.RegularExpressions;
using Jobs.Eval.Judging;

namespace Jobs.Eval.Reports;

/// <summary>Writes results for people: a line per case as it is judged, and a score per generator and kind at the end.</summary>
internal static class ScoreTable
{
    private const int WhyLength = 150;

    public static string Header { get; } = string.Create(CultureInfo.InvariantCulture, $"{"case",-16} {"kind",-6} {"outcome",-7} {"seconds",7}  why");

    /// <summary>One case.</summary>
    public static string Row(CaseResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Case,-16} {result.Kind,-6} {Word(result.Verdict.Outcome),-7} {result.Took.TotalSeconds,7:0.0}  {OneLine(result.Verdict.Why)}").TrimEnd();

    /// <summary>A line for each generator, and above it one for each kind where it built several.</summary>
    public static IEnumerable<string> Scores(IReadOnlyList<CaseResult> results)
    {
        foreach (var generator in results.GroupBy(result => result.Generator))
        {
            var kinds = generator.GroupBy(result => result.Kind).ToList();
            foreach (var kind in kinds.Where(_ => kinds.Count > 1))
            {
                yield return Score($"  {kind.Key}s", [.. kind]);
            }

            yield return Score(generator.Key, [.. generator]);
        }
    }

    /// <summary>An outcome as the table and the file call it.</summary>
    public static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "passed",
        Outcome.Wrong => "wrong",
        Outcome.Refused => "refused",
        Outcome.Broken => "broken",
    };

    private static string Score(string name, IReadOnlyCollection<CaseResult> results)
    {
        int Count(Outcome outcome) => results.Count(result => result.Verdict.Outcome == outcome);
        var used = results.SelectMany(result => result.Notes.Usage).GroupBy(number => number.Key, number => number.Value)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{number.Key} {number.Sum():0.####}")).ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {Count(Outcome.Passed)} of {results.Count} passed, {Count(Outcome.Wrong)} wrong, {Count(Outcome.Refused)} refused, {Count(Outcome.Broken)} broken; {results.Average(result => result.Took.TotalSeconds):0.0} s each{(used.Count > 0 ? $"; used: {string.Join(", ", used)}" : "")}");
    }

    private static string OneLine(string text) => Regex.Replace(text, @"\s+", " ").Trim() is { Length: > WhyLength } line ? $"{line[..WhyLength]}…" : Regex.Replace(text, @"\s+", " ").Trim();
}
