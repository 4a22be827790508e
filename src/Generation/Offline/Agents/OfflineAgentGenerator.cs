using Jobs.Domain.Generation;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>
/// Composes a working agent from a prompt by rules, without any model and without the network. It asks when the prompt leaves a choice that matters, or when no
/// kind fits it; it builds nothing else in its place, and says which wishes the kind cannot meet. The same request at the same time gives the same answer.
/// </summary>
public sealed class OfflineAgentGenerator(TimeProvider time) : IAgentGenerator
{
    private readonly AgentPlanner _planner = new(time);

    /// <inheritdoc/>
    public string Name => "the offline generator";

    /// <inheritdoc/>
    public Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (planned, before, prompt) = _planner.Plan(request);
        if (prompt.Open is { } question)
        {
            return Task.FromResult<GenerationResult>(question);
        }

        if (planned is not { } plan)
        {
            return Task.FromException<GenerationResult>(new GenerationException(AgentKindQuestion.Failure, isTransient: false));
        }

        var template = AgentKindChooser.TemplateOf(plan.Settings.Kind);
        progress.Report($"Planning {template.Noun} (offline generator)");

        cancellationToken.ThrowIfCancellationRequested();
        var parts = template.Write(plan.Settings);
        var name = plan.Name ?? (PromptReader.Clean(request.Name.Replace('\n', ' '), PromptReader.MaxTitleLength) is { Length: > 0 } given ? given : PromptReader.Capitalise(template.Noun[2..].TrimStart()));
        var files = AgentWriter.Write(plan, parts, name, request.Description);
        progress.Report($"Writing {files.Count} files (offline generator)");

        // Compared as they are written: records compare lists by reference.
        var start = before is null ? $"The offline generator built an agent that {parts.Does}."
            : before.ToJson() == plan.ToJson() ? $"The offline generator found nothing in the prompt that it can change; the agent still {parts.Does}."
            : $"The offline generator changed the agent, which now {parts.Does}.";
        IEnumerable<string> unmet = UnmetWishes.In(prompt.Reader, template.Kind) is { Count: > 0 } wishes
            ? [$"It does not {AgentTemplate.Enumerate(wishes, "or")}: the offline generator cannot build that into {template.Noun}."]
            : [];
        return Task.FromResult<GenerationResult>(new GenerationResult.Files(files, string.Join(' ', [start, .. unmet, .. parts.Notes, .. AgentWriter.ToDo(plan, parts)])));
    }
}
