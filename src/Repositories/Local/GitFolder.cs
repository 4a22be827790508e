using System.Text;
using Jobs.Domain.Repositories;

namespace Jobs.Repositories.Local;

/// <summary>
/// Where a repository keeps its things, looked at before libgit2 opens it: nothing in it may lead elsewhere. libgit2 runs no program, but it follows links, reads files that the configuration
/// includes and objects of a repository that another names; each of these is refused.
/// </summary>
/// <param name="Folder">The folder with the objects and references: <c>.git</c>, or the whole of a bare repository.</param>
/// <param name="WorkingFolder">The folder with the files of a commit; null for a bare repository.</param>
internal sealed record GitFolder(string Folder, string? WorkingFolder)
{
    /// <summary>The most bytes of a configuration.</summary>
    internal const int MaxConfigurationBytes = 1024 * 1024;

    /// <summary>The most files that are looked at for links.</summary>
    internal const int MaxFiles = 50_000;

    /// <summary>What is not there or not in a root: the same words, so that nobody finds out what the machine has.</summary>
    private const string NotThere = "There is no repository at this location that jobs may use.";

    /// <summary>Finds it. Throws <see cref="ForgeException"/> where there is none that may be used.</summary>
    public static GitFolder Find(LocalRoots roots, string location)
    {
        var folder = roots.Find(location) ?? throw new ForgeException(NotThere, isTransient: false);
        if (Path.GetFileName(folder) == ".git" && Path.GetDirectoryName(folder) is { } parent && roots.Hold(parent))
        {
            folder = parent;
        }

        var git = Path.Combine(folder, ".git");
        if (IsLink(git))
        {
            throw Refused("its .git is a link");
        }

        if (File.Exists(git))
        {
            throw Refused("its .git is a file that names another folder; register the repository that it belongs to");
        }

        var found = Directory.Exists(git) ? new GitFolder(git, folder) : new GitFolder(folder, null);
        if (!File.Exists(Path.Combine(found.Folder, "HEAD")) || !Directory.Exists(Path.Combine(found.Folder, "objects")) || !Directory.Exists(Path.Combine(found.Folder, "refs")))
        {
            throw new ForgeException(NotThere, isTransient: false);
        }

        try
        {
            found.RefuseWhatLeadsElsewhere();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ForgeException("The repository cannot be read.", isTransient: true);
        }

        return found;
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static ForgeException Refused(string reason) => new($"The repository cannot be used: {reason}.", isTransient: false);

    private void RefuseWhatLeadsElsewhere()
    {
        if (File.Exists(In("commondir")))
        {
            throw Refused("it belongs to another repository (commondir)");
        }

        if (File.Exists(In("objects/info/alternates")))
        {
            throw Refused("it takes objects of another repository (alternates)");
        }

        RefuseLinks();
        RefuseConfiguration("config");
        RefuseConfiguration("config.worktree");
    }

    /// <summary>Links where libgit2 reads or writes. What lies in the folders of hooks, submodules and linked working folders is never touched.</summary>
    private void RefuseLinks()
    {
        var seen = 0;
        var pending = new Stack<DirectoryInfo>([new DirectoryInfo(Folder)]);
        while (pending.TryPop(out var folder))
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                if (++seen > MaxFiles)
                {
                    throw Refused($"it has more than {MaxFiles:N0} files of Git's own; git gc packs them");
                }

                if (entry.LinkTarget is not null)
                {
                    throw Refused("there is a link among the files of Git's own");
                }

                if (entry is DirectoryInfo child && !(folder.FullName == Folder && child.Name is "hooks" or "modules" or "worktrees" or "lfs"))
                {
                    pending.Push(child);
                }
            }
        }
    }

    /// <summary>
    /// Refuses what makes libgit2 read elsewhere: included files, a working folder or attributes in another place. Blanks do not count, and a match in a value or a comment counts too: what
    /// libgit2 sees is never missed. Keys that name programs (hooks, filters, monitors) mean nothing to libgit2.
    /// </summary>
    private void RefuseConfiguration(string name)
    {
        var file = new FileInfo(In(name));
        if (!file.Exists)
        {
            return;
        }

        if (file.Length > MaxConfigurationBytes)
        {
            throw Refused("its configuration is too large");
        }

        var text = string.Concat(File.ReadAllText(file.FullName, Encoding.Latin1).Where(static letter => !char.IsWhiteSpace(letter))).ToLowerInvariant();
        if (text.Contains("[include", StringComparison.Ordinal))
        {
            throw Refused("its configuration includes other files");
        }

        if (text.Contains("worktree=", StringComparison.Ordinal) || text.Contains("attributesfile=", StringComparison.Ordinal))
        {
            throw Refused("its configuration names files in another place (core.worktree, core.attributesFile)");
        }
    }

    private string In(string name) => Path.Combine(Folder, name);
}
