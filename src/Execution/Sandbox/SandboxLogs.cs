using System.Text;
using Jobs.Domain.Sandbox;

namespace Jobs.Execution.Sandbox;

/// <summary>The logs of one run: its beginning is kept, secrets are replaced, and a cut is told.</summary>
internal sealed class SandboxLogs
{
    private readonly MemoryStream _taken = new();
    private bool _isCut;

    /// <summary>Adds a line; what is past <see cref="SandboxBounds.LogBytesTaken"/> is dropped.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        var room = SandboxBounds.LogBytesTaken - (int)_taken.Length;
        _isCut |= line.Length + 1 > room;
        _taken.Write(line[..Math.Min(line.Length, room)]);
        if (line.Length < room)
        {
            _taken.WriteByte((byte)'\n');
        }
    }

    /// <summary>The logs, of at most <see cref="SandboxLimits.LogBytes"/>, and then a line that says when there were more.</summary>
    public string Read(SecretRedactor redactor, Func<string, string> tidy)
    {
        var text = redactor.Redact(tidy(Encoding.UTF8.GetString(WholeCharacters(_taken.GetBuffer().AsSpan(0, (int)_taken.Length)))), _isCut);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!_isCut && bytes.Length <= SandboxLimits.LogBytes)
        {
            return text;
        }

        var kept = Encoding.UTF8.GetString(WholeCharacters(bytes.AsSpan(0, Math.Min(bytes.Length, SandboxLimits.LogBytes))));
        return $"{kept}{(kept.EndsWith('\n') ? "" : "\n")}[The logs end here: a run may write {SandboxLimits.LogBytes / 1024} KiB.]\n";
    }

    /// <summary>Without a last character of which bytes are missing.</summary>
    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> utf8)
    {
        var end = utf8.Length;
        while (end > 0 && utf8.Length - end < 4)
        {
            if (Rune.DecodeLastFromUtf8(utf8[..end], out _, out _) == System.Buffers.OperationStatus.Done)
            {
                return utf8[..end];
            }

            end--;
        }

        return utf8;
    }
}
