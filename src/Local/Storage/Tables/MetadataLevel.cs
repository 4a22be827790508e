using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>How much the JSON of an answer says about itself.</summary>
internal enum MetadataLevel
{
    /// <summary>Only values.</summary>
    None,

    /// <summary>ETags, and types that JSON does not show.</summary>
    Minimal,

    /// <summary>Addresses and the types of everything beside that.</summary>
    Full,
}

/// <summary>What a request says about the form of its answer.</summary>
internal static class MetadataLevels
{
    /// <summary>What <c>$format</c>, or else <c>Accept</c>, asks for; minimal when neither does. Atom is refused.</summary>
    public static MetadataLevel Of(StorageRequest request)
    {
        var asked = request.Query["$format"] ?? request.Header("Accept") ?? "";
        if (asked.Contains("odata=nometadata", StringComparison.OrdinalIgnoreCase))
            return MetadataLevel.None;
        if (asked.Contains("odata=fullmetadata", StringComparison.OrdinalIgnoreCase))
            return MetadataLevel.Full;
        return asked.Contains("atom+xml", StringComparison.OrdinalIgnoreCase) && !asked.Contains("json", StringComparison.OrdinalIgnoreCase)
            ? throw new StorageError(415, "AtomFormatNotSupported", "Atom format is not supported.")
            : MetadataLevel.Minimal;
    }

    /// <summary>The media type of an answer.</summary>
    public static string ContentType(this MetadataLevel level) => level switch
    {
        MetadataLevel.None => "application/json;odata=nometadata;streaming=true;charset=utf-8",
        MetadataLevel.Minimal => "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
        MetadataLevel.Full => "application/json;odata=fullmetadata;streaming=true;charset=utf-8",
    };
}
