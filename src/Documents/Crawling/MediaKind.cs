using System.Collections.Frozen;

namespace Jobs.Documents.Crawling;

/// <summary>What a crawl does with an answer of a media type.</summary>
internal enum MediaKind
{
    /// <summary>It is read as HTML.</summary>
    Html,

    /// <summary>It is taken as it is.</summary>
    Text,

    /// <summary>It is listed for a document parser.</summary>
    Document,

    /// <summary>It is left out.</summary>
    Other,
}

/// <summary>Tells kinds by media types and by the names of files.</summary>
internal static class MediaKinds
{
    private static readonly FrozenDictionary<string, string> Documents = new Dictionary<string, string>
    {
        [".pdf"] = "application/pdf",
        [".doc"] = "application/msword",
        [".docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        [".xls"] = "application/vnd.ms-excel",
        [".xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        [".ppt"] = "application/vnd.ms-powerpoint",
        [".pptx"] = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        [".odt"] = "application/vnd.oasis.opendocument.text",
        [".ods"] = "application/vnd.oasis.opendocument.spreadsheet",
        [".odp"] = "application/vnd.oasis.opendocument.presentation",
        [".rtf"] = "application/rtf",
        [".epub"] = "application/epub+zip",
        [".csv"] = "text/csv",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> DocumentTypes = Documents.Values.Append("application/json").ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Names whose files are neither pages nor documents, so that they are not even asked for.</summary>
    private static readonly FrozenSet<string> OtherNames = new[]
    {
        ".7z", ".aac", ".apk", ".avi", ".avif", ".bin", ".bmp", ".bz2", ".css", ".dmg", ".eot", ".exe", ".flac", ".gif", ".gz", ".ico", ".iso", ".jar", ".jpeg", ".jpg", ".js", ".m4a",
        ".m4v", ".map", ".mjs", ".mov", ".mp3", ".mp4", ".mpeg", ".mpg", ".msi", ".ogg", ".ogv", ".otf", ".png", ".rar", ".svg", ".tar", ".tgz", ".tif", ".tiff", ".ttf", ".wasm",
        ".wav", ".webm", ".webp", ".wmv", ".woff", ".woff2", ".xz", ".zip",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The media type of a header, without parameters, in lower case; null when it has none.</summary>
    public static string? TypeOf(string? header)
    {
        var end = header?.IndexOf(';') ?? -1;
        var type = (end < 0 ? header : header![..end])?.Trim().ToLowerInvariant();
        return string.IsNullOrEmpty(type) ? null : type;
    }

    /// <summary>What to do with an answer. Without a type, its first bytes tell.</summary>
    public static MediaKind KindOf(string? type, ReadOnlySpan<byte> body) => type switch
    {
        "text/html" or "application/xhtml+xml" => MediaKind.Html,
        "text/plain" or "text/markdown" or "text/x-markdown" => MediaKind.Text,
        null => Guess(body),
        _ => DocumentTypes.Contains(type) ? MediaKind.Document : MediaKind.Other,
    };

    /// <summary>The media type that the name of a document says; null for what is no document by its name.</summary>
    public static string? DocumentTypeOf(string address) => Documents.GetValueOrDefault(ExtensionOf(address));

    /// <summary>True for what is neither page nor document by its name.</summary>
    public static bool IsOther(string address) => OtherNames.Contains(ExtensionOf(address));

    private static MediaKind Guess(ReadOnlySpan<byte> body)
    {
        var start = body[..Math.Min(body.Length, 1_024)];
        return start.StartsWith("%PDF-"u8) ? MediaKind.Document
            : start.Contains((byte)0) ? MediaKind.Other
            : start.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'<', ..] ? MediaKind.Html
            : MediaKind.Text;
    }

    private static string ExtensionOf(string address)
    {
        var path = CrawlAddress.PathOf(address).AsSpan();
        var query = path.IndexOf('?');
        path = query < 0 ? path : path[..query];
        var dot = path.LastIndexOf('.');
        return dot >= 0 && dot > path.LastIndexOf('/') && path.Length - dot <= 6 ? path[dot..].ToString() : "";
    }
}
