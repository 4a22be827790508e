using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Azure.Storage.Blobs.Models;

namespace Jobs.Storage;

/// <summary>Whether the account answers, by the least that can be asked of it: a row and a blob that are not there, in a table and a container that must be.</summary>
public sealed class StorageProbe(StorageAccount storage)
{
    /// <summary>The key of the row and the name of the blob. No id that we issue has this form.</summary>
    private const string Nothing = "health";

    /// <summary>One point read of a table. Throws <see cref="RequestFailedException"/> when it does not answer, does not let us in, or is not there.</summary>
    public async Task ReadTableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await storage.Jobs.GetEntityAsync<TableEntity>(Nothing, Nothing, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsNotFound() && error.ErrorCode == TableErrorCode.ResourceNotFound)
        {
            // As it should be: the table is there, and the row is not.
        }
    }

    /// <summary>One read of a blob. Throws <see cref="RequestFailedException"/> when the container does not answer, does not let us in, or is not there.</summary>
    public async Task ReadArtifactAsync(CancellationToken cancellationToken)
    {
        try
        {
            await storage.Artifacts.GetBlobClient(Nothing).DownloadContentAsync(cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsNotFound() && error.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            // As above.
        }
    }
}
