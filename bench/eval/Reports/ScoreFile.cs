using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Eval.Judging;

namespace Jobs.Eval.Reports;

/// <summary>Writes results for machines: <c>{at, isComplete, cases: [{name, kind, generator, outcome, seconds, why, said, usage}]}</c>.</summary>
internal static class ScoreFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(string path, IReadOnlyList<CaseResult> results, bool isComplete) => File.WriteAllTextAsync(
        path,
        JsonSerializer.Serialize(
            new
            {
                At = DateTimeOffset.UtcNow,
                IsComplete = isComplete,
                Cases = results.Select(result => new
                {
                    Name = result.Case,
                    result.Kind,
                    result.Generator,
                    Outcome = ScoreTable.Word(result.Verdict.Outcome),
                    Seconds = Math.Round(result.Took.TotalSeconds, 2),
                    result.Verdict.Why,
                    result.Notes.Said,
                    result.Notes.Usage,
                }),
            },
            Options) + "\n");
}
