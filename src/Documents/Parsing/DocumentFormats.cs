using System.Text;
using System.Text.Json;

namespace Jobs.Documents.Parsing;

/// <summary>Tells formats apart: by content first, then by what the sender says, and refuses a document whose content is something else than is said.</summary>
public static class DocumentFormats
{
    /// <summary>How many bytes of a text are looked at to tell what it is.</summary>
    private const int SampleBytes = 8 * 1024;

    /// <summary>A text may have one control character in so many; what has more is no text. Of random bytes it is one in ten.</summary>
    private const int CharactersPerControl = 50;

    private static readonly byte[] CompoundFile = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    private static readonly (byte[] Magic, string Is)[] Unsupported =
    [
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "an image"),
        ([0xFF, 0xD8, 0xFF], "an image"),
        ("GIF8"u8.ToArray(), "an image"),
        ("II*\0"u8.ToArray(), "an image"),
        ("MM\0*"u8.ToArray(), "an image"),
        ([0x1F, 0x8B], "an archive"),
        ([(byte)'7', (byte)'z', 0xBC, 0xAF], "an archive"),
        ("Rar!"u8.ToArray(), "an archive"),
        ("BZh"u8.ToArray(), "an archive"),
        ([0x7F, (byte)'E', (byte)'L', (byte)'F'], "a program"),
        ("MZ"u8.ToArray(), "a program"),
        ("RIFF"u8.ToArray(), "a sound, an image or a film"),
        ("OggS"u8.ToArray(), "a sound or a film"),
        ("ID3"u8.ToArray(), "a sound"),
        ("SQLite format 3"u8.ToArray(), "a database"),
    ];

    /// <summary>The usual file extension of a format, without the dot.</summary>
    public static string Word(this DocumentKind format) => format switch
    {
        DocumentKind.Text => "txt",
        DocumentKind.Markdown => "md",
        DocumentKind.Html => "html",
        DocumentKind.Csv => "csv",
        DocumentKind.Json => "json",
        DocumentKind.Word => "docx",
        DocumentKind.Workbook => "xlsx",
        DocumentKind.Presentation => "pptx",
        DocumentKind.Pdf => "pdf",
    };

    /// <summary>
    /// Whether a document must be parsed by a process of its own, because what its parser does cannot be bounded from within: every binary format, HTML, and Markdown
    /// that is longer than <see cref="DocumentLimits.MaxMarkdownBytesInProcess"/>, as some Markdown takes time that grows with the square of its length.
    /// </summary>
    /// <param name="format">Its format.</param>
    /// <param name="length">How many bytes it has.</param>
    public static bool NeedsProcess(DocumentKind format, long length) => format switch
    {
        DocumentKind.Text or DocumentKind.Csv or DocumentKind.Json => false,
        DocumentKind.Markdown => length > DocumentLimits.MaxMarkdownBytesInProcess,
        DocumentKind.Html or DocumentKind.Word or DocumentKind.Workbook or DocumentKind.Presentation or DocumentKind.Pdf => true,
    };

    /// <summary>Tells the format of a document. What it costs is linear in the content's length; nothing is inflated and nothing of a binary format is parsed.</summary>
    /// <param name="content">The whole document.</param>
    /// <param name="fileName">The name that the sender gives it, or null. Only the extension counts.</param>
    /// <param name="contentType">The media type that the sender gives it, or null.</param>
    /// <exception cref="DocumentException">It is no format that is read, is something else than is said, is empty, has a password, or is larger than
    /// <see cref="DocumentLimits.MaxBytes"/>.</exception>
    public static DocumentKind Detect(ReadOnlyMemory<byte> content, string? fileName, string? contentType)
    {
        if (content.Length == 0)
        {
            throw new DocumentException(DocumentErrorCode.NoText, "The document is empty.");
        }

        if (content.Length > DocumentLimits.MaxBytes)
        {
            throw new DocumentException(DocumentErrorCode.TooLarge, $"The document is larger than {DocumentLimits.MaxBytes / 1024 / 1024} MiB.");
        }

        var byName = ByExtension(fileName);
        var byType = ByContentType(contentType);
        if (Binary(content, byName == DocumentKind.Pdf || byType == DocumentKind.Pdf) is { } binary)
        {
            Compare(byName, binary, "name");
            Compare(byType, binary, "content type");
            return binary;
        }

        var start = Start(content.Span);
        Compare(byName, DocumentKind.Text, "name");
        Compare(byType, DocumentKind.Text, "content type");
        var said = byName is null or DocumentKind.Text ? byType ?? byName : byName;
        if (IsHtml(start))
        {
            return said switch
            {
                DocumentKind.Markdown => DocumentKind.Markdown,
                DocumentKind.Csv or DocumentKind.Json =>
                    throw new DocumentException(DocumentErrorCode.FormatMismatch, $"The document is said to be {said.Value.Word()}, but it is HTML."),
                _ => DocumentKind.Html,
            };
        }

        return said is null or DocumentKind.Text && IsJson(content.Span, start) ? DocumentKind.Json : said ?? DocumentKind.Text;
    }

    private static void Compare(DocumentKind? said, DocumentKind actual, string by)
    {
        if (said is not { } format || format == actual || IsText(format) && IsText(actual))
        {
            return;
        }

        throw new DocumentException(
            DocumentErrorCode.FormatMismatch,
            $"The document is a {format.Word()} by its {by}, but its content is {(IsText(actual) ? "text" : $"a {actual.Word()}")}.");
    }

    private static bool IsText(DocumentKind format) =>
        format is DocumentKind.Text or DocumentKind.Markdown or DocumentKind.Html or DocumentKind.Csv or DocumentKind.Json;

    private static DocumentKind? ByExtension(string? fileName)
    {
        var name = fileName is null || fileName.Length <= DocumentLimits.MaxNameLength ? fileName : fileName[^DocumentLimits.MaxNameLength..];
        return Path.GetExtension(name)?.ToLowerInvariant() switch
        {
            ".txt" or ".text" or ".log" => DocumentKind.Text,
            ".md" or ".markdown" => DocumentKind.Markdown,
            ".html" or ".htm" or ".xhtml" => DocumentKind.Html,
            ".csv" or ".tsv" => DocumentKind.Csv,
            ".json" => DocumentKind.Json,
            ".docx" or ".docm" or ".dotx" => DocumentKind.Word,
            ".xlsx" or ".xlsm" or ".xltx" => DocumentKind.Workbook,
            ".pptx" or ".pptm" or ".ppsx" => DocumentKind.Presentation,
            ".pdf" => DocumentKind.Pdf,
            _ => null,
        };
    }

    private static DocumentKind? ByContentType(string? contentType)
    {
        if (contentType is null || contentType.Length > DocumentLimits.MaxNameLength)
        {
            return null;
        }

        return contentType.Split(';')[0].Trim().ToLowerInvariant() switch
        {
            "text/plain" => DocumentKind.Text,
            "text/markdown" or "text/x-markdown" => DocumentKind.Markdown,
            "text/html" or "application/xhtml+xml" => DocumentKind.Html,
            "text/csv" or "text/tab-separated-values" => DocumentKind.Csv,
            "application/json" or "text/json" => DocumentKind.Json,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => DocumentKind.Word,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => DocumentKind.Workbook,
            "application/vnd.openxmlformats-officedocument.presentationml.presentation" => DocumentKind.Presentation,
            "application/pdf" => DocumentKind.Pdf,
            _ => null,
        };
    }

    /// <summary>The format of a content that is no text; null when it may be one.</summary>
    private static DocumentKind? Binary(ReadOnlyMemory<byte> content, bool isSaidToBePdf)
    {
        var bytes = content.Span;
        // Readers take a PDF whose mark stands within the first 1,024 bytes; of other documents such a place may speak of PDFs.
        if (bytes.StartsWith("%PDF-"u8) || isSaidToBePdf && bytes[..Math.Min(bytes.Length, 1024)].IndexOf("%PDF-"u8) >= 0)
        {
            return DocumentKind.Pdf;
        }

        if (bytes.StartsWith("PK\x03\x04"u8) || bytes.StartsWith("PK\x05\x06"u8))
        {
            return OfArchive(ZipDirectory.Read(content));
        }

        if (bytes.StartsWith(CompoundFile))
        {
            throw OfCompoundFile(bytes);
        }

        foreach (var (magic, what) in Unsupported)
        {
            if (bytes.StartsWith(magic) && !(Ascii.IsValid(magic) && IsProse(bytes)))
            {
                throw new DocumentException(DocumentErrorCode.UnsupportedFormat, $"The file is {what}. Documents are read as {AllWords}.");
            }
        }

        if (bytes.StartsWith("{\\rtf"u8))
        {
            throw new DocumentException(DocumentErrorCode.UnsupportedFormat, "Rich Text (.rtf) is not read. Save the document as .docx.");
        }

        return IsProse(bytes) ? null : throw new DocumentException(DocumentErrorCode.UnsupportedFormat, $"The file is no document that is read here, and no text. Documents are read as {AllWords}.");
    }

    private static string AllWords => string.Join(", ", Enum.GetValues<DocumentKind>().Select(Word));

    private static DocumentKind OfArchive(ZipDirectory archive)
    {
        if (archive.IsEncrypted)
        {
            throw new DocumentException(DocumentErrorCode.Encrypted, "The archive has a password. Remove the password and send the document again.");
        }

        if (archive.Contains("[Content_Types].xml"))
        {
            if (archive.Contains("xl/workbook.bin"))
            {
                throw new DocumentException(DocumentErrorCode.UnsupportedFormat, "Binary workbooks (.xlsb) are not read. Save the workbook as .xlsx.");
            }

            foreach (var (folder, format) in new[] { ("word/", DocumentKind.Word), ("xl/", DocumentKind.Workbook), ("ppt/", DocumentKind.Presentation) })
            {
                if (archive.Names.Any(name => name.StartsWith(folder, StringComparison.OrdinalIgnoreCase)))
                {
                    return format;
                }
            }
        }

        throw new DocumentException(
            DocumentErrorCode.UnsupportedFormat,
            archive.Contains("mimetype") && archive.Contains("content.xml")
                ? "OpenDocument files (.odt, .ods, .odp) are not read. Save the document as .docx, .xlsx, .pptx or PDF."
                : $"The file is a ZIP archive and no document. Documents are read as {AllWords}.");
    }

    /// <summary>What holds old Office documents, and new ones with a password. Its directory has entries of 128 bytes that begin with a name.</summary>
    private static DocumentException OfCompoundFile(ReadOnlySpan<byte> bytes)
    {
        var names = new HashSet<string>();
        foreach (var name in new[] { "EncryptedPackage", "WordDocument", "Workbook", "Book", "PowerPoint Document" })
        {
            var encoded = Encoding.Unicode.GetBytes(name + "\0").AsSpan();
            for (var i = 512; i + encoded.Length <= bytes.Length; i += 128)
            {
                if (bytes.Slice(i, encoded.Length).SequenceEqual(encoded))
                {
                    names.Add(name);
                    break;
                }
            }
        }

        return names switch
        {
            _ when names.Contains("EncryptedPackage") => new(DocumentErrorCode.Encrypted, "The document has a password. Remove the password and send it again."),
            _ when names.Contains("WordDocument") => new(DocumentErrorCode.UnsupportedFormat, "Word 97–2003 documents (.doc) are not read. Save the document as .docx."),
            _ when names.Contains("Workbook") || names.Contains("Book") =>
                new(DocumentErrorCode.UnsupportedFormat, "Excel 97–2003 workbooks (.xls) are not read. Save the workbook as .xlsx."),
            _ when names.Contains("PowerPoint Document") =>
                new(DocumentErrorCode.UnsupportedFormat, "PowerPoint 97–2003 presentations (.ppt) are not read. Save the presentation as .pptx."),
            _ => new(DocumentErrorCode.UnsupportedFormat, $"The file is of an old Office format. Documents are read as {AllWords}."),
        };
    }

    /// <summary>Whether bytes can be a text in some encoding.</summary>
    private static bool IsProse(ReadOnlySpan<byte> bytes)
    {
        if (TextDecoder.ByMark(bytes).Encoding is not null || TextDecoder.Utf16WithoutMark(bytes) is not null)
        {
            return true;
        }

        var sample = bytes[..Math.Min(bytes.Length, SampleBytes)];
        var controls = 0;
        foreach (var b in sample)
        {
            // Escape begins the colours of a terminal's log.
            controls += b is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 0x1B) ? 1 : 0;
        }

        return controls * CharactersPerControl <= sample.Length;
    }

    private static string Start(ReadOnlySpan<byte> bytes) =>
        TextDecoder.Decode(bytes[..Math.Min(bytes.Length, SampleBytes)], null).TrimStart(' ', '\t', '\r', '\n', '\uFEFF');

    private static bool IsHtml(string start) =>
        start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
        || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
        || (start.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<!--", StringComparison.Ordinal))
            && start.AsSpan(0, Math.Min(start.Length, 1024)).Contains("<html", StringComparison.OrdinalIgnoreCase);

    private static bool IsJson(ReadOnlySpan<byte> bytes, string start)
    {
        if (start.Length == 0 || start[0] is not ('{' or '['))
        {
            return false;
        }

        var (encoding, mark) = TextDecoder.ByMark(bytes);
        if (encoding is not (null or UTF8Encoding))
        {
            return false;
        }

        var reader = new Utf8JsonReader(bytes[mark..], new JsonReaderOptions { MaxDepth = DocumentLimits.MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
