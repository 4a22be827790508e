using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Turns prompts into a plan: a first prompt into a new one, each later prompt into a changed one.</summary>
public sealed class AgentPlanner(TimeProvider time)
{
    /// <summary>The plan for a request, or the question that comes first; the plan is null when that is which kind of agent it should be.</summary>
    /// <exception cref="GenerationException">Neither the prompt nor the answer asks for a kind that there is.</exception>
    public (AgentPlan? Plan, AgentPlan? Before, GenerationResult.Question? Question) Plan(GenerationRequest request)
    {
        var before = request.Current.Files.TryGetValue(AgentPlan.FileName, out var json) ? AgentPlan.FromJson(json) : null;
        if (before is null && request.Current.Files.Count > 0)
        {
            before = Conversation(request.Earlier).Aggregate((AgentPlan?)null, (earlier, said) => Apply(earlier, said).Plan);
        }

        var prompt = new AgentPrompt(request.Prompt, request.Answers, time.GetUtcNow());
        if (before is null && AgentKindChooser.Choose(prompt.Reader) is null && KindAnswerTo(prompt) is null)
        {
            return prompt.Open is { } question ? (null, null, question) : throw AgentKindQuestion.Unanswerable();
        }

        var (plan, open) = Apply(before, prompt);
        return (plan, before, open);
    }

    /// <summary>The kind that was answered when the prompt fitted none; null, and asked, when it was not answered, and null when the answer fits none either.</summary>
    private static AgentKind? KindAnswerTo(AgentPrompt prompt) =>
        prompt.Ask(AgentKindQuestion.Text, AgentKindQuestion.Choices, suggestion: null) is { } answer ? AgentKindQuestion.KindOf(answer) : null;

    /// <summary>The plan after a prompt and the question that it leaves open; the plan stays as it is, or absent, where the prompt asks for no kind that there is.</summary>
    private static (AgentPlan? Plan, GenerationResult.Question? Open) Apply(AgentPlan? current, AgentPrompt prompt)
    {
        if ((current is null ? AgentKindChooser.Choose(prompt.Reader) ?? KindAnswerTo(prompt) : AgentKindChooser.Refine(prompt.Reader, current.Settings.Kind)) is not { } kind)
        {
            return (current, prompt.Open);
        }

        if (current is null && AgentKindChooser.Choose(prompt.Reader) is null
            && prompt.Ask(AgentKindQuestion.Text, AgentKindQuestion.Choices, suggestion: null) is { } said && AgentKindQuestion.IsMore(said))
        {
            prompt = prompt.With(said);
        }

        var settings = AgentKindChooser.TemplateOf(kind).Read(prompt, current?.Settings.Kind == kind ? current.Settings : null);
        return (new(prompt.Name ?? current?.Name, ScheduleReader.Find(prompt.Reader) ?? current?.Cron, settings), prompt.Open);
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
