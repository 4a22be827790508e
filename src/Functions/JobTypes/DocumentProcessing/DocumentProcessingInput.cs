using System.Text.Json;
using Jobs.Functions.Work;

namespace Jobs.Functions.JobTypes.DocumentProcessing;

/// <summary>The input of document processing: <c>{documents: [uploadId | {uploadId, fileName?} | {title, text}]}</c>.</summary>
/// <param name="Documents">The documents, each of one of the three forms.</param>
public sealed record DocumentProcessingInput(IReadOnlyList<JsonElement>? Documents);

/// <summary>A document of the input.</summary>
/// <param name="UploadId">A file that was sent ahead, of at most <see cref="WorkLimits.MaxUploadBytes"/> bytes; null for a text.</param>
/// <param name="FileName">The file's name, whose extension tells formats apart that the content does not, as Markdown and CSV; null where it was not given.</param>
/// <param name="Title">The title of a text; null for a file, which has its own.</param>
/// <param name="Text">The text; null for a file.</param>
public sealed record SentDocument(string? UploadId, string? FileName, string? Title, string? Text)
{
    /// <summary>Reads one; null when it is of no form.</summary>
    public static SentDocument? Read(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => new SentDocument(element.GetString(), FileName: null, Title: null, Text: null),
                JsonValueKind.Object => element.Deserialize<SentDocument>(WorkJson.Options),
                _ => null,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A field of another kind, or half of a surrogate pair.
            return null;
        }
    }
}
