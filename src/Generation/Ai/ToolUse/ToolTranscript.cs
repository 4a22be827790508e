using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Jobs.Domain.Generation;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Ai.ToolUse;

/// <summary>How far a model has come with its work: what is kept between two turns.</summary>
internal abstract class ToolTranscript
{
    private static readonly JsonSerializerOptions Json = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>All that was said, the instructions first and the request second.</summary>
    public List<ChatMessage> Messages { get; set; } = [];

    /// <summary>How often the model answered.</summary>
    public int Answers { get; set; }

    /// <summary>What its answers took.</summary>
    public long Tokens { get; set; }

    /// <summary>How long its answers took together.</summary>
    public TimeSpan Worked { get; set; }

    /// <summary>How many answers did nothing, one after another.</summary>
    public int Idle { get; set; }

    /// <summary>How often the same was called on the same files, by the hash of both.</summary>
    public Dictionary<string, int> Seen { get; set; } = [];

    /// <summary>Why the work is given up; null as long as it is not. It is told at the next turn, so that what the last answer took is counted first.</summary>
    public string? Failure { get; set; }

    /// <summary>Whether calls of the last answer have no result yet.</summary>
    [JsonIgnore]
    public virtual bool HasOpenCalls => false;

    /// <summary>At most <see cref="GenerationResult.MaxStateBytes"/> whatever was said: where it would be more, what was said is shortened. The files stay.</summary>
    public ReadOnlyMemory<byte> ToBytes()
    {
        var bytes = Pack();
        for (var most = ToolUseLimits.MaxConversationLength; bytes.Length > GenerationResult.MaxStateBytes && most > 0; most /= 2)
        {
            if (Memory.Shorten(this, most))
            {
                bytes = Pack();
            }
        }

        return bytes;
    }

    /// <summary>Tells the model what a call gave. The results of one answer are one message.</summary>
    public void Tell(string callId, string result)
    {
        if (Messages[^1].Role != ChatRole.Tool)
        {
            Messages.Add(new ChatMessage(ChatRole.Tool, new List<AIContent>()));
        }

        Messages[^1].Contents.Add(new FunctionResultContent(callId, result));
    }

    /// <summary>Says something to the model.</summary>
    public void Say(string text) => Messages.Add(new ChatMessage(ChatRole.User, text));

    /// <summary>What <see cref="ToBytes"/> has made.</summary>
    protected static T Read<T>(ReadOnlyMemory<byte> state)
        where T : ToolTranscript
    {
        using var unpacked = new GZipStream(new MemoryStream(state.ToArray()), CompressionMode.Decompress);
        var transcript = JsonSerializer.Deserialize<T>(unpacked, Json)!;
        foreach (var result in transcript.Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>())
        {
            // The clients send a text as it is, and anything else as JSON: line breaks in quotes are hard to read, for a model too.
            result.Result = result.Result?.ToString();
        }

        return transcript;
    }

    private byte[] Pack()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(gzip, this, GetType(), Json);
        }

        return packed.ToArray();
    }
}
