using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Writes the files of a planned widget: those of its kind, with the theme, the settings as code and the plan itself.</summary>
public static class WidgetWriter
{
    /// <summary>What stands before the value of the settings in a kind's <c>src/config.ts</c>; the value there is an example.</summary>
    private const string ConfigStart = "export const config: Config = ";

    /// <summary>All files, by path.</summary>
    public static IReadOnlyDictionary<string, string> Write(WidgetPlan plan, WidgetTemplate template)
    {
        var own = WidgetFiles.Of(template.Folder);
        return new SortedDictionary<string, string>(WidgetFiles.Shared.Concat(own.Where(file => !WidgetFiles.Shared.ContainsKey(file.Key))).ToDictionary(), StringComparer.Ordinal)
        {
            [WidgetFiles.Config] = Config(own[WidgetFiles.Config], plan),
            [WidgetFiles.Style] = ThemeStyle.Write(plan, WidgetFiles.Shared[WidgetFiles.Style]) + own[WidgetFiles.Style],
            [WidgetPlan.FileName] = plan.ToJson(),
        };
    }

    private static string Config(string example, WidgetPlan plan) =>
        $"{example[..(example.IndexOf(ConfigStart, StringComparison.Ordinal) + ConfigStart.Length)]}{TypeScriptLiteral.Of(plan.ToConfig())};\n";
}
