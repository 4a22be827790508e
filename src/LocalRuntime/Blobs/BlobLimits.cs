using System.Text.RegularExpressions;
using Azure;

namespace Jobs.LocalRuntime.Blobs;

/// <summary>The limits of Azure Blob Storage, checked before anything is sent, with the service's status and error code.</summary>
internal static partial class BlobLimits
{
    /// <summary>The most characters of a blob's name.</summary>
    public const int MaxNameLength = 1024;

    /// <summary>The most blobs of a page, and the default.</summary>
    public const int MaxPage = 5000;

    /// <summary>The type of a blob that was given none.</summary>
    public const string DefaultContentType = "application/octet-stream";

    /// <summary>Refuses names that are not 3 to 63 lower-case letters, digits and single hyphens between them.</summary>
    public static void CheckContainerName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!ContainerName().IsMatch(name))
            throw BlobErrors.InvalidResourceName($"The container name '{name}' is not 3 to 63 lower-case letters, digits and single hyphens.");
    }

    /// <summary>
    /// Refuses names that are too long, have a control character or half a surrogate pair, end with a dot or a slash, or have a segment of dots: the
    /// service forbids them or its addresses cannot carry them.
    /// </summary>
    public static void CheckBlobName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
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

    /// <summary>Refuses a content type that is no header value.</summary>
    public static void CheckContentType(string contentType)
    {
        if (contentType.Length == 0 || contentType.Any(c => c is < ' ' or > '~'))
            throw new RequestFailedException(400, "The content type is not printable ASCII.", "InvalidHeaderValue", null);
    }

    [GeneratedRegex("^(?=.{3,63}\\z)[a-z0-9]+(-[a-z0-9]+)*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerName();
}
