using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Isolation;

/// <summary>
/// A temporary folder of this process that only its user can enter. A lock that the system releases when the process dies tells the next start that it may be
/// deleted, and what is written in it, that it is one of ours. Disposing deletes it.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    /// <summary>A file that everyone may read.</summary>
    public const UnixFileMode ReadableFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A folder that everyone may enter and list.</summary>
    public const UnixFileMode ReadableFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>A file that nobody may change.</summary>
    public const UnixFileMode FixedFile = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A program that nobody may change.</summary>
    public const UnixFileMode FixedProgram = FixedFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const string LockName = "lock";

    /// <summary>What every lock holds. A folder whose lock does not is somebody else's, whatever it is called, and so is one without a lock.</summary>
    private static readonly byte[] Marker = "A work folder of Jobs. It may be deleted once no process holds this lock.\n"u8.ToArray();

    private readonly FileStream _lock;
    private readonly ILogger _logger;
    private (string Folder, int Entries)? _sealed;

    /// <summary>Makes the folder and deletes those of the same prefix whose process is dead.</summary>
    public WorkFolder(string parent, string prefix, ILogger logger)
    {
        Directory.CreateDirectory(parent);
        DeleteLeftovers(parent, prefix, logger);
        _logger = logger;
        Folder = Path.Combine(parent, prefix + Guid.NewGuid().ToString("N"));
        CreateFolder(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _lock = new FileStream(Path.Combine(Folder, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        _lock.Write(Marker);
        _lock.Flush();
    }

    /// <summary>The absolute path.</summary>
    public string Folder { get; }

    /// <summary>False once somebody else has deleted this folder, or something in the sealed one: cleaners of temporary folders take file by file what is old.</summary>
    public bool IsIntact => File.Exists(Path.Combine(Folder, LockName)) && (_sealed is not var (folder, entries) || CountEntries(folder) == entries);

    /// <summary>Notes what a folder within this one holds. Nothing is added to it or removed from it from now on.</summary>
    public void Seal(string folder) => _sealed = (folder, CountEntries(folder));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
        {
            // Which deletes no open file.
            _lock.Dispose();
        }

        // The lock is held until the folder is gone, or a process that starts now would take it for a leftover and delete it too.
        Delete(Folder, _logger, LogLevel.Warning);
        _lock.Dispose();
    }

    /// <summary>Makes a folder with this mode, whatever the process's umask says.</summary>
    public static void CreateFolder(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        SetMode(path, mode);
    }

    /// <summary>Makes folders that everybody may read, one within the other, and gives the innermost.</summary>
    /// <param name="root">The folder in which they are made.</param>
    /// <param name="path">Their path in it, with <c>/</c> between the names.</param>
    public static string CreateFolders(string root, string path)
    {
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            root = Path.Combine(root, segment);
            CreateFolder(root, ReadableFolder);
        }

        return root;
    }

    /// <summary>Sets a mode where there are modes; the folder's programs may run as another user.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static void DeleteLeftovers(string parent, string prefix, ILogger logger)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, prefix + "*"))
        {
            if (!IsLeftover(folder))
            {
                continue;
            }

            // Another process may be deleting the same folder; and what is left now, the next start finds again.
            Delete(folder, logger, LogLevel.Debug);
        }
    }

    /// <summary>True for a folder of ours whose process is dead.</summary>
    private static bool IsLeftover(string folder)
    {
        try
        {
            // Throws while its process lives, and when there is none.
            using var held = new FileStream(Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            var content = new byte[Marker.Length];
            return held.Length == Marker.Length && held.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length && content.AsSpan().SequenceEqual(Marker);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int CountEntries(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Count();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }

    private static void Delete(string folder, ILogger logger, LogLevel whenLeft)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(folder))
            {
                logger.Log(whenLeft, e, "The folder {Folder} could not be deleted.", folder);
            }
        }
    }
}
