using System.Diagnostics;

namespace Jobs.Local.Tests.Durable;

/// <summary>A real process is killed with SIGKILL before and after every commit of its history, and started again.</summary>
public class CrashTests
{
    private const int Killed = 128 + 9;
    private const int FewestPoints = 20;
    private const int Parts = 8;
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(100);

    private static readonly string[] RightEnds =
    [
        "Chain Completed 12",
        "FanOut Completed 90",
        "Retry Completed \"third time\"",
        "Timer Completed \"True 2\"",
        "Event Completed 112",
        "Parent Completed 112",
        "Again Completed 12",
    ];

    /// <summary>Each activity that must have run, with the input that it must have had.</summary>
    private static readonly string[] Activities =
    [
        .. Enumerable.Range(10, 2).Select(input => $"Chain {input}"),
        .. Enumerable.Range(20, 4).Select(input => $"FanOut {input}"),
        "Retry",
        "Timer 1",
        "Event 10", "Event 111",
        "Child-1 50", "Child-2 60",
        "Again 10", "Again 11",
    ];

    private const int Children = 2;

    /// <summary>The retried activity runs three times with one input.</summary>
    private static readonly int RunsWithoutACrash = Activities.Length + 2;

    /// <summary>Each part takes every eighth point, so that none of them takes long on a busy machine.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Every_orchestration_reaches_its_one_right_end_wherever_the_process_is_killed(int part)
    {
        var points = await RunToEndAsync(killAt: 0);
        Assert.True(points >= FewestPoints, $"only {points} points");

        var killed = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2 };
        await Parallel.ForEachAsync(Enumerable.Range(1, points).Where(point => point % Parts == part % Parts), parallel, async (point, _) =>
        {
            if (await RunToEndAsync(point) < 0)
                Interlocked.Increment(ref killed);
        });

        // Commits are shared as chance will have it, so the last few points may not come in every run.
        Assert.True(killed >= FewestPoints / Parts, $"killed at {killed} of {points} points only");
    }

    /// <summary>
    /// Runs the orchestrations to their end, killing the process at the given point, and at every third of them once
    /// more early in its recovery. The number of points passed, or -1 if the process was killed.
    /// </summary>
    private static async Task<int> RunToEndAsync(int killAt)
    {
        var folder = Directory.CreateTempSubdirectory("jobs-crash-");
        try
        {
            var (exit, output) = await RunAsync(folder, killAt);
            var isKilled = exit == Killed;
            if (isKilled && killAt % 3 == 0)
                (exit, output) = await RunAsync(folder, killAt: 1 + killAt % 4);
            if (exit == Killed)
                (exit, output) = await RunAsync(folder, killAt: 0);

            Assert.True(exit == 0, $"killed at {killAt}: exit {exit}\n{output}");
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(RightEnds, lines[..^1]);
            var effects = File.ReadAllLines(Path.Combine(folder.FullName, "effects"));
            Assert.Equal(Activities.Order(), effects.Distinct().Order());
            if (!isKilled)
                Assert.Equal(RunsWithoutACrash, effects.Length);
            var store = Path.Combine(folder.FullName, "durable.db");
            Assert.Equal(RightEnds.Length + Children, StoreFile.Scalar<long>(store, "SELECT COUNT(*) FROM instances WHERE status = 'Completed'"));
            Assert.Equal((RightEnds.Length + Children, 0L), (StoreFile.Rows(store).Instances, StoreFile.Rows(store).Inbox));
            return isKilled ? -1 : int.Parse(lines[^1].Split(' ')[1]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int Exit, string Output)> RunAsync(DirectoryInfo folder, int killAt)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Jobs.CrashChild.dll"), folder.FullName, $"{killAt}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var child = Process.Start(start)!;
        try
        {
            var output = child.StandardOutput.ReadToEndAsync();
            var errors = child.StandardError.ReadToEndAsync();
            await child.WaitForExitAsync().WaitAsync(LongestRun);
            return (child.ExitCode, await output + await errors);
        }
        finally
        {
            if (!child.HasExited)
                child.Kill();
        }
    }
}
