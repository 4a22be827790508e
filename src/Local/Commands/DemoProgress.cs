namespace Jobs.Local.Commands;

/// <summary>Shows a job as it goes: a bar that is redrawn in a terminal, a line for each change elsewhere.</summary>
/// <param name="output">Where to.</param>
/// <param name="terminalWidth">The terminal's columns; null where the output is none.</param>
internal sealed class DemoProgress(TextWriter output, int? terminalWidth)
{
    private const int BarWidth = 30;
    private const string EraseLine = "\r\e[K";

    private DemoStep? _last;

    /// <summary>The bar that stands on the terminal's last line; null when none does.</summary>
    private string? _bar;

    public void Show(DemoStep step)
    {
        // A step that is not known has no place of its own on the bar, and a bar never goes back.
        step = step with { Fraction = Math.Max(step.Fraction, _last?.Fraction ?? 0) };
        if (terminalWidth is { } width)
        {
            var filled = (int)Math.Round(step.Fraction * BarWidth);
            var line = $"[{new string('#', filled)}{new string('-', BarWidth - filled)}] {step.Name}: {step.Message}";
            // A line that the terminal wraps could not be erased again.
            _bar = EraseLine + (line.Length < width ? line : line[..Math.Max(width - 1, 0)]);
            output.Write(_bar);
            output.Flush();
        }
        else if (step != _last)
        {
            output.WriteLine($"{step.Name}: {step.Message}");
        }

        _last = step;
    }

    /// <summary>Says something above the bar.</summary>
    public void Say(string line)
    {
        output.WriteLine(_bar is null ? line : EraseLine + line);
        output.Write(_bar);
    }

    /// <summary>Leaves the bar standing and goes on below it.</summary>
    public void End()
    {
        if (_bar is not null)
        {
            output.WriteLine();
        }

        _bar = null;
    }
}
