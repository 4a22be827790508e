namespace Jobs.Execution.Checks;

/// <summary>The end of what a program writes.</summary>
/// <param name="beginning">What it must write first, which is not kept; where it writes something else, nothing is.</param>
/// <param name="limit">The most bytes that are kept.</param>
internal sealed class OutputTail(byte[] beginning, int limit)
{
    private readonly byte[] _buffer = new byte[2 * limit];
    private int _length;
    private int _begun;

    /// <summary>Whether it has written what it must first.</summary>
    public bool HasBegun => _begun == beginning.Length;

    /// <summary>How many bytes before <see cref="Kept"/> are left out.</summary>
    public long BytesLeftOut { get; private set; }

    /// <summary>The end, whole characters of UTF-8 at its beginning.</summary>
    public byte[] Kept
    {
        get
        {
            Shrink();
            var start = 0;
            while (BytesLeftOut > 0 && start < Math.Min(_length, 3) && (_buffer[start] & 0xC0) == 0x80)
            {
                start++;
            }

            return _buffer[start.._length];
        }
    }

    /// <summary>Reads to the end, so that the program never blocks.</summary>
    public async Task ReadAsync(Stream stream)
    {
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(piece)) > 0)
        {
            var from = 0;
            while (from < read && _begun < beginning.Length)
            {
                // Once something else came, no byte is ever equal again.
                _begun = _begun >= 0 && piece[from] == beginning[_begun] ? _begun + 1 : int.MinValue;
                from++;
            }

            for (; from < read && HasBegun; from += Add(piece.AsSpan(from, read - from)))
            {
            }
        }
    }

    private int Add(ReadOnlySpan<byte> bytes)
    {
        if (_length == _buffer.Length)
        {
            Shrink();
        }

        var taken = Math.Min(bytes.Length, _buffer.Length - _length);
        bytes[..taken].CopyTo(_buffer.AsSpan(_length));
        _length += taken;
        return taken;
    }

    private void Shrink()
    {
        var excess = _length - limit;
        if (excess > 0)
        {
            Buffer.BlockCopy(_buffer, excess, _buffer, 0, limit);
            BytesLeftOut += excess;
            _length = limit;
        }
    }
}
