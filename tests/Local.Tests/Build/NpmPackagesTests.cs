using System.Diagnostics;

namespace Jobs.Local.Tests.Build;

/// <summary>How the build installs what npm must bring: build/NpmPackages.proj, here on a package of its own that needs no registry.</summary>
public sealed class NpmPackagesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jobs-npm-");

    public NpmPackagesTests()
    {
        _folder.CreateSubdirectory("part");
        Write("part/package.json", """{ "name": "part", "version": "1.0.0" }""");
        Write("package.json", """{ "name": "whole", "version": "1.0.0", "dependencies": { "part": "file:part" } }""");
        Write("package-lock.json", """
            {
              "name": "whole",
              "version": "1.0.0",
              "lockfileVersion": 3,
              "requires": true,
              "packages": {
                "": { "name": "whole", "version": "1.0.0", "dependencies": { "part": "file:part" } },
                "node_modules/part": { "resolved": "part", "link": true },
                "part": { "version": "1.0.0" }
              }
            }
            """);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Packages_are_installed_once_and_again_when_the_lock_changes()
    {
        Assert.Contains("Installing", await InstallAsync());
        Assert.True(Exists("node_modules/part/package.json"));
        Assert.DoesNotContain("Installing", await InstallAsync());

        File.SetLastWriteTimeUtc(Path.Combine(_folder.FullName, "package-lock.json"), DateTime.UtcNow.AddSeconds(5));
        Assert.Contains("Installing", await InstallAsync());
    }

    [Fact]
    public async Task Interrupted_installation_is_repaired()
    {
        // As npm leaves it when it is killed: its own mark is there, and a package is not.
        Write("node_modules/.package-lock.json", "{}");
        Write("node_modules/.part-Xy12/package.json", "{ half");

        Assert.Contains("Installing", await InstallAsync());

        Assert.True(Exists("node_modules/part/package.json"));
        Assert.False(Exists("node_modules/.part-Xy12/package.json"));
    }

    private async Task<string> InstallAsync()
    {
        var start = new ProcessStartInfo(
            "dotnet", ["msbuild", Path.Combine(Repository.Root, "build", "NpmPackages.proj"), $"-p:NpmFolder={_folder.FullName}", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        };
        using var build = Process.Start(start)!;
        var said = await build.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await build.WaitForExitAsync();
        Assert.True(build.ExitCode == 0, said);
        return said;
    }

    private bool Exists(string path) => File.Exists(Path.Combine(_folder.FullName, path));

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
