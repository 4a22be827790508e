using Jobs.Generation.Offline.Templates;

namespace Jobs.Generation.Offline;

/// <summary>Writes the files of a planned widget: the template's constants, the theme, the settings as code and the plan itself.</summary>
public static class WidgetWriter
{
    private const string Frame = """
        import { useId, type ReactNode } from "react";
        import { config } from "../config";

        /** The card around every widget: its heading, its text and what it does. */
        export function Frame({ children }: { children?: ReactNode }) {
          const heading = useId();
          return (
            <section className="widget" lang="en" aria-labelledby={heading}>
              <h2 id={heading} className="title" dir="auto">
                {config.title}
              </h2>
              {config.text !== "" && (
                <p className="text" dir="auto">
                  {config.text}
                </p>
              )}
              {children}
            </section>
          );
        }

        """;

    /// <summary>All files, by path.</summary>
    public static IReadOnlyDictionary<string, string> Write(WidgetPlan plan, WidgetTemplate template) =>
        new SortedDictionary<string, string>(template.Sources.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["src/components/Frame.tsx"] = Frame,
            ["src/config.ts"] = Config(plan, template),
            ["src/styles.css"] = ThemeStyle.Write(plan) + template.Style,
            [WidgetPlan.FileName] = plan.ToJson(),
        };

    private static string Config(WidgetPlan plan, WidgetTemplate template) =>
        $$"""
        /** What this widget says and does; the components hold no text of their own that depends on it. */
        {{template.ConfigTypes}}
        export const config: Config = {{TypeScriptLiteral.Of(plan.ToConfig())}};

        """;
}
