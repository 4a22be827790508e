using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Jobs.Documents.Parsing;

/// <summary>
/// The directory of a ZIP archive, read without believing it: the number of entries is bounded, no two entries may share bytes, each name stands once, and an
/// entry's inflated size is what inflating gives and not what it says.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054B50;
    private const uint EntrySignature = 0x02014B50;
    private const uint LocalSignature = 0x04034B50;
    private const int EndLength = 22;
    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const int MaxCommentLength = ushort.MaxValue;
    private const int Stored = 0;
    private const int Deflated = 8;

    private readonly ReadOnlyMemory<byte> _content;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    private ZipDirectory(ReadOnlyMemory<byte> content) => _content = content;

    /// <summary>The names, with slashes.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Whether a name is in the archive, in whatever case.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Whether there is a password on the entries.</summary>
    public bool IsEncrypted => _entries.Values.Any(entry => entry.IsEncrypted);

    /// <summary>Reads the directory.</summary>
    /// <exception cref="DocumentException">It is damaged or hostile, or there are more entries than <see cref="DocumentLimits.MaxEntries"/>.</exception>
    public static ZipDirectory Read(ReadOnlyMemory<byte> content)
    {
        var directory = new ZipDirectory(content);
        directory.ReadEntries();
        directory.CheckOverlaps();
        return directory;
    }

    /// <summary>Inflates an entry, as far as the limits allow.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="allowed">How many bytes it may have.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DocumentException">It is damaged, or inflates to more than is allowed, or more than <see cref="DocumentLimits.MaxRatio"/> times.</exception>
    public MemoryStream Inflate(string name, int allowed, CancellationToken cancellationToken)
    {
        var entry = _entries[name];
        var packed = new ReadOnlyMemoryStream(_content.Slice(entry.DataOffset, entry.Length));
        using Stream source = entry.Method switch
        {
            Stored => packed,
            Deflated => new DeflateStream(packed, CompressionMode.Decompress),
            _ => throw new DocumentException(DocumentErrorCode.Malformed, "The file is packed by a method that Office documents do not use."),
        };
        var inflated = new MemoryStream(Math.Min(allowed, entry.Length * 4));
        var buffer = new byte[32 * 1024];
        try
        {
            int read;
            while ((read = source.Read(buffer)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (inflated.Length + read > allowed)
                {
                    throw new DocumentException(DocumentErrorCode.TooLarge, $"The document inflates to more than {allowed / 1024 / 1024} MiB.");
                }

                inflated.Write(buffer, 0, read);
                if (inflated.Length >= DocumentLimits.MinRatioBytes && inflated.Length > (long)entry.Length * DocumentLimits.MaxRatio)
                {
                    throw new DocumentException(DocumentErrorCode.TooLarge, $"The document inflates to more than {DocumentLimits.MaxRatio} times its size.");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Damaged(e);
        }

        inflated.Position = 0;
        return inflated;
    }

    private static DocumentException Damaged(Exception? inner = null) => new(DocumentErrorCode.Malformed, "The file is a damaged ZIP archive.", inner);

    private void ReadEntries()
    {
        var bytes = _content.Span;
        var end = FindEnd(bytes);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(end + 10)..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(end + 12)..]);
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(end + 16)..]);
        DocumentBuilder.Limit(count, DocumentLimits.MaxEntries, "parts");
        if (offset > end || length > end - offset)
        {
            throw Damaged();
        }

        var directory = bytes.Slice((int)offset, (int)length);
        for (var i = 0; i < count; i++)
        {
            if (directory.Length < EntryLength || BinaryPrimitives.ReadUInt32LittleEndian(directory) != EntrySignature)
            {
                throw Damaged();
            }

            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]);
            var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]);
            var commentLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            var next = EntryLength + nameLength + extraLength + commentLength;
            if (directory.Length < next)
            {
                throw Damaged();
            }

            var packed = BinaryPrimitives.ReadUInt32LittleEndian(directory[20..]);
            var inflated = BinaryPrimitives.ReadUInt32LittleEndian(directory[24..]);
            var local = BinaryPrimitives.ReadUInt32LittleEndian(directory[42..]);
            ReadLargeSizes(directory.Slice(EntryLength + nameLength, extraLength), inflated == uint.MaxValue, ref packed, ref local);
            var name = Encoding.UTF8.GetString(directory.Slice(EntryLength, nameLength)).Replace('\\', '/');
            Add(name, BinaryPrimitives.ReadUInt16LittleEndian(directory[8..]), BinaryPrimitives.ReadUInt16LittleEndian(directory[10..]), packed, local, offset);
            directory = directory[next..];
        }
    }

    private void Add(string name, ushort flags, ushort method, uint packed, uint local, uint directoryOffset)
    {
        var bytes = _content.Span;
        if (local > directoryOffset || directoryOffset - local < LocalLength || BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)local..]) != LocalSignature)
        {
            throw Damaged();
        }

        var data = local + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(bytes[((int)local + 26)..]) + BinaryPrimitives.ReadUInt16LittleEndian(bytes[((int)local + 28)..]);
        if (data > directoryOffset || packed > directoryOffset - data)
        {
            throw Damaged();
        }

        if (name.EndsWith('/'))
        {
            return;
        }

        if (name.Length == 0 || name[0] == '/' || name.Split('/').Any(segment => segment is "." or "..") || !_entries.TryAdd(name, new Entry((int)local, (int)data, (int)packed, method, (flags & 1) != 0)))
        {
            throw Damaged();
        }
    }

    /// <summary>Some writers put the sizes of every entry where only those above 4 GiB need them.</summary>
    private static void ReadLargeSizes(ReadOnlySpan<byte> extras, bool hasInflated, ref uint packed, ref uint local)
    {
        const ushort LargeSizes = 1;
        while (extras.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(extras[2..]);
            if (extras.Length < 4 + length)
            {
                return;
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(extras) == LargeSizes)
            {
                var fields = extras.Slice(4, length);
                fields = hasInflated && fields.Length >= 8 ? fields[8..] : fields;
                packed = Take(ref fields, packed);
                local = Take(ref fields, local);
                return;
            }

            extras = extras[(4 + length)..];
        }
    }

    private static uint Take(ref ReadOnlySpan<byte> fields, uint value)
    {
        if (value != uint.MaxValue || fields.Length < 8)
        {
            return value;
        }

        var large = BinaryPrimitives.ReadUInt64LittleEndian(fields);
        fields = fields[8..];
        return large < uint.MaxValue ? (uint)large : uint.MaxValue;
    }

    private static int FindEnd(ReadOnlySpan<byte> bytes)
    {
        for (var i = bytes.Length - EndLength; i >= 0 && i >= bytes.Length - EndLength - MaxCommentLength; i--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..]) == EndSignature)
            {
                return i;
            }
        }

        throw Damaged();
    }

    private void CheckOverlaps()
    {
        var end = 0;
        foreach (var entry in _entries.Values.OrderBy(entry => entry.Offset))
        {
            if (entry.Offset < end)
            {
                throw new DocumentException(DocumentErrorCode.Malformed, "The file is a ZIP archive whose entries overlap.");
            }

            end = entry.DataOffset + entry.Length;
        }
    }

    private sealed record Entry(int Offset, int DataOffset, int Length, ushort Method, bool IsEncrypted);
}
