using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Settings of a calculator: it has none.</summary>
public sealed record CalculatorSettings() : WidgetSettings(WidgetKind.Calculator)
{
    /// <inheritdoc/>
    public override bool IsValid() => true;
}

/// <summary>A calculator with the four operations and percent, for mouse, touch and keyboard.</summary>
public sealed class CalculatorTemplate : WidgetTemplate<CalculatorSettings>
{
    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Calculator;

    /// <inheritdoc/>
    public override string Noun => "a calculator";

    /// <inheritdoc/>
    public override string Folder => "calculator";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(("(?:pocket )?calculators?", 4), ("calculat(?:e|es|ing)|arithmetic|sums", 2));

    /// <inheritdoc/>
    protected override CalculatorSettings Read(PromptReader prompt, CalculatorSettings? current, DateTimeOffset now) => new();

    /// <inheritdoc/>
    protected override string Describe(CalculatorSettings settings) => "a calculator for the four operations and percent";
}
