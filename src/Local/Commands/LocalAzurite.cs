using Jobs.Local.Emulator;
using Jobs.Local.Host;

namespace Jobs.Local.Commands;

/// <summary>An Azurite that belongs to the app: started before it, stopped after it.</summary>
internal sealed class LocalAzurite : IAsyncDisposable
{
    private readonly DataFolderLock _lock;
    private readonly AzuriteProcess _process;

    private LocalAzurite(DataFolderLock @lock, AzuriteProcess process)
    {
        _lock = @lock;
        _process = process;
    }

    public string ConnectionString => _process.ConnectionString;

    /// <summary>Throws <see cref="LocalHostException"/> where Azurite cannot be installed or started, or <paramref name="folder"/> is in use.</summary>
    public static async Task<LocalAzurite> StartAsync(string folder)
    {
        // Two Azurites would overwrite each other's files.
        var folderLock = new DataFolderLock(folder);
        try
        {
            await AzuriteInstallation.EnsureAsync(AppContext.BaseDirectory, Console.Out);
            return new LocalAzurite(folderLock, await AzuriteProcess.StartAsync(AppContext.BaseDirectory, folder, CancellationToken.None));
        }
        catch (Exception exception)
        {
            folderLock.Dispose();
            throw exception is InvalidOperationException or TimeoutException or IOException ? new LocalHostException(exception.Message, exception) : exception;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _lock.Dispose();
    }
}
