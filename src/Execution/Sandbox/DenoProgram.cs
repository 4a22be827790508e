using System.Runtime.InteropServices;
using Jobs.Domain.Sandbox;

namespace Jobs.Execution.Sandbox;

/// <summary>
/// Deno's program, as npm installed it: in <c>tools/</c> beside the app when it is published (build/CompilerTools.targets puts it there), else in the
/// <c>node_modules</c> of a folder above it.
/// </summary>
public static class DenoProgram
{
    /// <summary>Its name in the sandbox's folder.</summary>
    internal static string Name { get; } = OperatingSystem.IsWindows() ? "deno.exe" : "deno";

    /// <summary>Finds the program for this machine, or throws <see cref="SandboxUnavailableException"/> that says how to get it.</summary>
    public static string Locate(string searchStart)
    {
        if (RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal))
        {
            throw new SandboxUnavailableException("Agents cannot run here: Deno has no build for Linux with musl (Alpine). Use a distribution with glibc.");
        }

        var candidates = new List<string> { Path.Combine(searchStart, "tools") };
        for (var folder = new DirectoryInfo(searchStart); folder is not null; folder = folder.Parent)
        {
            candidates.Add(Path.Combine(folder.FullName, "node_modules"));
        }

        return candidates.Select(packages => Path.Combine(packages, "@deno", Platform, Name)).FirstOrDefault(File.Exists) ?? throw new SandboxUnavailableException(
            $"Agents cannot run: Deno for {Platform} is not installed. Neither {candidates[0]} nor a node_modules folder above it holds @deno/{Platform}. "
            + "Run `npm ci` in the root of the repository.");
    }

    private static string Platform
    {
        get
        {
            var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
            return OperatingSystem.IsWindows() ? $"win32-{architecture}" : OperatingSystem.IsMacOS() ? $"darwin-{architecture}" : $"linux-{architecture}-glibc";
        }
    }
}
