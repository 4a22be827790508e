using System.Diagnostics;
using Jobs.Local;

namespace Jobs.Bench;

/// <summary>The built local host as a user starts it: from the start of its process to the line "listening on", on an empty data folder and on one that is there.</summary>
internal static class StartBench
{
    private const int Rounds = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("jobs-bench-");
        try
        {
            var data = Path.Combine(folder.FullName, "data");
            var first = await MeasureAsync(data);
            var later = new List<double>();
            for (var i = 0; i < Rounds; i++)
            {
                later.Add(await MeasureAsync(data));
            }

            output.WriteLine($"start of the local host to \"listening\": {first:F2} s with an empty data folder, then {later.Order().ElementAt(Rounds / 2):F2} s (median of {Rounds})");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> MeasureAsync(string data)
    {
        var clock = Stopwatch.StartNew();
        using var program = Process.Start(new ProcessStartInfo("dotnet", [typeof(LocalProgram).Assembly.Location, "--urls", "http://127.0.0.1:0", "--data", data])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            while (await program.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
            {
                if (line.StartsWith("listening on", StringComparison.Ordinal))
                {
                    return clock.Elapsed.TotalSeconds;
                }
            }

            throw new InvalidOperationException("The local host ended before it listened.");
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync();
        }
    }
}
