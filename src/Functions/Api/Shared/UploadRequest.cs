using Jobs.Domain;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Api.Shared;

/// <summary>The body of a request that sends a file: the file itself, or a form (<c>multipart/form-data</c>) whose one field is the file.</summary>
/// <param name="File">The file, of 1 to <see cref="WorkLimits.MaxUploadBytes"/> bytes.</param>
/// <param name="Name">What the form calls it, without folders, if that has at most <see cref="Uploads.MaxNameLength"/> characters and is not blank; else null.</param>
public sealed record UploadRequest(ReadOnlyMemory<byte> File, string? Name)
{
    /// <summary>The most bytes that a form has beside its file, boundaries and headers: 16 KiB.</summary>
    public const int MaxFormBytes = 16 * 1024;

    /// <summary>The most characters of a form's boundary, by RFC 2046.</summary>
    public const int MaxBoundaryLength = 70;

    private static readonly char[] FolderEnds = ['/', '\\'];

    /// <summary>Reads the file; throws <see cref="ProblemException"/> when there is none or it does not arrive whole (400, 408), is too large (413), or is in a form of another kind (415).</summary>
    public static async Task<UploadRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var upload = request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) is true
            ? await ReadFormAsync(request, cancellationToken)
            : new UploadRequest(await RequestBody.ReadBytesAsync(request, WorkLimits.MaxUploadBytes, cancellationToken), Name: null);
        return upload.File.IsEmpty ? throw new ProblemException(Problem.Invalid(new FieldError("body", "must not be empty"))) : upload;
    }

    private static async Task<UploadRequest> ReadFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.SubType.Equals("form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= MaxBoundaryLength } boundary)
        {
            throw NotTaken();
        }

        var form = new MemoryStream(await RequestBody.ReadBytesAsync(request, WorkLimits.MaxUploadBytes + MaxFormBytes, cancellationToken));
        var reader = new MultipartReader(boundary.ToString(), form) { HeadersLengthLimit = MaxFormBytes };
        try
        {
            UploadRequest? upload = null;
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (upload is not null || !ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var field) || !field.IsFileDisposition())
                {
                    throw NotTaken();
                }

                using var file = new MemoryStream();
                await section.Body.CopyToAsync(file, cancellationToken);
                if (file.Length > WorkLimits.MaxUploadBytes)
                {
                    throw RequestBody.TooLarge(WorkLimits.MaxUploadBytes);
                }

                upload = new UploadRequest(file.ToArray(), NameOf(field));
            }

            return upload ?? throw NotTaken();
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw new ProblemException(new Problem(StatusCodes.Status400BadRequest, "invalid_body", "The form is damaged or does not come to its end."));
        }
    }

    /// <summary>Some browsers send the whole path.</summary>
    private static string? NameOf(ContentDispositionHeaderValue field)
    {
        var given = HeaderUtilities.RemoveQuotes(field.FileNameStar.HasValue ? field.FileNameStar : field.FileName).ToString();
        var name = Texts.Plain(given[(given.LastIndexOfAny(FolderEnds) + 1)..]).Replace('\n', ' ').Trim();
        return name.Length is > 0 and <= Uploads.MaxNameLength ? name : null;
    }

    private static ProblemException NotTaken() => new(new Problem(
        StatusCodes.Status415UnsupportedMediaType,
        "unsupported_media_type",
        "Send the file itself as the body, or a form (multipart/form-data) whose one field is the file."));
}
