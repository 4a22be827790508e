using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Ai.Writing;

/// <summary>How far a model has come with a build: what is kept between two turns.</summary>
internal sealed class Transcript
{
    private static readonly JsonSerializerOptions Json = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>All that was said, the instructions first.</summary>
    public List<ChatMessage> Messages { get; set; } = [];

    /// <summary>The files as they are now, content by path.</summary>
    public SortedDictionary<string, string> Files { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Paths that the model means to write, in its order.</summary>
    public List<string> Planned { get; set; } = [];

    /// <summary>Calls of the last answer that were not carried out yet.</summary>
    public List<DueCall> Due { get; set; } = [];

    /// <summary>How often the model answered.</summary>
    public int Answers { get; set; }

    /// <summary>What its answers took.</summary>
    public long Tokens { get; set; }

    /// <summary>How many questions were asked.</summary>
    public int Questions { get; set; }

    /// <summary>How many answers did nothing, one after another.</summary>
    public int Idle { get; set; }

    /// <summary>How often files that do not compile have gone back.</summary>
    public int Repairs { get; set; }

    /// <summary>What the last answer called, and how often that came one after another.</summary>
    public string LastCalls { get; set; } = "";

    /// <inheritdoc cref="LastCalls"/>
    public int Repetitions { get; set; }

    /// <summary>What was built, in the model's words; null until it is done.</summary>
    public string? Summary { get; set; }

    public static Transcript Read(ReadOnlyMemory<byte> state) => JsonSerializer.Deserialize<Transcript>(state.Span, Json)!;

    public ReadOnlyMemory<byte> ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Tells the model what a call gave.</summary>
    public void Tell(string callId, string result) => Messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(callId, result)]));

    /// <summary>Says something to the model.</summary>
    public void Say(string text) => Messages.Add(new ChatMessage(ChatRole.User, text));
}

/// <summary>A call that waits: for the compilers, the sandbox or the user.</summary>
/// <param name="Id">The call.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments, a JSON object.</param>
internal sealed record DueCall(string Id, string Name, JsonElement Arguments);
