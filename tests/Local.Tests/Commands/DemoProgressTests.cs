using Jobs.Local.Commands;

namespace Jobs.Local.Tests.Commands;

public sealed class DemoProgressTests
{
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Fact]
    public void Without_a_terminal_each_change_is_a_line()
    {
        var progress = new DemoProgress(_output, null);

        progress.Show(DemoStep.From("queued", null, "Waiting"));
        progress.Show(DemoStep.From("queued", null, "Waiting"));
        progress.Show(DemoStep.From("compiling", "PRE_BUILD", "Checking types"));
        progress.End();

        Assert.Equal("queued: Waiting\ncompiling PRE_BUILD: Checking types\n", _output.ToString());
    }

    [Fact]
    public void Bar_grows_with_the_steps_and_never_goes_back()
    {
        var progress = new DemoProgress(_output, 80);
        DemoStep[] steps =
        [
            DemoStep.From("queued", null, ""),
            DemoStep.From("generating", null, ""),
            DemoStep.From("a new step", null, ""),
            DemoStep.From("compiling", "SUBMITTED", ""),
            DemoStep.From("compiling", "BUILD", ""),
            DemoStep.From("complete", "COMPLETED", ""),
        ];

        Array.ForEach(steps, progress.Show);
        progress.End();

        var bars = _output.ToString().TrimEnd('\n').Split("\r\e[K", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Count(c => c == '#'));
        Assert.Equal([4, 8, 8, 15, 22, 30], bars);
    }

    [Fact]
    public void What_is_said_while_a_bar_stands_goes_above_it()
    {
        var progress = new DemoProgress(_output, 80);
        progress.Say("before");
        progress.Show(new DemoStep(0, "running", "0 %"));
        var bar = _output.ToString()["before\n".Length..];

        progress.Say("between");
        progress.End();
        progress.Say("after");

        Assert.Equal($"before\n{bar}\r\e[Kbetween\n{bar}\nafter\n", _output.ToString());
    }

    [Fact]
    public void Bar_is_cut_to_one_line_of_the_terminal()
    {
        var progress = new DemoProgress(_output, 40);

        progress.Show(DemoStep.From("generating", null, new string('m', 100)));

        Assert.Equal("\r\e[K".Length + 39, _output.ToString().Length);
    }
}
