using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jobs.Local.Storage.Blobs;

/// <summary>A block of a blob that was written block by block.</summary>
/// <param name="Id">Its id, in base64.</param>
/// <param name="Size">Its bytes.</param>
internal sealed record StoredBlock(string Id, long Size);

/// <summary>What is known of a blob beside its content. It stands in front of the content in the same file, because the two must change together.</summary>
/// <param name="Name">The blob's name, which the file's name may have only in part.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Ticks">When it was changed last, which is its version.</param>
internal sealed record StoredBlob(string Name, string ContentType, long Ticks)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // No escapes in base64, so that a hash can be written over another.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>When it was first written; null in folders of before this was kept.</summary>
    public long? CreatedTicks { get; init; }

    /// <summary>The header Content-Encoding.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>The header Content-Language.</summary>
    public string? ContentLanguage { get; init; }

    /// <summary>The header Content-Disposition.</summary>
    public string? ContentDisposition { get; init; }

    /// <summary>The header Cache-Control.</summary>
    public string? CacheControl { get; init; }

    /// <summary>The MD5 of the content, in base64; null when nobody has said it.</summary>
    public string? ContentMd5 { get; init; }

    /// <summary>The metadata.</summary>
    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>The blocks, in order; null when it was written with one request.</summary>
    public List<StoredBlock>? Blocks { get; init; }

    /// <summary>The version as clients see it.</summary>
    [JsonIgnore]
    public string ETag => ETagOf(Ticks);

    /// <summary>The time of the last change as clients see it.</summary>
    [JsonIgnore]
    public DateTime LastModified => new(Ticks, DateTimeKind.Utc);

    /// <summary>The ETag of a version.</summary>
    public static string ETagOf(long ticks) => $"\"0x{ticks.ToString("X", CultureInfo.InvariantCulture)}\"";

    /// <summary>The bytes in front of the content.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>Reads what <see cref="ToJson"/> gave.</summary>
    public static StoredBlob FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<StoredBlob>(json, Options) ?? throw new InvalidDataException("A blob's header is empty.");
}
