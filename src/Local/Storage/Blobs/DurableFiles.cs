using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Jobs.Local.Storage.Blobs;

/// <summary>Changes of folders that survive a power cut. .NET syncs files but not folders, so that is asked of libc.</summary>
internal static class DurableFiles
{
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

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
