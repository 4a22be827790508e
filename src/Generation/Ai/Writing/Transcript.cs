using System.Text.Json;
using Jobs.Generation.Ai.ToolUse;

namespace Jobs.Generation.Ai.Writing;

/// <summary>How far a model has come with a build.</summary>
internal sealed class Transcript : ToolTranscript
{
    /// <summary>The files as they are now, content by path.</summary>
    public SortedDictionary<string, string> Files { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Paths that the model means to write, in its order.</summary>
    public List<string> Planned { get; set; } = [];

    /// <summary>Calls of the last answer that were not carried out yet.</summary>
    public List<DueCall> Due { get; set; } = [];

    /// <summary>How many questions were answered.</summary>
    public int Questions { get; set; }

    /// <summary>How often files that do not compile have gone back.</summary>
    public int Repairs { get; set; }

    /// <summary>How often the files were checked or tried before the model was done.</summary>
    public int Trials { get; set; }

    /// <summary>The hash of files that compile; null until there are any.</summary>
    public string? Compiling { get; set; }

    /// <summary>What was built, in the model's words; null until it is done.</summary>
    public string? Summary { get; set; }

    /// <inheritdoc/>
    public override bool HasOpenCalls => Due.Count > 0;

    public static Transcript Read(ReadOnlyMemory<byte> state) => Read<Transcript>(state);
}

/// <summary>A call that waits: for the compilers, the sandbox or the user.</summary>
/// <param name="Id">The call.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments, a JSON object.</param>
internal sealed record DueCall(string Id, string Name, JsonElement Arguments);
