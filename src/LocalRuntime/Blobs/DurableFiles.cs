using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Jobs.LocalRuntime.Blobs;

/// <summary>Changes of folders that survive a power cut. .NET syncs files but not folders, so that is asked of libc.</summary>
internal static class DurableFiles
{
    /// <summary>Moves a file; without <paramref name="overwrite"/> an existing target is an <see cref="IOException"/>, also in a race.</summary>
    public static void Move(string source, string target, bool overwrite)
    {
        if (overwrite || OperatingSystem.IsWindows())
        {
            File.Move(source, target, overwrite);
            return;
        }

        // link fails when the target exists; a rename, which File.Move may fall back to, would replace it.
        if (Link(source, target) != 0)
            throw new IOException($"Cannot link {target}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    /// <summary>Deletes a file; false when there was none, or another caller deleted it.</summary>
    public static bool Delete(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var existed = File.Exists(path);
            File.Delete(path);
            return existed;
        }

        if (Unlink(path) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error is NoSuchFile or NotAFolder ? false : throw new IOException($"Cannot delete {path}: {new Win32Exception(error).Message}");
    }

    /// <summary>Makes the names in a folder durable. On Windows the file system's journal does.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            throw new IOException($"Cannot open {folder}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        Close(descriptor);
        if (failed)
            throw new IOException($"Cannot sync {folder}: {new Win32Exception(error).Message}");
    }

    private const int ReadOnly = 0;
    private const int NoSuchFile = 2;
    private const int NotAFolder = 20;

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string source, [MarshalAs(UnmanagedType.LPUTF8Str)] string target);

    [DllImport("libc", EntryPoint = "unlink", SetLastError = true)]
    private static extern int Unlink([MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
