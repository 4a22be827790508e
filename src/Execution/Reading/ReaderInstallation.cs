using System.Runtime.InteropServices;
using System.Text.Json;

namespace Jobs.Execution.Reading;

/// <summary>The reader's program and the .NET that runs this process, which runs the reader too.</summary>
/// <param name="DotnetRoot">The folder of .NET.</param>
/// <param name="RuntimeVersion">The version of the runtime.</param>
/// <param name="ReaderFolder">The folder of the reader.</param>
/// <param name="ReaderFiles">The names of its files: its own and those of the libraries that it references.</param>
internal sealed record ReaderInstallation(string DotnetRoot, string RuntimeVersion, string ReaderFolder, IReadOnlyList<string> ReaderFiles)
{
    /// <summary>The reader's assembly.</summary>
    public const string ReaderName = "Jobs.DocumentReader.dll";

    /// <summary>The folder of the runtime, within .NET's.</summary>
    public const string Framework = "shared/Microsoft.NETCore.App";

    /// <summary>The folder of what finds the runtime, within .NET's.</summary>
    public const string Resolver = "host/fxr";

    private const string ReaderConfiguration = "Jobs.DocumentReader.runtimeconfig.json";

    private const string ReaderDependencies = "Jobs.DocumentReader.deps.json";

    /// <summary>The program that starts .NET.</summary>
    public static string DotnetName { get; } = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

    /// <summary>Finds both.</summary>
    /// <exception cref="DocumentReaderUnavailableException">One is missing.</exception>
    public static ReaderInstallation Locate(string readerFolder)
    {
        foreach (var name in new[] { ReaderName, ReaderConfiguration, ReaderDependencies })
        {
            if (!File.Exists(Path.Combine(readerFolder, name)))
            {
                throw new DocumentReaderUnavailableException($"Documents cannot be read: {name} is not in {readerFolder}.");
            }
        }

        // Such as /usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.1/
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        var root = runtime.Parent?.Parent?.Parent?.FullName;
        return root is not null && File.Exists(Path.Combine(root, DotnetName)) && Directory.Exists(Path.Combine(root, Resolver))
            ? new ReaderInstallation(root, runtime.Name, Path.GetFullPath(readerFolder), [ReaderName, ReaderConfiguration, ReaderDependencies, .. Libraries(readerFolder)])
            : throw new DocumentReaderUnavailableException($"Documents cannot be read: there is no {DotnetName} where the runtime of this process is ({runtime.FullName}).");
    }

    /// <summary>The libraries that the reader's dependencies name, which lie beside it.</summary>
    private static IEnumerable<string> Libraries(string readerFolder)
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(readerFolder, ReaderDependencies)));
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var target in dependencies.RootElement.GetProperty("targets").EnumerateObject())
        {
            foreach (var library in target.Value.EnumerateObject())
            {
                if (library.Value.TryGetProperty("runtime", out var files))
                {
                    names.UnionWith(files.EnumerateObject().Select(file => Path.GetFileName(file.Name)));
                }
            }
        }

        names.Remove(ReaderName);
        return names.Where(name => File.Exists(Path.Combine(readerFolder, name)));
    }
}
