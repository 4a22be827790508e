using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Jobs.Documents.Exchange;

/// <summary>A row of a file: either a document, or what is wrong with it.</summary>
/// <param name="Line">The line on which it begins, from 1.</param>
/// <param name="Document">The document; null for a bad row.</param>
/// <param name="Error">What is wrong; null for a good row.</param>
public sealed record ImportedRow(long Line, ImportedDocument? Document, ImportError? Error)
{
    internal static ImportedRow Bad(long line, string code, string message) => new(line, null, new ImportError(line, code, message));
}

/// <summary>What is wrong with a row, or with the file from that line on.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Code">One of <see cref="ImportErrorCodes"/>.</param>
/// <param name="Message">A sentence for who made the file.</param>
public sealed record ImportError(long Line, string Code, string Message);

/// <summary>What can be wrong with a row.</summary>
public static class ImportErrorCodes
{
    /// <summary>The row has more than <see cref="ExchangeLimits.MaxRowBytes"/>.</summary>
    public const string RowTooLong = "row_too_long";

    /// <summary>The file has more than <see cref="ExchangeLimits.MaxRows"/>; the others are not read.</summary>
    public const string TooManyRows = "too_many_rows";

    /// <summary>The row has more than <see cref="ExchangeLimits.MaxColumns"/>.</summary>
    public const string TooManyColumns = "too_many_columns";

    /// <summary>The row is nested deeper than <see cref="ExchangeLimits.MaxDepth"/>.</summary>
    public const string TooDeep = "too_deep";

    /// <summary>The row, or for UTF-16 the file, is not in UTF-8.</summary>
    public const string InvalidEncoding = "invalid_encoding";

    /// <summary>The row is not JSON, or no object.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>The row's quotes are not those of CSV.</summary>
    public const string InvalidCsv = "invalid_csv";

    /// <summary>The row has more or fewer cells than the header.</summary>
    public const string ColumnCount = "column_count";

    /// <summary>A quote is never closed.</summary>
    public const string OpenQuote = "open_quote";

    /// <summary>The file's first line does not name the columns that are needed; nothing is read.</summary>
    public const string MissingColumns = "missing_columns";

    /// <summary>The header names a column twice; nothing is read.</summary>
    public const string DuplicateColumn = "duplicate_column";

    /// <summary>A value that is needed is missing or empty.</summary>
    public const string MissingValue = "missing_value";

    /// <summary>A value is of the wrong kind or too long.</summary>
    public const string InvalidValue = "invalid_value";
}

/// <summary>A document of an imported file.</summary>
public sealed record ImportedDocument
{
    /// <summary>
    /// 32 hexadecimal digits: of the id that the row gives itself, else of all that it has. So importing a file again gives the same ids, and a row that gives itself an id keeps it
    /// when its text changes.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The SHA-256 of all that the row has, in hexadecimal digits: where it has not changed, nothing has.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The title, on one line.</summary>
    public required string Title { get; init; }

    /// <summary>The text; see <see cref="CleanText"/>.</summary>
    public required string Text { get; init; }

    /// <summary>The id that the row gives itself; null when it gives none.</summary>
    public string? GivenId { get; init; }

    /// <summary>Where the document came from: an absolute http or https address; null when it does not say.</summary>
    public string? Url { get; init; }

    /// <summary>All other values, by name, in the order of the names.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new SortedDictionary<string, string>();

    /// <summary>Checks the values of a row and makes a document of them; null with an error when it cannot.</summary>
    internal static ImportedDocument? Create(string? title, string? text, string? givenId, string? url, SortedDictionary<string, string> metadata, long line, out ImportError? error)
    {
        title = Trimmed(title)?.Replace('\n', ' ');
        text = text is null ? null : CleanText.Clean(text);
        givenId = Trimmed(givenId);
        url = Trimmed(url);
        error = title is null ? Missing("title")
            : string.IsNullOrWhiteSpace(text) ? Missing("text")
            : title.Length > ExchangeLimits.MaxTitleCharacters ? TooLong("title", ExchangeLimits.MaxTitleCharacters)
            : givenId?.Length > ExchangeLimits.MaxIdCharacters ? TooLong("id", ExchangeLimits.MaxIdCharacters)
            : url is not null && !IsUrl(url)
                ? new ImportError(line, ImportErrorCodes.InvalidValue, $"url must be an absolute http or https address of at most {ExchangeLimits.MaxUrlCharacters} characters.")
            : metadata.Keys.Any(name => name.Length > ExchangeLimits.MaxNameCharacters) ? TooLong("The name of a value", ExchangeLimits.MaxNameCharacters)
            : metadata.FirstOrDefault(pair => pair.Value.Length > ExchangeLimits.MaxValueCharacters) is { Key: { } name } ? TooLong(name, ExchangeLimits.MaxValueCharacters)
            : null;
        if (error is not null)
        {
            return null;
        }

        var hash = HashOf([title!, text!, givenId, url, .. metadata.SelectMany(pair => (string[])[pair.Key, pair.Value])]);
        return new ImportedDocument
        {
            Id = (givenId is null ? hash : HashOf([givenId]))[..32],
            ContentHash = hash,
            Title = title!,
            Text = text!,
            GivenId = givenId,
            Url = url,
            Metadata = metadata,
        };

        ImportError Missing(string name) => new(line, ImportErrorCodes.MissingValue, $"{name} must not be empty.");

        ImportError TooLong(string name, int max) => new(line, ImportErrorCodes.InvalidValue, $"{name} must have at most {max} characters.");
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : CleanText.Clean(text).Trim();

    private static bool IsUrl(string url) =>
        url.Length <= ExchangeLimits.MaxUrlCharacters && !url.StartsWith('/') && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    /// <summary>The SHA-256 of values with their lengths, so that no two rows have the same sequence of bytes.</summary>
    private static string HashOf(IEnumerable<string?> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var value in values)
        {
            var bytes = value is null ? [] : Encoding.UTF8.GetBytes(value);
            BinaryPrimitives.WriteInt32LittleEndian(length, value is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
