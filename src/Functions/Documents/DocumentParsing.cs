using System.Text.Json;
using Jobs.Documents;
using Jobs.Documents.Parsing;
using Jobs.Execution.Reading;
using Jobs.Functions.Capacity;
using Jobs.Functions.Work;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Documents;

/// <summary>
/// Parses a document of any format: in this process where its parser is bounded from within, and else in a process of its own. One organisation has at most half of the processes at once,
/// so that documents which are slow to read delay those of others by one of them.
/// </summary>
public sealed partial class DocumentParsing(DocumentProcess process, DocumentReaderOptions options, ILogger<DocumentParsing> logger)
{
    private readonly TenantGate _gate = new(Math.Max(1, options.MaxConcurrent / 2));

    /// <summary>Parses a document.</summary>
    /// <param name="tenant">Whose document it is.</param>
    /// <param name="content">The whole document.</param>
    /// <param name="fileName">The name that the sender gives it, or null.</param>
    /// <param name="contentType">The media type that the sender gives it, or null.</param>
    /// <param name="cancellationToken">Ends the parsing, and its process.</param>
    /// <exception cref="DocumentException">The document cannot be read.</exception>
    /// <exception cref="WorkException">No document can be read at present, which another attempt may mend.</exception>
    public async Task<ParsedDocument> ParseAsync(string tenant, ReadOnlyMemory<byte> content, string? fileName, string? contentType, CancellationToken cancellationToken)
    {
        if (!DocumentFormats.NeedsProcess(DocumentFormats.Detect(content, fileName, contentType), content.Length))
        {
            return DocumentParser.Parse(content, fileName, contentType, cancellationToken);
        }

        using var entry = await _gate.EnterAsync(tenant, cancellationToken);
        try
        {
            return await process.ReadAsync(content, fileName, contentType, cancellationToken) switch
            {
                DocumentReading.Succeeded read => ParsedDocumentJson.Read(read.Json.Span),
                DocumentReading.Refused refused => throw new DocumentException(DocumentErrorCodes.FromWord(refused.Code) ?? DocumentErrorCode.Malformed, refused.Message),
                var other => throw new InvalidOperationException($"Not a way in which reading ends: {other}"),
            };
        }
        catch (JsonException error)
        {
            // A document may have taken its reader over, which then says what it likes.
            throw new DocumentException(DocumentErrorCode.Malformed, "The document is damaged: what was read of it is not whole.", error);
        }
        catch (DocumentReaderUnavailableException error)
        {
            LogUnavailable(logger, error);
            throw new WorkException("Documents cannot be read at present.", isTransient: true);
        }
    }

    [LoggerMessage(LogLevel.Error, "Documents cannot be read until this is put right")]
    private static partial void LogUnavailable(ILogger logger, Exception error);
}
