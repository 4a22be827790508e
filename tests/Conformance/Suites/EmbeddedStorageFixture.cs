using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Jobs.Local.Storage;

namespace Jobs.Conformance.Suites;

/// <summary>An embedded storage in a throw-away folder, and real clients on it in this process.</summary>
public sealed class EmbeddedStorageFixture : IAsyncLifetime
{
    private EmbeddedStorage? _storage;

    public string Folder { get; } = Directory.CreateTempSubdirectory("jobs-storage-").FullName;

    public TableServiceClient Tables { get; private set; } = null!;

    public BlobServiceClient Blobs { get; private set; } = null!;

    internal EmbeddedStorage Storage => _storage!;

    public Task InitializeAsync()
    {
        Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _storage!.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Closes the storage and opens it again, as a new process would.</summary>
    public async Task ReopenAsync()
    {
        await _storage!.DisposeAsync();
        Open();
    }

    private void Open()
    {
        _storage = EmbeddedStorage.Open(Folder);
        Tables = new TableServiceClient(EmbeddedStorage.ConnectionString, new TableClientOptions { Transport = _storage.Transport });
        Blobs = new BlobServiceClient(EmbeddedStorage.ConnectionString, new BlobClientOptions { Transport = _storage.Transport });
    }
}
