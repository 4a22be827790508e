using Azure;

namespace Jobs.LocalRuntime.Blobs;

/// <summary>The service's refusals, by its own status and code.</summary>
internal static class BlobErrors
{
    public static RequestFailedException BlobAlreadyExists() => new(409, "The specified blob already exists.", "BlobAlreadyExists", null);

    public static RequestFailedException BlobNotFound() => new(404, "The specified blob does not exist.", "BlobNotFound", null);

    public static RequestFailedException ContainerNotFound() => new(404, "The specified container does not exist.", "ContainerNotFound", null);

    public static RequestFailedException InvalidResourceName(string message) => new(400, message, "InvalidResourceName", null);
}
