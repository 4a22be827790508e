using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>The Blob service's refusals, by its own status, code and words.</summary>
internal static class BlobErrors
{
    public static StorageError BlobAlreadyExists() => new(409, "BlobAlreadyExists", "The specified blob already exists.");

    public static StorageError BlobNotFound() => new(404, "BlobNotFound", "The specified blob does not exist.");

    public static StorageError ContainerNotFound() => new(404, "ContainerNotFound", "The specified container does not exist.");

    public static StorageError ContainerAlreadyExists() => new(409, "ContainerAlreadyExists", "The specified container already exists.");

    public static StorageError ConditionNotMet() => new(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");

    public static StorageError NotModified() => new(304, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");

    public static StorageError InvalidRange() => new(416, "InvalidRange", "The range specified is invalid for the current size of the resource.");

    public static StorageError InvalidBlockList() => new(400, "InvalidBlockList", "The specified block list is invalid.");

    public static StorageError InvalidResourceName(string message) => new(400, "InvalidResourceName", message);

    public static StorageError Md5Mismatch() =>
        new(400, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.");

    public static StorageError Crc64Mismatch() =>
        new(400, "Crc64Mismatch", "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.");
}
