using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Compilation;

/// <summary>The folder of one build, laid out as <see cref="JailTemplate"/> says. Disposing deletes it.</summary>
internal sealed class CompilerJail(string folder, ILogger logger) : IDisposable
{
    /// <summary>The name of the folder with the sources.</summary>
    public const string SourcesName = "sources";

    private const UnixFileMode FolderMode = WorkFolder.ReadableFolder;

    /// <summary>The absolute path; its last segment is unique and unknown to the sources.</summary>
    public string Folder => folder;

    /// <summary>Where the sources are, and the compilers run.</summary>
    public string SourcesFolder { get; } = Path.Combine(folder, SourcesName);

    private string OutputFolder { get; } = Path.Combine(folder, "out");

    /// <summary>Makes the folders that are not in the template. The compiler's user may write to the output folder only.</summary>
    public void CreateFolders()
    {
        WorkFolder.CreateFolder(SourcesFolder, FolderMode);
        WorkFolder.CreateFolder(OutputFolder, FolderMode | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);
    }

    /// <summary>Writes the sources. Their paths have been validated by <see cref="Domain.Widgets.SourceFiles"/>.</summary>
    public async Task WriteAsync(IEnumerable<KeyValuePair<string, string>> sources, CancellationToken cancellationToken)
    {
        foreach (var (path, content) in sources)
        {
            var segments = path.Split('/');
            var parent = SourcesFolder;
            foreach (var segment in segments[..^1])
            {
                parent = Path.Combine(parent, segment);
                WorkFolder.CreateFolder(parent, FolderMode);
            }

            var file = Path.Combine(parent, segments[^1]);
            await File.WriteAllTextAsync(file, content, cancellationToken);
            WorkFolder.SetMode(file, WorkFolder.ReadableFile);
        }
    }

    /// <summary>The length of an output file; 0 when there is none.</summary>
    public long OutputLength(string name) => Output(name) is { Exists: true } file ? file.Length : 0;

    /// <summary>The content of an output file; empty when there is none.</summary>
    public async Task<byte[]> ReadOutputAsync(string name, CancellationToken cancellationToken) =>
        Output(name) is { Exists: true } file ? await File.ReadAllBytesAsync(file.FullName, cancellationToken) : [];

    public void Dispose()
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(e, "The build folder {Folder} could not be deleted; the next start tries again.", folder);
        }
    }

    private FileInfo Output(string name)
    {
        var file = new FileInfo(Path.Combine(OutputFolder, name));
        // We may read more than the compiler's user: never follow a link that it left.
        return file.LinkTarget is null ? file : throw new IOException($"The compiler's output {name} is a link.");
    }
}
