using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Jobs.Documents;
using Jobs.Documents.Analysis;
using Jobs.Documents.Parsing;
using Jobs.Functions.Documents;
using Jobs.Functions.JobTypes.Analysis;
using Jobs.Functions.Work;

namespace Jobs.Functions.JobTypes.ParseDocument;

/// <summary>Reads the documents that the inputs of jobs name.</summary>
public sealed class DocumentSources(Uploads uploads, DocumentParsing parsing, EarlierJobs jobs)
{
    /// <summary>The type of the jobs whose results are documents.</summary>
    public const string ParsingType = "PARSE_DOCUMENT";

    /// <summary>The most documents of one job.</summary>
    public const int MaxDocuments = 20;

    /// <summary>The most characters that the documents of one job have together.</summary>
    public const int MaxTextLength = DocumentLimits.MaxTextLength;

    /// <summary>How many of them are read at once.</summary>
    public const int MaxReads = 4;

    private const int IdBytes = 8;

    /// <summary>Reads a document. Throws <see cref="WorkException"/> when there is none, and when it cannot be read.</summary>
    public async Task<ParsedDocument> ReadAsync(WorkContext work, DocumentReference reference, CancellationToken cancellationToken)
    {
        if (reference.JobId is { } jobId)
        {
            var job = await jobs.FindAsync(work, jobId, [ParsingType], cancellationToken);
            return (await jobs.ReadResultAsync<ParseDocumentResult>(job, cancellationToken)).ToDocument();
        }

        var content = reference.Text is { } text ? Encoding.UTF8.GetBytes(text)
            : (await uploads.FindAsync(work.Tenant, reference.DocumentId!, cancellationToken))?.ToMemory()
                ?? throw new WorkException($"There is no document {reference.DocumentId}.", isTransient: false);
        var name = reference.DocumentId is { } id ? await uploads.FindNameAsync(work.Tenant, id, cancellationToken) : null;
        try
        {
            var document = await parsing.ParseAsync(
                work.Tenant,
                content,
                reference.Format is { } format ? $"document.{format}" : name,
                reference.Text is null ? null : "text/plain; charset=utf-8",
                cancellationToken);
            return document.Title is null && name is not null ? document with { Title = name } : document;
        }
        catch (DocumentException error)
        {
            throw new WorkException(error.Message, isTransient: false);
        }
    }

    /// <summary>Reads documents, some at once, each once however often it is named. Throws <see cref="WorkException"/> when one cannot be read, and when they are too long together.</summary>
    public async Task<IReadOnlyList<SourceDocument>> ReadAllAsync(WorkContext work, IEnumerable<DocumentReference> references, CancellationToken cancellationToken)
    {
        var documents = new List<SourceDocument>();
        var length = 0L;
        await foreach (var (reference, document) in ReadEachAsync(work, references.Distinct(), cancellationToken))
        {
            var id = IdOf(document);
            if (documents.Exists(known => known.Id == id))
            {
                continue;
            }

            documents.Add(new SourceDocument(id, reference.Name ?? document.Title ?? "Document", document));
            length += document.Text.Length;
            if (length > MaxTextLength || documents.Count > MaxDocuments)
            {
                throw new WorkException($"The documents are more than {MaxDocuments}, or have more than {MaxTextLength} characters together.", isTransient: false);
            }
        }

        return documents;
    }

    /// <summary>Reads documents in their order, the next while others are at work. Of several that cannot be read the first is told of.</summary>
    private async IAsyncEnumerable<(DocumentReference Reference, ParsedDocument Document)> ReadEachAsync(
        WorkContext work,
        IEnumerable<DocumentReference> references,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var some in references.Chunk(MaxReads))
        {
            foreach (var read in some.Zip(await Task.WhenAll(some.Select(reference => ReadAsync(work, reference, cancellationToken)))))
            {
                yield return read;
            }
        }
    }

    /// <summary>The same for the same text, wherever it came from, so that jobs can speak of each other's documents.</summary>
    private static string IdOf(ParsedDocument document) => "doc_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document.Text)).AsSpan(0, IdBytes));
}
