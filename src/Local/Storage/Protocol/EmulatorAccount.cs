namespace Jobs.Local.Storage.Protocol;

/// <summary>The account that every emulator of Azure Storage has. Name and key are published by Microsoft; the key protects nothing.</summary>
internal static class EmulatorAccount
{
    /// <summary>The account's name.</summary>
    public const string Name = "devstoreaccount1";

    /// <summary>The account's key, in base64.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>The port of the blobs that clients expect when they are told nothing else.</summary>
    public const int DefaultBlobPort = 10000;

    /// <summary>What is added to the port of the blobs to get the one of the tables. The one between is of the queues.</summary>
    public const int TablePortOffset = 2;

    /// <summary>What a client connects with to reach the blobs on that port and the tables on the port two above.</summary>
    public static string ConnectionString(int blobPort) =>
        $"DefaultEndpointsProtocol=http;AccountName={Name};AccountKey={Key};BlobEndpoint={Endpoint(blobPort)};TableEndpoint={Endpoint(blobPort + TablePortOffset)};";

    /// <summary>The address of the account on a port.</summary>
    public static string Endpoint(int port) => $"{Origin(port)}/{Name}";

    /// <summary>The address of a service on a port.</summary>
    public static string Origin(int port) => $"http://127.0.0.1:{port}";
}
