namespace Jobs.Documents.Exchange;

/// <summary>
/// Cuts a stream into rows, of which each is in memory by itself and none is longer than <see cref="ExchangeLimits.MaxRowBytes"/>. Rows end with <c>\n</c> or <c>\r\n</c>; in CSV a line break
/// within quotes ends none. A byte order mark is passed over, and so are empty lines.
/// </summary>
internal sealed class RowSplitter(Stream stream, bool isCsv)
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>The row, its line break, and a byte to see that it is longer.</summary>
    private const int MaxBufferBytes = ExchangeLimits.MaxRowBytes + 3;

    private byte[] _buffer = new byte[PieceBytes];
    private int _start;
    private int _end;
    private long _line = 1;
    private bool _isAtEnd;
    private bool _isBegun;
    private int _openQuotes;

    /// <summary>The separator of cells; quotes mean something only at the beginning of a cell.</summary>
    public byte Separator { get; set; } = (byte)',';

    /// <summary>The next row, or what is wrong with it; null at the end. The bytes are valid until the next call.</summary>
    public async ValueTask<Row?> NextAsync(CancellationToken cancellationToken)
    {
        if (!_isBegun)
        {
            _isBegun = true;
            await FillAsync(3, cancellationToken);
            if (Available.StartsWith("\uFEFF"u8))
            {
                _start += 3;
            }
            else if (Available is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            {
                _start = _end;
                _isAtEnd = true;
                return new Row(1, default, ImportErrorCodes.InvalidEncoding, "The file must be in UTF-8; it is in UTF-16.");
            }
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var scan = default(Scan);
            while (!ScanRow(ref scan) && !_isAtEnd && _end - _start < MaxBufferBytes)
            {
                await FillAsync(_end - _start + 1, cancellationToken);
            }

            if (_end == _start)
            {
                return null;
            }

            if (await TakeAsync(scan, cancellationToken) is { } row)
            {
                return row;
            }
        }
    }

    private Span<byte> Available => _buffer.AsSpan(_start, _end - _start);

    private async ValueTask<Row?> TakeAsync(Scan scan, CancellationToken cancellationToken)
    {
        var line = _line;
        var length = scan.IsEnded ? scan.Length : _end - _start;
        if (scan.IsInQuotes && !scan.IsEnded)
        {
            return await TakeOpenQuoteAsync(cancellationToken);
        }

        if (length > ExchangeLimits.MaxRowBytes)
        {
            if (!scan.IsEnded)
            {
                await SkipRowAsync(scan, cancellationToken);
            }
            else
            {
                Advance(scan.Next, scan.Lines);
            }

            return new Row(line, default, ImportErrorCodes.RowTooLong, $"The row has more than {ExchangeLimits.MaxRowBytes} bytes.");
        }

        var bytes = _buffer.AsMemory(_start, length);
        Advance(scan.IsEnded ? scan.Next : length, scan.Lines);
        return bytes.Span.Trim(" \t\r"u8).IsEmpty ? null : new Row(line, bytes, null, null);
    }

    /// <summary>
    /// A quote that is not closed within a row's limit, or not at all, spoils the line that it is on and no other: reading goes on behind that line. Each such quote costs the reading
    /// of a row's limit, so that there is an end to it.
    /// </summary>
    private async ValueTask<Row?> TakeOpenQuoteAsync(CancellationToken cancellationToken)
    {
        var line = _line;
        var end = Available.IndexOf((byte)'\n');
        if (++_openQuotes > ExchangeLimits.MaxOpenQuotes)
        {
            _start = _end;
            _isAtEnd = true;
            return new Row(line, default, ImportErrorCodes.OpenQuote, "A quote is never closed, as others before; the rest of the file is not read.");
        }

        if (end >= 0)
        {
            Advance(end + 1, 1);
        }
        else
        {
            await SkipRowAsync(default, cancellationToken);
        }

        return new Row(line, default, ImportErrorCodes.OpenQuote, "A quote is never closed.");
    }

    /// <summary>Passes over the rest of a row that is too long, without keeping it.</summary>
    private async ValueTask SkipRowAsync(Scan scan, CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = Available[Math.Min(scan.Position, _end - _start)..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                Advance(Math.Min(scan.Position, _end - _start) + end + 1, scan.Lines + 1);
                return;
            }

            if (_isAtEnd)
            {
                _start = _end;
                return;
            }

            // A line break within quotes counted before stays counted.
            _line += scan.Lines;
            scan = default;
            _start = _end;
            await FillAsync(1, cancellationToken);
        }
    }

    private void Advance(int bytes, long lines)
    {
        _start += bytes;
        _line += lines;
    }

    /// <summary>Looks on for the row's end; false when it is not in the buffer.</summary>
    private bool ScanRow(ref Scan scan)
    {
        var bytes = Available;
        if (!isCsv)
        {
            var end = bytes[scan.Position..].IndexOf((byte)'\n');
            if (end < 0)
            {
                scan.Position = bytes.Length;
                return false;
            }

            scan.End(bytes, scan.Position + end);
            return true;
        }

        for (; scan.Position < bytes.Length; scan.Position++)
        {
            var value = bytes[scan.Position];
            if (value == '\n')
            {
                if (!scan.IsInQuotes)
                {
                    scan.End(bytes, scan.Position);
                    return true;
                }

                scan.Lines++;
            }
            else if (value == '"')
            {
                // A doubled quote within quotes closes and opens again.
                var wasInQuotes = scan.IsInQuotes;
                scan.IsInQuotes = !wasInQuotes && (scan.IsAtCellStart || scan.WasQuoted);
                scan.WasQuoted = wasInQuotes;
                scan.IsAtCellStart = false;
                continue;
            }

            if (!scan.IsInQuotes)
            {
                scan.IsAtCellStart = value == Separator;
                scan.WasQuoted = false;
            }
        }

        return false;
    }

    private async ValueTask FillAsync(int wanted, CancellationToken cancellationToken)
    {
        while (_end - _start < wanted && !_isAtEnd)
        {
            if (_start > 0)
            {
                Available.CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, MaxBufferBytes + PieceBytes));
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += read;
            _isAtEnd = read == 0;
        }
    }

    /// <summary>A row, or what is wrong with it.</summary>
    internal readonly record struct Row(long Line, ReadOnlyMemory<byte> Bytes, string? ErrorCode, string? ErrorMessage);

    private struct Scan
    {
        private bool _isBehindSeparator;

        public int Position;
        public int Lines;
        public int Length;
        public int Next;
        public bool IsInQuotes;
        public bool WasQuoted;
        public bool IsEnded;

        public bool IsAtCellStart
        {
            readonly get => Position == 0 || _isBehindSeparator;
            set => _isBehindSeparator = value;
        }

        public void End(ReadOnlySpan<byte> bytes, int lineBreak)
        {
            Length = lineBreak > 0 && bytes[lineBreak - 1] == '\r' ? lineBreak - 1 : lineBreak;
            Next = lineBreak + 1;
            Lines++;
            IsEnded = true;
        }
    }
}
