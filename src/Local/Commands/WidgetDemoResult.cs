namespace Jobs.Local.Commands;

/// <summary>What a demo of a widget made.</summary>
/// <param name="WidgetId">The published widget.</param>
/// <param name="Files">Where its sources lie, as full paths.</param>
/// <param name="Took">From the request to the end of the compile.</param>
internal sealed record WidgetDemoResult(string WidgetId, IReadOnlyList<string> Files, TimeSpan Took);
