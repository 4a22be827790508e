using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Jobs.Generation.Offline.Widgets;

namespace Jobs.Generation.Tests;

/// <summary>A widget that the offline generator built, through its port, from one prompt or several; a question gets its default, the one about the kind a card.</summary>
internal sealed record GeneratedWidget(SourceFiles Files, WidgetPlan Plan, string Summary, IReadOnlyList<string> Progress)
{
    /// <summary>A Sunday.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 30, 0, TimeSpan.Zero);

    /// <summary>What the widget is called where a test does not say.</summary>
    public const string DefaultName = "My widget";

    public static GeneratedWidget From(params string[] prompts)
    {
        GeneratedWidget? widget = null;
        for (var i = 0; i < prompts.Length; i++)
        {
            widget = Build(new(DefaultName, null, prompts[i], [], [.. prompts[..i].Select(Asked)], widget?.Files ?? SourceFiles.Empty) { Workbench = new NoWorkbench() });
        }

        return widget ?? throw new ArgumentException("No prompt.", nameof(prompts));
    }

    /// <summary>The message that asked for an earlier build.</summary>
    public static ChatMessage Asked(string prompt) =>
        new() { JobId = "job_1_000000000000", Number = ChatMessage.PromptNumber, Kind = ChatMessageKind.Prompt, Content = prompt, CreatedAt = Now };

    public static GeneratedWidget Build(GenerationRequest request)
    {
        var progress = new RecordedProgress();
        var result = Generate(request, progress);
        while (result is GenerationResult.Question question)
        {
            Assert.DoesNotContain(request.Answers, answered => answered.Question == question.Text);
            request = request with { Answers = [.. request.Answers, new(question.Text, question.Text == KindQuestion.Text ? "a card" : question.Default!)] };
            result = Generate(request, progress);
        }

        var answer = Assert.IsType<GenerationResult.Files>(result);
        Assert.True(SourceFiles.TryCreate(answer.Content, out var files, out var error), error);
        var plan = WidgetPlan.FromJson(files.Files[WidgetPlan.FileName]);
        Assert.NotNull(plan);
        return new(files, plan, answer.Summary, progress.Messages);
    }

    public static GenerationResult Generate(GenerationRequest request, IProgress<string>? progress = null) =>
        new OfflineWidgetGenerator(new FixedTime()).GenerateAsync(request, progress ?? new RecordedProgress(), CancellationToken.None).GetAwaiter().GetResult();

    public WidgetKind Kind => Plan.Settings.Kind;

    public T Settings<T>()
        where T : WidgetSettings => Assert.IsType<T>(Plan.Settings);

    private sealed class RecordedProgress : IProgress<string>
    {
        public List<string> Messages { get; } = [];

        public void Report(string value) => Messages.Add(value);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
