using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Jobs.Local.Storage;
using Jobs.Local.Storage.Listening;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Conformance.Suites;

/// <summary>An embedded storage that listens, and real clients that reach it over the loopback as any tool does: with signatures.</summary>
public sealed class ListeningStorageFixture : IAsyncLifetime
{
    private const int Attempts = 10;
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-storage-").FullName;
    private EmbeddedStorage? _storage;
    private StorageListener? _listener;

    public string ConnectionString => _listener!.ConnectionString;

    public TableServiceClient Tables => new(ConnectionString);

    public BlobServiceClient Blobs => new(ConnectionString);

    public async Task InitializeAsync()
    {
        _storage = EmbeddedStorage.Open(_folder);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _listener = await StorageListener.StartAsync(_storage, FreePort(), TimeProvider.System, CancellationToken.None);
                return;
            }
            catch (EmbeddedStorageException) when (attempt < Attempts)
            {
                // Somebody else took one of the two ports meanwhile.
            }
        }
    }

    public async Task DisposeAsync()
    {
        await _listener!.DisposeAsync();
        await _storage!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
