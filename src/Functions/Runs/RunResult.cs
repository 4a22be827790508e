using System.Text.Encodings.Web;
using System.Text.Json;

namespace Jobs.Functions.Runs;

/// <summary>The artifact that holds what a run gave.</summary>
/// <param name="Output">The output as JSON text; null when there is none.</param>
/// <param name="Logs">What the code wrote with <c>console</c>.</param>
public sealed record RunResult(string? Output, string Logs)
{
    // Both are text of any language; escaping it would multiply its size.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a run has that gave nothing.</summary>
    public static RunResult Nothing { get; } = new(null, "");

    /// <summary>The bytes to store.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static RunResult Parse(BinaryData bytes) => bytes.ToObjectFromJson<RunResult>(Json)!;
}
