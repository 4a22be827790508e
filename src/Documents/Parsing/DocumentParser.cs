using System.Net.Mime;

namespace Jobs.Documents.Parsing;

/// <summary>Reads documents of every <see cref="DocumentKind"/>.</summary>
public static class DocumentParser
{
    /// <summary>Reads a document. Of formats that <see cref="DocumentFormats.NeedsProcess"/> names, only a process of its own should: a library may not notice the token.</summary>
    /// <param name="content">The whole document.</param>
    /// <param name="fileName">The name that the sender gives it, or null.</param>
    /// <param name="contentType">The media type that the sender gives it, or null.</param>
    /// <param name="cancellationToken">Ends the work between two steps.</param>
    /// <exception cref="DocumentException">The document cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ParsedDocument Parse(ReadOnlyMemory<byte> content, string? fileName, string? contentType, CancellationToken cancellationToken)
    {
        var format = DocumentFormats.Detect(content, fileName, contentType);
        var builder = new DocumentBuilder(cancellationToken);
        try
        {
            return format switch
            {
                DocumentKind.Text => TextParser.Parse(Text(content, contentType), builder),
                DocumentKind.Markdown => MarkdownParser.Parse(Text(content, contentType), builder),
                DocumentKind.Html => HtmlParser.Parse(TextDecoder.Decode(content.Span, Charset(contentType) ?? HtmlParser.Charset(content.Span)), builder),
                DocumentKind.Csv => CsvParser.Parse(Text(content, contentType), builder),
                DocumentKind.Json => JsonParser.Parse(content, builder),
                DocumentKind.Word => WordParser.Parse(OfficePackage.Open(content, cancellationToken), builder),
                DocumentKind.Workbook => WorkbookParser.Parse(OfficePackage.Open(content, cancellationToken), builder),
                DocumentKind.Presentation => PresentationParser.Parse(OfficePackage.Open(content, cancellationToken), builder),
                DocumentKind.Pdf => PdfParser.Parse(content, builder),
            };
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new DocumentException(DocumentErrorCode.TooDeep, "The document is nested too deeply.", e);
        }
        catch (Exception e) when (e is not (DocumentException or OperationCanceledException or OutOfMemoryException))
        {
            // The libraries say in many ways that a file is not as it should be, down to null references.
            throw new DocumentException(DocumentErrorCode.Malformed, $"The {format.Word()} is damaged and cannot be read.", e);
        }
    }

    /// <summary>Reads a stream to its end, which is no more than <see cref="DocumentLimits.MaxBytes"/> away.</summary>
    /// <exception cref="DocumentException">It is longer.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (content.Length + read > DocumentLimits.MaxBytes)
            {
                throw new DocumentException(DocumentErrorCode.TooLarge, $"The document is larger than {DocumentLimits.MaxBytes / 1024 / 1024} MiB.");
            }

            content.Write(buffer, 0, read);
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    private static string Text(ReadOnlyMemory<byte> content, string? contentType) => TextDecoder.Decode(content.Span, Charset(contentType));

    private static string? Charset(string? contentType)
    {
        try
        {
            return contentType is { Length: > 0 and <= DocumentLimits.MaxNameLength } ? new ContentType(contentType).CharSet : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
