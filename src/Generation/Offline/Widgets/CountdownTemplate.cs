using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Settings of a countdown.</summary>
/// <param name="Target">What it runs to.</param>
/// <param name="Label">What that is called; may be empty.</param>
public sealed record CountdownSettings(CountdownTarget Target, string Label) : WidgetSettings(WidgetKind.Countdown)
{
    /// <inheritdoc/>
    public override bool IsValid() => Target.IsValid() && Fit([Label]);
}

/// <summary>The time left until a moment, or a timer that the visitor starts.</summary>
public sealed class CountdownTemplate : WidgetTemplate<CountdownSettings>
{
    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Countdown;

    /// <inheritdoc/>
    public override string Noun => "a countdown";

    /// <inheritdoc/>
    public override string Folder => "countdown";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ("count(?:s|ing)?[ -]?downs?(?: clock| timer)?", 5),
        ("(?:days|hours|weeks|time|long|sleeps)(?: is)?(?: left| remaining)?(?: it is)? (?:until|till|to|before)|timers?|pomodoro", 4),
        ("until|remaining", 1));

    /// <inheritdoc/>
    protected override CountdownSettings Read(PromptReader prompt, CountdownSettings? current, DateTimeOffset now)
    {
        if (CountdownReader.Find(prompt, now) is var (target, label))
        {
            return new(target, label);
        }

        return current ?? new(new CountdownTarget.Chosen(), CountdownReader.NameOf(prompt));
    }

    /// <inheritdoc/>
    protected override string? TitleOf(CountdownSettings settings) => settings.Label.Length > 0 ? $"Countdown to {settings.Label}" : null;

    /// <inheritdoc/>
    protected override string Describe(CountdownSettings settings) => settings.Target switch
    {
        CountdownTarget.Timer timer => $"a timer of {TimeSpan.FromSeconds(timer.Seconds):g}",
        CountdownTarget.Chosen => "a countdown to a date that the visitor enters",
        _ => settings.Label.Length > 0 ? $"a countdown to {settings.Label}" : Noun,
    };
}
