using Azure.Core;

namespace Azure.Storage.Blobs;

/// <summary>How a client talks to the service: retries and policies are those of <see cref="ClientOptions"/>.</summary>
public class BlobClientOptions : ClientOptions
{
    /// <summary>What is sent as <c>x-ms-version</c>.</summary>
    internal const string Version = "2021-12-02";

    internal BlobClientOptions()
    {
    }
}
