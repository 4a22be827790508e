namespace Jobs.Local.Host;

/// <summary>Folders that other users of the machine cannot look into.</summary>
internal static class PrivateFolder
{
    /// <summary>Makes the folder and what is missing above it. One that exists stays as it is.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
