using System.Text.Json;
using Jobs.Domain.Widgets;

namespace Jobs.Functions.Resources;

/// <summary>The artifact that holds the files that a build generated.</summary>
/// <param name="Summary">What its generator says of them.</param>
/// <param name="Files">Content by path.</param>
public sealed record Sources(string Summary, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>The bytes to store; the same content always gives the same bytes.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static Sources Parse(BinaryData bytes) => bytes.ToObjectFromJson<Sources>()!;

    /// <summary>The files as a validated set; they were validated when they were stored.</summary>
    public SourceFiles ToSourceFiles() => SourceFiles.TryCreate(Files, out var files, out var error)
        ? files
        : throw new InvalidDataException($"Stored sources are not valid: {error}.");
}
