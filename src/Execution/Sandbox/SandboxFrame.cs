using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Domain.Sandbox;

namespace Jobs.Execution.Sandbox;

/// <summary>
/// The channel between <see cref="SandboxRun"/> and <c>harness.js</c>. Numbers are unsigned, of 32 bits, the lowest byte first.
/// <code>
/// to the harness, once:     nonce (32), length, the start as JSON
/// from the harness:         nonce (32), length, kind (1), body
/// a request's body:         id, length of the head, the head as JSON, the request's body
/// to the harness:           length, kind (1), id, length of the head, the head as JSON, the response's body
/// </code>
/// The nonce is made for the run, and the agent's code cannot learn it: what the process writes to its standard output by any other way is no frame.
/// </summary>
internal readonly record struct SandboxFrame(SandboxFrameKind Kind, int Length)
{
    public const int NonceBytes = 32;

    public const int HeadBytes = NonceBytes + 5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The head of a frame, or null when it is none of this run's.</summary>
    public static SandboxFrame? Read(ReadOnlySpan<byte> head, ReadOnlySpan<byte> nonce)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head[NonceBytes..]);
        var kind = (SandboxFrameKind)head[^1];
        return CryptographicOperations.FixedTimeEquals(head[..NonceBytes], nonce) && Enum.IsDefined(kind) && length <= int.MaxValue ? new(kind, (int)length) : null;
    }

    /// <summary>What the harness reads first.</summary>
    public static byte[] Start(ReadOnlySpan<byte> nonce, SandboxRequest request)
    {
        using var input = JsonDocument.Parse(request.Input, new JsonDocumentOptions { MaxDepth = 1_000 });
        var start = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                request.Code,
                Input = input.RootElement,
                Context = new { request.Context.AgentId, request.Context.RunId, request.Context.Trigger, Now = request.Context.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") },
                request.Secrets,
                Network = request.Network is not null,
                ErrorLength = SandboxBounds.ErrorLengthTaken,
                LogBytes = SandboxBounds.LogBytesTaken,
                SandboxLimits.OutputBytes,
                SandboxBounds.MaxRequests,
                MaxRequestHeadBytes = SandboxBounds.RequestHeadBytes,
                MaxRequestBodyBytes = SandboxBounds.RequestBodyBytes,
            },
            new JsonSerializerOptions(Json) { MaxDepth = 1_000 });
        var frame = new byte[NonceBytes + 4 + start.Length];
        nonce.CopyTo(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(NonceBytes), start.Length);
        start.CopyTo(frame, NonceBytes + 4);
        return frame;
    }

    /// <summary>The request in a frame's body. Throws <see cref="SandboxChannelException"/> when it is none.</summary>
    public static (uint Id, SandboxHttpRequest Request) Request(ReadOnlyMemory<byte> body)
    {
        try
        {
            var id = BinaryPrimitives.ReadUInt32LittleEndian(body.Span);
            var headLength = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(body.Span[4..]));
            var head = JsonSerializer.Deserialize<RequestHead>(body.Span.Slice(8, headLength), Json);
            return head is { Method: not null, Url: not null, Headers: not null } && head.Headers.All(header => header is [not null, not null])
                ? (id, new(head.Method, head.Url, [.. head.Headers.Select(header => KeyValuePair.Create(header[0], header[1]))], body[(8 + headLength)..]))
                : throw new SandboxChannelException();
        }
        catch (Exception e) when (e is JsonException or ArgumentException or OverflowException)
        {
            throw new SandboxChannelException();
        }
    }

    public static byte[] Response(uint id, SandboxHttpResponse response) => Answer(
        'A', id, new { response.Status, response.Url, Headers = response.Headers.Select(header => new[] { header.Key, header.Value }) }, response.Body.Span);

    public static byte[] Refusal(uint id, string message) => Answer('E', id, new { Message = message }, []);

    private static byte[] Answer<T>(char kind, uint id, T head, ReadOnlySpan<byte> body)
    {
        var headBytes = JsonSerializer.SerializeToUtf8Bytes(head, Json);
        var frame = new byte[13 + headBytes.Length + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - 4);
        frame[4] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(5), id);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(9), headBytes.Length);
        headBytes.CopyTo(frame, 13);
        body.CopyTo(frame.AsSpan(13 + headBytes.Length));
        return frame;
    }

    private sealed record RequestHead(string Method, string Url, string[][] Headers);
}

/// <summary>What a frame of the harness says.</summary>
internal enum SandboxFrameKind : byte
{
    /// <summary>The code is about to be loaded.</summary>
    Ready = (byte)'S',

    /// <summary>One line of the logs, which may have several.</summary>
    Log = (byte)'L',

    /// <summary>A request of <c>fetch</c>.</summary>
    Request = (byte)'Q',

    /// <summary>The output, as JSON.</summary>
    Result = (byte)'R',

    /// <summary>The code's error.</summary>
    Threw = (byte)'T',

    /// <summary>Why the module cannot be loaded or called.</summary>
    InvalidProgram = (byte)'P',

    /// <summary>Why the output is not JSON.</summary>
    InvalidOutput = (byte)'O',

    /// <summary>The output is larger than it may be.</summary>
    TooLarge = (byte)'G',
}

/// <summary>What came over the channel is not what the harness writes.</summary>
internal sealed class SandboxChannelException() : Exception("The channel is broken.");
