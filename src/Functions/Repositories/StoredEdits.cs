using System.Text.Json.Serialization;
using Jobs.Domain.Repositories;

namespace Jobs.Functions.Repositories;

/// <summary>What an agent answered, as its artifact holds it until it is committed.</summary>
/// <param name="Title">The title of the commit.</param>
/// <param name="Summary">What was done, or why nothing was.</param>
/// <param name="Edits">The changes, in their order.</param>
public sealed record StoredEdits(string Title, string Summary, IReadOnlyList<StoredEdit> Edits)
{
    /// <summary>An agent's answer to be stored.</summary>
    public static StoredEdits From(RepositoryAnswer.Edits answer) => new(answer.Title, answer.Summary, [.. answer.Changes.Select(StoredEdit.From)]);

    /// <summary>The changes to be committed.</summary>
    public IReadOnlyList<FileEdit> ToEdits() => [.. Edits.Select(edit => edit.ToEdit())];
}

/// <summary>One change: a write with its content, a rename with its new path, or else a deletion.</summary>
public sealed record StoredEdit(
    string Path,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Content = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? To = null)
{
    internal static StoredEdit From(FileEdit edit) => edit switch
    {
        FileEdit.Write write => new StoredEdit(write.Path, write.Content.ToArray()),
        FileEdit.Rename rename => new StoredEdit(rename.From, To: rename.To),
        FileEdit.Delete delete => new StoredEdit(delete.Path),
        _ => throw new ArgumentException($"{edit.GetType().Name} is no edit that we know.", nameof(edit)),
    };

    internal FileEdit ToEdit() => this switch
    {
        { Content: { } content } => new FileEdit.Write(Path, content),
        { To: { } to } => new FileEdit.Rename(Path, to),
        _ => new FileEdit.Delete(Path),
    };
}
