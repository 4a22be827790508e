using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>
/// Puts a plan's colours into the style sheet that all widgets share. Every rule stands below <c>.widget</c>, because a widget lives in a shadow root on someone's page.
/// Text has a contrast of at least 4.5 with what is behind it and controls one of at least 3, whatever colours were asked for.
/// </summary>
public static class ThemeStyle
{
    private const string RuleStart = ".widget {\n";
    private const string RuleEnd = "\n}\n";

    private static readonly Colour DefaultAccent = new(0x25, 0x63, 0xeb);
    private static readonly Colour LightSurface = Colour.White;
    private static readonly Colour DarkSurface = new(0x16, 0x1b, 0x26);
    private static readonly Colour LightText = new(0x11, 0x18, 0x27);
    private static readonly Colour DarkText = new(0xf1, 0xf5, 0xf9);

    /// <summary>The style sheet for a plan's colours and theme.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="rules">The constant rules, which use the theme as custom properties. Its first one is that of <c>.widget</c>, which declares them.</param>
    public static string Write(WidgetPlan plan, string rules)
    {
        var accent = plan.Accent ?? DefaultAccent;
        var followsSystem = plan.Surface is null && plan.Theme == WidgetTheme.Auto;
        var surface = plan.Surface ?? (plan.Theme == WidgetTheme.Dark ? DarkSurface : LightSurface);
        var dark = followsSystem
            ? $$"""

            @media (prefers-color-scheme: dark) {
              .widget {
            {{Variables(DarkSurface, accent, "    ")}}
              }
            }

            """
            : "";

        var declarations = rules.IndexOf(RuleStart, StringComparison.Ordinal) + RuleStart.Length;
        var next = rules.IndexOf(RuleEnd, declarations, StringComparison.Ordinal) + RuleEnd.Length;
        return rules[..declarations] + Variables(surface, accent, "  ") + "\n" + rules[declarations..next] + dark + rules[next..];
    }

    private static string Variables(Colour surface, Colour accent, string indent)
    {
        var isDark = surface.ContrastWith(Colour.White) > surface.ContrastWith(Colour.Black);
        var ink = (isDark ? DarkText : LightText).ReadableOn(surface, 7);
        var inset = surface.Mix(ink, 0.06);
        var soft = surface.Mix(accent, 0.14);
        return string.Join('\n', new (string Name, object Value)[]
        {
            ("scheme", isDark ? "dark" : "light"),
            ("surface", surface),
            ("inset", inset),
            ("ink", ink),
            ("muted", ink.Mix(surface, 0.38).ReadableOn(inset, 4.5)),
            ("line", surface.Mix(ink, 0.14)),
            ("edge", surface.Mix(ink, 0.4).ReadableOn(surface, 3)),
            ("accent", accent),
            ("on-accent", accent.TextOn()),
            ("accent-edge", accent.ReadableOn(surface, 3)),
            ("accent-ink", accent.ReadableOn(inset, 4.5)),
            ("accent-soft", ink.ContrastWith(soft) >= 4.5 ? soft : surface),
            ("danger", new Colour(0xdc, 0x26, 0x26).ReadableOn(inset, 4.5)),
            ("good", new Colour(0x15, 0x80, 0x3d).ReadableOn(inset, 4.5)),
        }.Select(variable => $"{indent}--{variable.Name}: {variable.Value};"));
    }
}
