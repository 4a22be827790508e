using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Turns prompts into a plan: a first prompt into a new one, each later prompt into a changed one.</summary>
public sealed class AgentPlanner(TimeProvider time)
{
    /// <summary>The plan for a request, or the question that comes first.</summary>
    public (AgentPlan Plan, AgentPlan? Before, GenerationResult.Question? Question) Plan(GenerationRequest request)
    {
        var before = request.Current.Files.TryGetValue(AgentPlan.FileName, out var json) ? AgentPlan.FromJson(json) : null;
        if (before is null && request.Current.Files.Count > 0)
        {
            before = Conversation(request.Earlier).Aggregate((AgentPlan?)null, (earlier, said) => Apply(earlier, said));
        }

        var prompt = new AgentPrompt(request.Prompt, request.Answers, time.GetUtcNow());
        return (Apply(before, prompt), before, prompt.Open);
    }

    private static AgentPlan Apply(AgentPlan? current, AgentPrompt prompt)
    {
        var kind = current is null ? AgentKindChooser.Choose(prompt.Reader) : AgentKindChooser.Refine(prompt.Reader, current.Settings.Kind);
        var settings = AgentKindChooser.TemplateOf(kind).Read(prompt, current?.Settings.Kind == kind ? current.Settings : null);
        return new(prompt.Name ?? current?.Name, ScheduleReader.Find(prompt.Reader) ?? current?.Cron, settings);
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
