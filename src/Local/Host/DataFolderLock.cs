namespace Jobs.Local.Host;

/// <summary>Lets one host at a time use a data folder. The operating system frees it with the process, however that ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private const string FileName = ".lock";

    private readonly FileStream _file;

    /// <summary>Makes the folder, only for this user, if it is missing. Throws <see cref="LocalHostException"/> while another host uses it.</summary>
    public DataFolderLock(string dataFolder)
    {
        try
        {
            PrivateFolder.Create(dataFolder);
            _file = new FileStream(Path.Combine(dataFolder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LocalHostException($"The data folder {dataFolder} cannot be used, or another process uses it ({exception.Message}); choose another with --data.", exception);
        }
    }

    public void Dispose() => _file.Dispose();
}
