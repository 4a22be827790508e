using Jobs.Domain.Generation;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>
/// Composes a working widget from a prompt by rules, without any model and without the network. It asks which date when a countdown has none, and which
/// kind when the prompt fits none; what it cannot do it says. The same request at the same time gives the same files.
/// </summary>
public sealed class OfflineWidgetGenerator(TimeProvider time) : IWidgetGenerator
{
    /// <summary>Asked for a countdown without a date.</summary>
    internal const string DateQuestion = "Which date should it count down to?";

    /// <summary>The answer that leaves the date to whoever sees the countdown.</summary>
    internal const string VisitorsChoice = "Let the visitor choose";

    private readonly WidgetPlanner _planner = new(time);

    /// <inheritdoc/>
    public string Name => "the offline generator";

    /// <inheritdoc/>
    public Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (plan, before) = _planner.Plan(request);
        if (plan is null)
        {
            return Task.FromResult<GenerationResult>(new GenerationResult.Question(KindQuestion.Text, KindQuestion.Choices));
        }

        if (plan.Settings is CountdownSettings { Target: CountdownTarget.Chosen } countdown && before?.Settings is not CountdownSettings)
        {
            // A countdown that was built once without a date keeps having none: its owner said so.
            if (request.Answers.FirstOrDefault(answered => answered.Question == DateQuestion) is not { } date)
            {
                return Task.FromResult<GenerationResult>(new GenerationResult.Question(DateQuestion, ["New Year", "Christmas", VisitorsChoice], VisitorsChoice));
            }

            plan = WithDate(plan, countdown, date.Answer);
        }

        var template = KindChooser.TemplateOf(plan.Settings.Kind);
        progress.Report($"Planning {template.Noun} (offline generator)");

        cancellationToken.ThrowIfCancellationRequested();
        var files = WidgetWriter.Write(plan, template);
        progress.Report($"Writing {files.Count} files (offline generator)");

        return Task.FromResult<GenerationResult>(new GenerationResult.Files(files, Summary(request, plan, before, template)));
    }

    /// <summary>What was done, and what of the prompt was not.</summary>
    private static string Summary(GenerationRequest request, WidgetPlan plan, WidgetPlan? before, WidgetTemplate template)
    {
        var what = $"{template.Describe(plan.Settings)}, titled \"{plan.Title}\".";
        var done = request.Current.Files.Count == 0 ? $"The offline generator built {what}"
            // Compared as they are written: records compare lists by reference.
            : before?.ToJson() == plan.ToJson() ? $"The offline generator found nothing in the prompt that it can change; the widget is still {what}"
            : $"The offline generator changed the widget, now {what}";
        var unmet = UnmetWishes.Of(new PromptReader(request.Prompt), plan.Settings.Kind);
        return unmet.Count == 0 ? done : $"{done} It cannot offer what else was asked for: {string.Join("; ", unmet)}.";
    }

    private WidgetPlan WithDate(WidgetPlan plan, CountdownSettings countdown, string answer)
    {
        if (CountdownReader.Find(new PromptReader(answer), time.GetUtcNow()) is not var (target, label))
        {
            return plan;
        }

        var dated = countdown with { Target = target, Label = countdown.Label.Length > 0 ? countdown.Label : label };
        var title = plan.TitleIsGiven ? null : KindChooser.TemplateOf(WidgetKind.Countdown).TitleOf(dated);
        return plan with { Settings = dated, Title = title is null ? plan.Title : PromptReader.CleanTitle(title) };
    }
}
