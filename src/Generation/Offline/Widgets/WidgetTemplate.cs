using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>
/// One kind of widget: the words that ask for it, how its settings are read from a prompt, and where its source files are. These are constants: what
/// a prompt says reaches them only through <c>src/config.ts</c>, whose value <see cref="WidgetWriter"/> writes.
/// </summary>
public abstract class WidgetTemplate
{
    /// <summary>The kind.</summary>
    public abstract WidgetKind Kind { get; }

    /// <summary>What messages call it, with its article: "a countdown".</summary>
    public abstract string Noun { get; }

    /// <summary>The phrases that ask for this kind, each with its weight: 5 leaves no doubt, 1 is a hint.</summary>
    public abstract IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; }

    /// <summary>The folder of <see cref="WidgetFiles"/> that holds its source files.</summary>
    public abstract string Folder { get; }

    /// <summary>Settings from a prompt; with settings from before, those with the changes that the prompt asks for.</summary>
    public abstract WidgetSettings Read(PromptReader prompt, WidgetSettings? current, DateTimeOffset now);

    /// <summary>A title that the settings suggest, or null when they do not.</summary>
    public abstract string? TitleOf(WidgetSettings settings);

    /// <summary>What was built, for the summary: "a poll with 3 options".</summary>
    public abstract string Describe(WidgetSettings settings);

    /// <summary>Phrases with weights.</summary>
    protected static (PromptPattern Phrase, int Weight)[] Phrases(params (string Pattern, int Weight)[] words) =>
        [.. words.Select(word => (new PromptPattern($@"\b(?:{word.Pattern})\b"), word.Weight))];

    /// <summary>"1 plan", "2 plans".</summary>
    protected static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}

/// <summary>A template whose settings have the type <typeparamref name="TSettings"/>.</summary>
public abstract class WidgetTemplate<TSettings> : WidgetTemplate
    where TSettings : WidgetSettings
{
    /// <inheritdoc/>
    public sealed override WidgetSettings Read(PromptReader prompt, WidgetSettings? current, DateTimeOffset now) => Read(prompt, current as TSettings, now);

    /// <inheritdoc/>
    public sealed override string? TitleOf(WidgetSettings settings) => TitleOf((TSettings)settings);

    /// <inheritdoc/>
    public sealed override string Describe(WidgetSettings settings) => Describe((TSettings)settings);

    /// <inheritdoc cref="Read(PromptReader, WidgetSettings?, DateTimeOffset)"/>
    protected abstract TSettings Read(PromptReader prompt, TSettings? current, DateTimeOffset now);

    /// <inheritdoc cref="TitleOf(WidgetSettings)"/>
    protected virtual string? TitleOf(TSettings settings) => null;

    /// <inheritdoc cref="Describe(WidgetSettings)"/>
    protected virtual string Describe(TSettings settings) => Noun;
}
