using System.Text.RegularExpressions;
using Jobs.Eval.Cases;
using Jobs.Eval.Checks;
using Jobs.Eval.Judging;
using Jobs.Eval.References;
using Jobs.Eval.Reports;

namespace Jobs.Functions.Tests.Evaluation;

public sealed class EvalCasesTests
{
    [Fact]
    public void Cases_are_at_least_40_of_both_kinds_with_names_of_their_own()
    {
        Assert.InRange(EvalCases.All.Count, 40, 200);
        Assert.InRange(EvalCases.All.Count(one => one is WidgetCase), EvalCases.All.Count * 2 / 5, EvalCases.All.Count * 3 / 5);
        Assert.Equal(EvalCases.All.Count, EvalCases.All.Select(one => one.Name).Distinct().Count());
    }

    [Fact]
    public void Every_check_is_used_and_every_case_has_one()
    {
        Assert.Equal(WidgetChecks.ByName.Keys.Order(), EvalCases.All.OfType<WidgetCase>().Select(one => one.Check).Distinct().Order());
        Assert.All(EvalCases.All.OfType<AgentCase>(), one => Assert.All(one.Runs, run => Assert.NotEmpty(run.Expect)));
        Assert.All(EvalCases.All.OfType<AgentCase>(), one => Assert.NotEmpty(one.Runs));
    }

    [Fact]
    public void Cases_that_the_offline_generators_cannot_build_are_a_third_and_have_a_reference() =>
        Assert.InRange(ReferenceGenerator.Cases.Count, (EvalCases.All.Count + 2) / 3, EvalCases.All.Count);

    [Fact]
    public void Refusal_in_a_case_names_what_the_case_is_about() =>
        Assert.All(EvalCases.All, one => Assert.Matches(new Regex(one.About, RegexOptions.IgnoreCase), $"{one.Prompt} {one.Name}"));

    [Fact]
    public void Score_counts_each_outcome_and_what_was_used()
    {
        CaseResult Result(string kind, Outcome outcome, double seconds, double tokens)
        {
            var notes = new CaseNotes();
            notes.Usage["inputTokens"] = tokens;
            return new("x", kind, "the generator", new(outcome, ""), TimeSpan.FromSeconds(seconds), notes);
        }

        var scores = ScoreTable.Scores([Result("widget", Outcome.Passed, 1, 10), Result("widget", Outcome.Broken, 2, 20), Result("agent", Outcome.Refused, 3, 30), Result("agent", Outcome.Wrong, 4, 40)]);

        Assert.Equal(
            [
                "  widgets: 1 of 2 passed, 0 wrong, 0 refused, 1 broken; 1.5 s each; used: inputTokens 30",
                "  agents: 0 of 2 passed, 1 wrong, 1 refused, 0 broken; 3.5 s each; used: inputTokens 70",
                "the generator: 1 of 4 passed, 1 wrong, 1 refused, 1 broken; 2.5 s each; used: inputTokens 100",
            ],
            scores);
    }
}
