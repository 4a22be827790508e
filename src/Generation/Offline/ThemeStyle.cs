namespace Jobs.Generation.Offline;

/// <summary>
/// The style sheet that all widgets share. Every rule stands below <c>.widget</c>, because a widget lives in a shadow root on someone's page.
/// Text has a contrast of at least 4.5 with what is behind it and controls one of at least 3, whatever colours were asked for.
/// </summary>
public static class ThemeStyle
{
    private static readonly Colour DefaultAccent = new(0x25, 0x63, 0xeb);
    private static readonly Colour LightSurface = Colour.White;
    private static readonly Colour DarkSurface = new(0x16, 0x1b, 0x26);
    private static readonly Colour LightText = new(0x11, 0x18, 0x27);
    private static readonly Colour DarkText = new(0xf1, 0xf5, 0xf9);

    private const string Rules = """

        .widget,
        .widget * {
          box-sizing: border-box;
        }

        .widget .title {
          margin: 0;
          font-size: 1.375em;
          font-weight: 700;
          line-height: 1.25;
          letter-spacing: -0.015em;
          text-wrap: balance;
          unicode-bidi: isolate;
        }

        .widget .text {
          margin: 0.5em 0 0;
          color: var(--muted);
          white-space: pre-line;
          unicode-bidi: isolate;
        }

        .widget .note {
          margin: 1em 0 0;
          color: var(--muted);
          font-size: 0.875em;
        }

        .widget .body {
          display: grid;
          gap: 1em;
          margin-top: 1.25em;
        }

        .widget .row {
          display: flex;
          flex-wrap: wrap;
          gap: 0.625em;
          align-items: center;
        }

        .widget .button {
          min-height: 2.75em;
          padding: 0.5em 1.125em;
          border: 1px solid var(--accent-edge);
          border-radius: 0.75em;
          background: var(--accent);
          color: var(--on-accent);
          font: inherit;
          font-weight: 600;
          cursor: pointer;
          touch-action: manipulation;
          transition:
            filter 120ms ease,
            transform 120ms ease;
        }

        .widget .button:hover:not(:disabled) {
          filter: brightness(1.08);
        }

        .widget .button:active:not(:disabled) {
          transform: translateY(1px);
        }

        .widget .button:disabled {
          opacity: 0.5;
          cursor: not-allowed;
        }

        .widget .button.quiet {
          border-color: var(--edge);
          background: transparent;
          color: var(--ink);
        }

        .widget .button.quiet:hover:not(:disabled) {
          background: var(--inset);
          filter: none;
        }

        .widget :focus-visible {
          outline: 3px solid var(--accent-edge);
          outline-offset: 2px;
        }

        .widget .field {
          display: grid;
          gap: 0.375em;
          min-width: 0;
        }

        .widget .label {
          font-weight: 600;
          font-size: 0.9375em;
        }

        .widget .input {
          width: 100%;
          min-width: 0;
          min-height: 2.75em;
          padding: 0.5em 0.75em;
          border: 1px solid var(--edge);
          border-radius: 0.75em;
          background: var(--surface);
          color: var(--ink);
          font: inherit;
        }

        .widget .input[aria-invalid="true"] {
          border-color: var(--danger);
        }

        .widget .error {
          margin: 0;
          color: var(--danger);
          font-size: 0.875em;
        }

        .widget .hidden {
          position: absolute;
          width: 1px;
          height: 1px;
          overflow: hidden;
          clip-path: inset(50%);
          white-space: nowrap;
        }

        @media (prefers-reduced-motion: reduce) {
          .widget,
          .widget * {
            transition: none;
            animation: none;
          }
        }

        """;

    /// <summary>The style sheet for a plan's colours and theme.</summary>
    public static string Write(WidgetPlan plan)
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

        return $$"""
            .widget {
            {{Variables(surface, accent, "  ")}}
              all: initial;
              display: block;
              width: 100%;
              max-width: 34em;
              margin: 0 auto;
              padding: clamp(1em, 5vw, 1.75em);
              border: 1px solid var(--line);
              border-radius: 1.25em;
              background: var(--surface);
              box-shadow:
                0 1px 2px rgb(0 0 0 / 6%),
                0 12px 32px rgb(0 0 0 / 10%);
              color: var(--ink);
              color-scheme: var(--scheme);
              font-family: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
              font-size: 16px;
              line-height: 1.5;
              overflow-wrap: anywhere;
            }

            """ + dark + Rules;
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
