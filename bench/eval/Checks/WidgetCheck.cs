using Jobs.Eval.Browser;

namespace Jobs.Eval.Checks;

/// <summary>How a widget is used to see whether it does what was asked for.</summary>
/// <param name="CheckAsync">Uses it; throws <see cref="Judging.CheckFailedException"/> where it does something else.</param>
/// <param name="MovesTheClock">The check lets time pass on the page.</param>
internal sealed record WidgetCheck(Func<WidgetPage, Task> CheckAsync, bool MovesTheClock = false);
