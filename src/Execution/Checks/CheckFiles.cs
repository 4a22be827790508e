using System.Globalization;
using Jobs.Domain.Repositories;
using Jobs.Execution.Isolation;

namespace Jobs.Execution.Checks;

/// <summary>What became of a tree that was written into a folder.</summary>
/// <param name="LeftOut">A line that names what was not written; empty where nothing was left out.</param>
/// <param name="Fault">Why nothing was written, in a sentence; null where something was.</param>
internal sealed record CheckFiles(string LeftOut, string? Fault = null)
{
    /// <summary>
    /// Writes a tree's files into a folder, which is made. What is no file is left out: a link may lead anywhere, and a submodule is another repository. No path leaves the folder, whatever the
    /// tree says.
    /// </summary>
    public static async Task<CheckFiles> WriteAsync(IRepositoryTree tree, string folder, CancellationToken cancellationToken)
    {
        var files = tree.Entries.Where(entry => entry.Kind is TreeEntryKind.File or TreeEntryKind.Executable).ToList();
        if (files.Count > RepositoryCheckLimits.Files)
        {
            return new CheckFiles("", string.Create(CultureInfo.InvariantCulture, $"The check was not run: the repository has more than {RepositoryCheckLimits.Files:N0} files."));
        }

        if (files.Sum(file => file.Size) > RepositoryCheckLimits.FileBytes)
        {
            return new CheckFiles("", $"The check was not run: the repository's files have more than {RepositoryCheckLimits.FileBytes / 1024 / 1024} MiB.");
        }

        WorkFolder.CreateFolder(folder, WorkFolder.ReadableFolder);
        var leftOut = tree.Entries.Except(files).Select(entry => $"{entry.Path} ({NameOf(entry.Kind)})").ToList();
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (RepositoryPath.FaultOf(file.Path) is not null)
            {
                leftOut.Add($"{file.Path} (a path that no file may have)");
            }
            else if (tree.Read(file.Path, RepositoryCheckLimits.FileBytes) is not { } content)
            {
                leftOut.Add($"{file.Path} (cannot be read)");
            }
            else
            {
                await WriteAsync(folder, file, content, cancellationToken);
            }
        }

        var more = leftOut.Count > RepositoryCheckLimits.NamedEntries ? $" and {leftOut.Count - RepositoryCheckLimits.NamedEntries} more" : "";
        return new CheckFiles(leftOut.Count == 0 ? "" : $"[left out: {string.Join(", ", leftOut.Take(RepositoryCheckLimits.NamedEntries))}{more}]\n");
    }

    private static async Task WriteAsync(string folder, TreeEntry file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var names = file.Path.Split('/');
        var parent = folder;
        foreach (var name in names[..^1])
        {
            parent = Path.Combine(parent, name);
            WorkFolder.CreateFolder(parent, WorkFolder.ReadableFolder);
        }

        var path = Path.Combine(parent, names[^1]);
        // Nothing is ever written over, so no file can be written through another.
        await using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            await stream.WriteAsync(content, cancellationToken);
        }

        WorkFolder.SetMode(path, file.Kind is TreeEntryKind.Executable ? WorkFolder.ReadableFolder : WorkFolder.ReadableFile);
    }

    private static string NameOf(TreeEntryKind kind) => kind switch
    {
        TreeEntryKind.File or TreeEntryKind.Executable => "a file",
        TreeEntryKind.Link => "a link",
        TreeEntryKind.Submodule => "a submodule",
    };
}
