using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Turns prompts into a plan: a first prompt into a new one, each later prompt into a changed one.</summary>
public sealed class AgentPlanner(TimeProvider time)
{
    /// <summary>What a request asks for.</summary>
    public AgentPlanning Plan(GenerationRequest request)
    {
        var before = request.Current.Files.TryGetValue(AgentPlan.FileName, out var json) ? AgentPlan.FromJson(json) : null;
        if (before is null && request.Current.Files.Count > 0)
        {
            before = Conversation(request.Earlier).Aggregate((AgentPlan?)null, (earlier, said) => Apply(earlier, said).Plan ?? earlier);
        }

        var (plan, prompt) = Apply(before, new(request.Prompt, request.Answers, time.GetUtcNow()));
        return new(plan, before, prompt);
    }

    /// <summary>The plan, and the prompt that it was read from; no plan when the prompt, with its answers, fits no kind.</summary>
    private static (AgentPlan? Plan, AgentPrompt Prompt) Apply(AgentPlan? current, AgentPrompt prompt)
    {
        var kind = current is null ? AgentKindChooser.Choose(prompt.Reader) : AgentKindChooser.Refine(prompt.Reader, current.Settings.Kind);
        if (kind is null)
        {
            (kind, prompt) = AgentKindQuestion.Ask(prompt);
        }

        if (kind is not { } known)
        {
            return (null, prompt);
        }

        var settings = AgentKindChooser.TemplateOf(known).Read(prompt, current?.Settings.Kind == known ? current.Settings : null);
        return (new(prompt.Name ?? current?.Name, ScheduleReader.Find(prompt.Reader) ?? current?.Cron, settings), prompt);
    }

    /// <summary>The prompts of earlier builds, each with the answers that were given to its questions.</summary>
    private IEnumerable<AgentPrompt> Conversation(IReadOnlyList<ChatMessage> messages)
    {
        foreach (var prompt in messages.Where(message => message.Kind is ChatMessageKind.Prompt))
        {
            var ofJob = messages.Where(message => message.JobId == prompt.JobId).ToList();
            var answers = from question in ofJob
                          where question.Kind is ChatMessageKind.Question
                          from answer in ofJob
                          where answer.Kind is ChatMessageKind.Answer && answer.Number == question.Number + 1
                          select new AnsweredQuestion(question.Content, answer.Content);
            yield return new(prompt.Content, [.. answers], time.GetUtcNow());
        }
    }
}

/// <summary>What a request asks for.</summary>
/// <param name="Plan">The plan; null when the prompt, with its answers, fits no kind.</param>
/// <param name="Before">The plan of the agent that is there; null when there is none.</param>
/// <param name="Prompt">The prompt as the plan was read from it; a question that is open in it comes first.</param>
public sealed record AgentPlanning(AgentPlan? Plan, AgentPlan? Before, AgentPrompt Prompt);
