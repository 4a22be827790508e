using System.Diagnostics;

namespace Jobs.Infrastructure.Tests;

/// <summary>A program that a test runs to its end, within a time.</summary>
internal static class BoundedProgram
{
    /// <summary>What a program may take on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program; throws <see cref="TimeoutException"/> when it does not end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="surroundings">All of its environment besides the search path.</param>
    public static async Task<ProgramEnd> RunAsync(string[] command, IReadOnlyDictionary<string, string>? surroundings = null)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        foreach (var (name, value) in surroundings ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', command)} took longer than {Patience.TotalSeconds} s.");
        }

        return new ProgramEnd(process.ExitCode, await output, await errors);
    }
}

/// <summary>How a program ended, and what it wrote.</summary>
internal sealed record ProgramEnd(int ExitCode, string Output, string Errors);
