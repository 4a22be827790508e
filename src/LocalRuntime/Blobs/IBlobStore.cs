using Azure;
using Azure.Storage.Blobs.Models;

namespace Jobs.LocalRuntime.Blobs;

/// <summary>
/// What stands behind the blob clients: a folder or the service over REST. A refusal is a <see cref="RequestFailedException"/> with the service's status
/// and error code. Names have passed <see cref="BlobLimits"/>.
/// </summary>
internal interface IBlobStore
{
    /// <summary>Makes a container; false when it is there.</summary>
    Task<bool> CreateContainerAsync(string container, CancellationToken cancellationToken);

    /// <summary>Writes a blob; with <paramref name="createOnly"/> 409 BlobAlreadyExists when it is there.</summary>
    Task<BlobContentInfo> UploadAsync(string container, string name, BinaryData content, string contentType, bool createOnly, CancellationToken cancellationToken);

    /// <summary>Reads a blob. 404 BlobNotFound or ContainerNotFound.</summary>
    Task<BlobDownloadResult> DownloadAsync(string container, string name, CancellationToken cancellationToken);

    /// <summary>Whether a blob is there.</summary>
    Task<bool> ExistsAsync(string container, string name, CancellationToken cancellationToken);

    /// <summary>Deletes a blob; false when there was none.</summary>
    Task<bool> DeleteAsync(string container, string name, CancellationToken cancellationToken);

    /// <summary>One page of the blobs whose names begin with a prefix, in the order of their names.</summary>
    Task<Page<BlobItem>> ListAsync(string container, string prefix, int take, string? continuation, CancellationToken cancellationToken);
}
