namespace Jobs.Local.Commands;

/// <summary>Shows a build as it goes: a bar that is redrawn in a terminal, a line for each change elsewhere.</summary>
/// <param name="output">Where to.</param>
/// <param name="terminalWidth">The terminal's columns; null where the output is none.</param>
internal sealed class DemoProgress(TextWriter output, int? terminalWidth)
{
    private const int BarWidth = 30;
    private const string EraseLine = "\r\e[K";

    private DemoStep? _last;

    public void Show(DemoStep step)
    {
        // A step that is not known has no place of its own on the bar, and a bar never goes back.
        step = step with { Fraction = Math.Max(step.Fraction, _last?.Fraction ?? 0) };
        if (terminalWidth is { } width)
        {
            var filled = (int)Math.Round(step.Fraction * BarWidth);
            var line = $"[{new string('#', filled)}{new string('-', BarWidth - filled)}] {step.Name}: {step.Message}";
            // A line that the terminal wraps could not be erased again.
            output.Write(EraseLine + (line.Length < width ? line : line[..Math.Max(width - 1, 0)]));
            output.Flush();
        }
        else if (step != _last)
        {
            output.WriteLine($"{step.Name}: {step.Message}");
        }

        _last = step;
    }

    /// <summary>Says something beside the bar, which has ended.</summary>
    public void Say(string line) => output.WriteLine(line);

    /// <summary>Leaves the bar standing and goes on below it.</summary>
    public void End()
    {
        if (terminalWidth is not null && _last is not null)
        {
            output.WriteLine();
        }
    }
}
