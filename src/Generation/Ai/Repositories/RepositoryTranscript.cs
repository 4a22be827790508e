using Jobs.Domain.Repositories;
using Jobs.Generation.Ai.ToolUse;

namespace Jobs.Generation.Ai.Repositories;

/// <summary>How far a model has come in a repository.</summary>
internal sealed class RepositoryTranscript : ToolTranscript
{
    /// <summary>Paths that the model means to change, in its order.</summary>
    public List<string> Planned { get; set; } = [];

    /// <summary>What it has changed, in an order in which it can be done.</summary>
    public List<StoredEdit> Edits { get; set; } = [];

    /// <summary>The commit's title; null until the work is done.</summary>
    public string? Title { get; set; }

    /// <summary>What was done, in the model's words.</summary>
    public string? Summary { get; set; }

    public static RepositoryTranscript Read(ReadOnlyMemory<byte> state) => Read<RepositoryTranscript>(state);
}

/// <summary>An edit as it is kept.</summary>
/// <param name="Path">The path that is written, taken away or new.</param>
/// <param name="From">The path that a renamed file had.</param>
/// <param name="Content">What is written.</param>
internal sealed record StoredEdit(string Path, string? From = null, byte[]? Content = null)
{
    /// <summary>The edit.</summary>
    public FileEdit ToEdit() => this switch
    {
        { Content: { } content } => new FileEdit.Write(Path, content),
        { From: { } from } => new FileEdit.Rename(from, Path),
        _ => new FileEdit.Delete(Path),
    };

    /// <summary>An edit to be kept.</summary>
    public static StoredEdit Of(FileEdit edit) => edit switch
    {
        FileEdit.Write write => new StoredEdit(write.Path, Content: write.Content.ToArray()),
        FileEdit.Rename rename => new StoredEdit(rename.To, rename.From),
        FileEdit.Delete delete => new StoredEdit(delete.Path),
        _ => throw new InvalidOperationException($"{edit.GetType().Name} is no edit."),
    };
}
