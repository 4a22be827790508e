using System.Runtime.InteropServices;
using Jobs.Domain.Compilation;

namespace Jobs.Execution.Compilation;

/// <summary>
/// The compilers and the libraries that widgets are built with, as npm installed them: in <c>tools/</c> beside the app when it is published
/// (build/CompilerTools.targets puts them there), else in the <c>node_modules</c> of a folder above it.
/// </summary>
/// <param name="Esbuild">The native bundler.</param>
/// <param name="TypeScript">The folder with the native type checker and its <c>lib.*.d.ts</c>.</param>
/// <param name="Packages">The folder that holds react and the other packages a widget is built against.</param>
public sealed record CompilerTools(string Esbuild, string TypeScript, string Packages)
{
    /// <summary>The name of the type checker in <see cref="TypeScript"/>.</summary>
    public static string TypeCheckerName { get; } = OperatingSystem.IsWindows() ? "tsc.exe" : "tsc";

    /// <summary>Finds the tools for this machine, or throws <see cref="CompilerUnavailableException"/> that says how to get them.</summary>
    public static CompilerTools Locate(string searchStart)
    {
        var candidates = new List<string> { Path.Combine(searchStart, "tools") };
        for (var folder = new DirectoryInfo(searchStart); folder is not null; folder = folder.Parent)
        {
            candidates.Add(Path.Combine(folder.FullName, "node_modules"));
        }

        return candidates.Select(InstalledIn).FirstOrDefault(tools => tools is not null) ?? throw new CompilerUnavailableException(
            $"The compilers for {Platform} are not installed: neither {candidates[0]} nor a node_modules folder above it holds esbuild, typescript and "
            + "react. Run `npm ci` in the root of the repository.");
    }

    private static string Platform
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    private static CompilerTools? InstalledIn(string packages)
    {
        var esbuild = Path.Combine(packages, "@esbuild", Platform, OperatingSystem.IsWindows() ? "esbuild.exe" : "bin/esbuild");
        var typeScript = Path.Combine(packages, "@typescript", $"typescript-{Platform}", "lib");
        return File.Exists(esbuild)
            && File.Exists(Path.Combine(typeScript, TypeCheckerName))
            && File.Exists(Path.Combine(packages, "react-dom", "package.json"))
            && File.Exists(Path.Combine(packages, "@types", "react", "package.json"))
            ? new CompilerTools(esbuild, typeScript, packages)
            : null;
    }
}
