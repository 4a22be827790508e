using System.Diagnostics;
using Jobs.Execution.Isolation;

namespace Jobs.Execution.Tests.Isolation;

public sealed class ProcessJailTests
{
    [Fact]
    public async Task What_runs_in_a_jail_has_the_processor_after_this_process()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Null(SystemPrograms.Nice);
            return;
        }

        // Without arguments it prints its own niceness.
        var program = SystemPrograms.Nice!;
        var command = new ProcessJail(ProcessIsolation.None, OwnNamespaces: false).Command("/", "", program[1..]).ToArray();
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        using var own = Process.Start(new ProcessStartInfo(program) { RedirectStandardOutput = true })!;

        var ours = int.Parse(await own.StandardOutput.ReadToEndAsync());
        Assert.Equal(Math.Min(19, ours + ProcessJail.Niceness), int.Parse(await process.StandardOutput.ReadToEndAsync()));
    }
}
