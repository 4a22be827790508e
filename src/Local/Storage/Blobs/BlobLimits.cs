using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>The limits of Azure Blob Storage. Each refusal has the service's status and error code.</summary>
internal static class BlobLimits
{
    /// <summary>The most characters of a blob's name.</summary>
    public const int MaxNameLength = 1024;

    /// <summary>The most blobs of a page, and the default.</summary>
    public const int MaxPage = 5000;

    /// <summary>The most bytes of a blob that is written with one request: 5,000 MiB.</summary>
    public const long MaxPutBytes = 5_000L * 1024 * 1024;

    /// <summary>The most bytes of a block: 4,000 MiB.</summary>
    public const long MaxBlockBytes = 4_000L * 1024 * 1024;

    /// <summary>The most blocks of a blob.</summary>
    public const int MaxBlocks = 50_000;

    /// <summary>The most bytes of a block's id before it is encoded.</summary>
    public const int MaxBlockIdBytes = 64;

    /// <summary>The most bytes of names and values of metadata.</summary>
    public const int MaxMetadataBytes = 8 * 1024;

    /// <summary>The fewest and most characters of a container's name.</summary>
    private const int MinContainerName = 3, MaxContainerName = 63;

    /// <summary>The type of a blob that was given none.</summary>
    public const string DefaultContentType = "application/octet-stream";

    /// <summary>Refuses names that are not 3 to 63 lower-case letters, digits and single hyphens between them.</summary>
    public static void CheckContainerName(string name)
    {
        if (name.Length is < MinContainerName or > MaxContainerName)
            throw new StorageError(400, "OutOfRangeInput", "The specified resource name length is not within the permissible limits.");
        if (!name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            || name.StartsWith('-') || name.EndsWith('-') || name.Contains("--", StringComparison.Ordinal))
        {
            throw BlobErrors.InvalidResourceName("The specified resource name contains invalid characters.");
        }
    }

    /// <summary>
    /// Refuses names that are too long, have a control character or half a surrogate pair, end with a dot or a slash, or have a segment of dots: the
    /// service forbids them or its addresses cannot carry them.
    /// </summary>
    public static void CheckBlobName(string name)
    {
        if (name.Length > MaxNameLength)
            throw BlobErrors.InvalidResourceName($"A blob name has at most {MaxNameLength} characters.");
        if (name.Any(char.IsControl) || name.EndsWith('.') || name.EndsWith('/') || name.Contains('\\', StringComparison.Ordinal) || name.Split('/').Any(segment => segment is "." or ".."))
            throw BlobErrors.InvalidResourceName("The blob name has a control character or a backslash, ends with a dot or a slash, or has a segment of dots.");
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && !(char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[++i])))
                throw BlobErrors.InvalidResourceName("The blob name has half a surrogate pair.");
        }
    }

    /// <summary>A header that is kept with a blob; null when it was not sent. What is no printable ASCII could not be sent back and is refused.</summary>
    public static string? StoredHeader(StorageRequest request, string name)
    {
        if (request.Header(name) is not { Length: > 0 } value)
            return null;
        return value.All(c => c is >= ' ' and <= '~') ? value : throw StorageError.InvalidHeader(name);
    }

    /// <summary>The metadata of a request: its headers that begin with <c>x-ms-meta-</c>. Null when there are none.</summary>
    public static Dictionary<string, string>? Metadata(StorageRequest request)
    {
        const string Prefix = "x-ms-meta-";
        Dictionary<string, string>? metadata = null;
        var bytes = 0;
        foreach (var (header, value) in request.Headers)
        {
            if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                continue;
            var name = header[Prefix.Length..];
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || value.Any(c => c is < ' ' or > '~'))
                throw new StorageError(400, "InvalidMetadata", "The specified metadata is invalid. It includes characters that are not permitted.");
            bytes += name.Length + value.Length;
            if (bytes > MaxMetadataBytes)
                throw new StorageError(400, "MetadataTooLarge", "The metadata specified exceeds the maximum permissible limit.");
            (metadata ??= new(StringComparer.OrdinalIgnoreCase))[name] = value;
        }

        return metadata;
    }
}
