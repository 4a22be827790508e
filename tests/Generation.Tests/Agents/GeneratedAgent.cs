using System.Text.Json;
using Jobs.Domain.Agents;
using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Jobs.Generation.Offline.Agents;

namespace Jobs.Generation.Tests.Agents;

/// <summary>An agent that the offline generator built, through its port, from one prompt or several; questions are answered as the builder is told.</summary>
internal sealed record GeneratedAgent(SourceFiles Files, AgentPlan Plan, AgentManifest Manifest, string Summary, IReadOnlyList<AnsweredQuestion> Asked)
{
    /// <summary>A Sunday.</summary>
    public static readonly DateTimeOffset Now = GeneratedWidget.Now;

    /// <summary>What the agent is called where a test does not say.</summary>
    public const string DefaultName = "My agent";

    /// <summary>Its modules by path.</summary>
    public IReadOnlyDictionary<string, string> Modules => Files.Files.Where(file => file.Key.EndsWith(".ts", StringComparison.Ordinal)).ToDictionary();

    /// <summary>All its modules, one after the other.</summary>
    public string Code => string.Concat(Modules.OrderBy(module => module.Key, StringComparer.Ordinal).Select(module => module.Value));

    public string Readme => Files.Files["README.md"];

    public AgentKind Kind => Plan.Settings.Kind;

    /// <summary>Questions get their default, or the first choice where there is none.</summary>
    public static GeneratedAgent From(params string[] prompts) => Answering(question => question.Default ?? question.Choices.FirstOrDefault() ?? "", prompts);

    /// <summary>Each question gets what <paramref name="answer"/> makes of it.</summary>
    public static GeneratedAgent Answering(Func<GenerationResult.Question, string> answer, params string[] prompts)
    {
        GeneratedAgent? agent = null;
        for (var i = 0; i < prompts.Length; i++)
        {
            agent = Build(new(DefaultName, null, prompts[i], [], [.. prompts[..i].Select(GeneratedWidget.Asked)], agent?.Files ?? SourceFiles.Empty) { Workbench = new NoWorkbench() }, answer);
        }

        return agent ?? throw new ArgumentException("No prompt.", nameof(prompts));
    }

    public static GeneratedAgent Build(GenerationRequest request, Func<GenerationResult.Question, string> answer)
    {
        while (true)
        {
            switch (Generate(request))
            {
                case GenerationResult.Question question:
                    AssertAskable(question);
                    Assert.True(request.Answers.Count < AgentPrompt.MaxQuestions, "One question too many.");
                    Assert.DoesNotContain(request.Answers, earlier => earlier.Question == question.Text);
                    request = request with { Answers = [.. request.Answers, new(question.Text, answer(question))] };
                    continue;

                case GenerationResult.Files answered:
                    return Read(answered, request.Answers);
            }
        }
    }

    public static GenerationResult Generate(GenerationRequest request) =>
        new OfflineAgentGenerator(new FixedTime()).GenerateAsync(request, new Progress<string>(), CancellationToken.None).GetAwaiter().GetResult();

    public static GenerationRequest Request(string prompt, params AnsweredQuestion[] answers) => new(DefaultName, null, prompt, answers, [], SourceFiles.Empty) { Workbench = new NoWorkbench() };

    private static GeneratedAgent Read(GenerationResult.Files answer, IReadOnlyList<AnsweredQuestion> asked)
    {
        Assert.True(SourceFiles.TryCreate(answer.Content, out var files, out var error), error);
        Assert.Equal(["README.md", "agent.json", "plan.json"], files.Files.Keys.Where(path => !path.StartsWith("functions/", StringComparison.Ordinal)));
        Assert.Superset(new HashSet<string> { "functions/main.ts", "functions/config.ts" }, files.Files.Keys.ToHashSet());
        var manifest = JsonSerializer.Deserialize<AgentManifest>(files.Files["agent.json"], JsonSerializerOptions.Web);
        Assert.NotNull(manifest);
        var plan = AgentPlan.FromJson(files.Files[AgentPlan.FileName]);
        Assert.NotNull(plan);
        Assert.Contains("ffline generator", answer.Summary, StringComparison.Ordinal);
        Assert.InRange(answer.Summary.Length, 1, ChatMessage.MaxResultLength);
        return new(files, plan, manifest, answer.Summary, asked);
    }

    private static void AssertAskable(GenerationResult.Question question)
    {
        Assert.InRange(question.Text.Length, 1, ChatMessage.MaxQuestionLength);
        Assert.InRange(question.Choices.Count, 0, ChatMessage.MaxChoices);
        Assert.All(question.Choices, choice => Assert.InRange(choice.Length, 1, ChatMessage.MaxQuestionLength));
        Assert.True(question.Default is null || question.Choices.Contains(question.Default));
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
