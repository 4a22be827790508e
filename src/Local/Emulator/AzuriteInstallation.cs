using System.ComponentModel;
using System.Diagnostics;

namespace Jobs.Local.Emulator;

/// <summary>Azurite as npm installs it, in the repository's <c>build/azurite</c>: only tests and <c>--azurite</c> need it, so it comes when it is asked for.</summary>
internal static class AzuriteInstallation
{
    private const string Folder = "build/azurite";

    /// <summary>Installing takes a minute on a slow line; one that hangs must not hang its caller for ever.</summary>
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The script that Node runs. Throws <see cref="InvalidOperationException"/>, saying what to do, when it is not installed.</summary>
    /// <param name="startFolder">The folder from which the repository is looked for, upwards.</param>
    public static string FindScript(string startFolder)
    {
        var root = FindRepository(startFolder);
        return IsInstalled(root)
            ? Path.Combine(root, Folder, "node_modules", "azurite", "dist", "src", "azurite.js")
            : throw new InvalidOperationException($"Azurite is not installed: run npm ci in {Path.Combine(root, Folder)}.");
    }

    /// <summary>Installs Azurite unless it is there, telling <paramref name="output"/> so. Throws <see cref="InvalidOperationException"/> where that fails.</summary>
    /// <param name="startFolder">The folder from which the repository is looked for, upwards.</param>
    /// <param name="output">Gets one line if there is something to install.</param>
    public static async Task EnsureAsync(string startFolder, TextWriter output)
    {
        var root = FindRepository(startFolder);
        if (IsInstalled(root))
        {
            return;
        }

        await output.WriteLineAsync("Installing Azurite, the storage emulator (npm, about a minute) ...");
        // The build's own way, which also repairs an installation that was interrupted.
        var start = new ProcessStartInfo("dotnet", ["msbuild", Path.Combine(root, "build", "NpmPackages.proj"), $"-p:NpmFolder={Folder}", "-nologo", "-v:quiet"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = root,
        };
        try
        {
            using var installation = Process.Start(start)!;
            using var timeout = new CancellationTokenSource(InstallTimeout);
            try
            {
                var said = await installation.StandardOutput.ReadToEndAsync(timeout.Token);
                await installation.WaitForExitAsync(timeout.Token);
                if (installation.ExitCode != 0)
                {
                    throw new InvalidOperationException($"Azurite could not be installed: {said.Trim()}");
                }
            }
            catch (OperationCanceledException)
            {
                installation.Kill(entireProcessTree: true);
                throw new InvalidOperationException($"Installing Azurite took longer than {InstallTimeout.TotalMinutes} minutes.");
            }
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"Azurite is not installed: run npm ci in {Path.Combine(root, Folder)}.", error);
        }
    }

    /// <summary>As build/NpmPackages.proj decides it: its mark is written last.</summary>
    private static bool IsInstalled(string root)
    {
        var mark = new FileInfo(Path.Combine(root, Folder, "node_modules", ".installed"));
        return mark.Exists && mark.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(root, Folder, "package-lock.json"));
    }

    private static string FindRepository(string startFolder)
    {
        for (var folder = new DirectoryInfo(Path.GetFullPath(startFolder)); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Folder, "package.json")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"Azurite is installed in the repository's {Folder}, and no folder from {startFolder} upwards has that.");
    }
}
