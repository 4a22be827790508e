using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Isolation;

/// <summary>
/// A temporary folder of this process that only its user can enter. A lock that the system releases when the process dies tells the next start that it may be
/// deleted. Disposing deletes it.
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

    /// <summary>A folder without a lock is being made, unless it is older than this.</summary>
    private static readonly TimeSpan TimeToLock = TimeSpan.FromMinutes(1);

    private readonly FileStream _lock;
    private readonly ILogger _logger;

    /// <summary>Makes the folder and deletes those of the same prefix whose process is dead.</summary>
    public WorkFolder(string parent, string prefix, ILogger logger)
    {
        DeleteLeftovers(parent, prefix, logger);
        _logger = logger;
        Folder = Path.Combine(parent, prefix + Guid.NewGuid().ToString("N"));
        CreateFolder(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _lock = new FileStream(Path.Combine(Folder, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>The absolute path.</summary>
    public string Folder { get; }

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
            try
            {
                var lockFile = Path.Combine(folder, LockName);
                if (File.Exists(lockFile))
                {
                    // Throws while its process lives.
                    using var held = new FileStream(lockFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                }
                else if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) < TimeToLock)
                {
                    continue;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            // Another process may be deleting the same folder; and what is left now, the next start finds again.
            Delete(folder, logger, LogLevel.Debug);
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
