using System.Text.Json;
using Jobs.Domain.Widgets;

namespace Jobs.Functions.Widgets;

/// <summary>The artifact that holds a widget's files and what was asked for, oldest first, so that a refinement has its context.</summary>
/// <param name="Prompts">At most <see cref="MaxPrompts"/>: the latest.</param>
/// <param name="Files">Content by path.</param>
public sealed record WidgetSources(IReadOnlyList<string> Prompts, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>How many prompts are kept.</summary>
    public const int MaxPrompts = 20;

    /// <summary>The bytes to store; the same content always gives the same bytes.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static WidgetSources Parse(BinaryData bytes) => bytes.ToObjectFromJson<WidgetSources>()!;

    /// <summary>The files as a validated set; they were validated when they were stored.</summary>
    public SourceFiles ToSourceFiles() => SourceFiles.TryCreate(Files, out var files, out var error)
        ? files
        : throw new InvalidDataException($"Stored sources are not valid: {error}.");
}
