using LibGit2Sharp;
using GitRepository = LibGit2Sharp.Repository;

namespace Jobs.Repositories.Local;

/// <summary>Opens repositories so that nothing but what they hold counts: no configuration of the user or the machine, no file of a working folder, no index.</summary>
internal sealed class LibGit2 : IDisposable
{
    private readonly string _nothing = Directory.CreateTempSubdirectory("jobs-git-").FullName;

    // For the whole process, so before the first repository is opened.
    static LibGit2()
    {
        foreach (var level in new[] { ConfigurationLevel.Global, ConfigurationLevel.Xdg, ConfigurationLevel.System, ConfigurationLevel.ProgramData })
        {
            GlobalSettings.SetConfigSearchPaths(level, "");
        }

        GlobalSettings.SetOwnerValidation(true);
        GlobalSettings.SetStrictHashVerification(true);
    }

    /// <summary>Opens one. Its working folder is an empty one of ours, from which it takes no attributes, and its index is the file that is given, or none.</summary>
    public GitRepository Open(GitFolder folder, string? index = null)
    {
        // A cleaner of temporary folders may have taken it.
        Directory.CreateDirectory(_nothing);
        return new GitRepository(folder.Folder, new LibGit2Sharp.RepositoryOptions
        {
            WorkingDirectoryPath = _nothing,
            IndexPath = index ?? Path.Combine(_nothing, "no-index"),
        });
    }

    /// <summary>A folder for the files of one step; the caller deletes it.</summary>
    public static DirectoryInfo NewFolder() => Directory.CreateTempSubdirectory("jobs-git-");

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(_nothing, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is empty, and in the temporary folder.
        }
    }
}
