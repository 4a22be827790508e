using Jobs.Domain.Generation;

namespace Jobs.Functions.Generation;

/// <summary>
/// Composes a working widget from a prompt by rules, without any model and without the network. It never asks a question: what it does not
/// understand becomes a card. The same request at the same time gives the same files.
/// </summary>
public sealed class OfflineWidgetGenerator(TimeProvider time) : IWidgetGenerator
{
    private readonly WidgetPlanner _planner = new(time);

    /// <inheritdoc/>
    public string Name => "the offline generator";

    /// <inheritdoc/>
    public Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var plan = _planner.Plan(request);
        var template = KindChooser.TemplateOf(plan.Settings.Kind);
        progress.Report($"Planning {template.Noun} (offline generator)");

        cancellationToken.ThrowIfCancellationRequested();
        var files = WidgetWriter.Write(plan, template);
        progress.Report($"Writing {files.Count} files (offline generator)");

        var verb = request.Current.Files.Count > 0 ? "changed the widget, now" : "built";
        return Task.FromResult<GenerationResult>(new GenerationResult.Files(files, $"The offline generator {verb} {template.Describe(plan.Settings)}, titled \"{plan.Title}\"."));
    }
}
