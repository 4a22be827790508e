namespace Jobs.Generation.Offline.Widgets;

/// <summary>Writes the files of a planned widget: those of its kind, with the theme, the settings as code and the plan itself.</summary>
public static class WidgetWriter
{
    /// <summary>All files, by path.</summary>
    public static IReadOnlyDictionary<string, string> Write(WidgetPlan plan, WidgetTemplate template)
    {
        var own = WidgetFiles.Of(template.Folder);
        return new SortedDictionary<string, string>(WidgetFiles.Shared.Concat(own.Where(file => !WidgetFiles.Shared.ContainsKey(file.Key))).ToDictionary(), StringComparer.Ordinal)
        {
            [WidgetFiles.Config] = EmbeddedFiles.Configured(own[WidgetFiles.Config], plan.ToConfig()),
            [WidgetFiles.Style] = ThemeStyle.Write(plan, WidgetFiles.Shared[WidgetFiles.Style]) + own[WidgetFiles.Style],
            [WidgetPlan.FileName] = plan.ToJson(),
        };
    }
}
