using System.IO.Compression;
using System.Text.Json;

namespace Jobs.Documents.Exchange;

/// <summary>
/// Writes a zip archive as a stream: entry after entry, of which none is held in memory, and at the end <c>manifest.json</c>, which says of each entry how many rows and bytes it has and
/// its SHA-256. The output need not be seekable. Without <see cref="CompleteAsync"/> the archive has no manifest: it is not whole.
/// </summary>
public sealed class ZipExport(Stream output, DateTimeOffset createdAt) : IAsyncDisposable
{
    /// <summary>The name of the manifest.</summary>
    public const string ManifestName = "manifest.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly ZipArchive _archive = new(output, ZipArchiveMode.Create, leaveOpen: true);
    private readonly List<ZipManifestEntry> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { ManifestName };

    /// <summary>
    /// Writes an entry. Throws <see cref="ArgumentException"/> for a name that was used, or that is not made of letters, digits and <c>. - _</c> with <c>/</c> between folders, none of
    /// them beginning with a dot, and <see cref="InvalidOperationException"/> for more than <see cref="ExchangeLimits.MaxEntries"/>.
    /// </summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="write">Writes the content, and says how many rows that were; <see cref="JsonlWriter"/> and <see cref="CsvWriter"/> do.</param>
    /// <param name="cancellationToken">Ends the work; the archive is then of no use.</param>
    public async Task AddAsync(string name, Func<Stream, CancellationToken, Task<ExportedFile>> write, CancellationToken cancellationToken = default)
    {
        if (!IsName(name) || !_names.Add(name))
        {
            throw new ArgumentException($"The name {name} cannot be used for an entry, or was used before.", nameof(name));
        }

        if (_entries.Count == ExchangeLimits.MaxEntries)
        {
            throw new InvalidOperationException($"An archive has at most {ExchangeLimits.MaxEntries} entries.");
        }

        var entry = Create(name);
        await using var stream = await entry.OpenAsync(cancellationToken);
        await using var hashing = new HashingStream(stream);
        var file = hashing.File((await write(hashing, cancellationToken)).Rows);
        _entries.Add(new ZipManifestEntry(name, file.Rows, file.Bytes, file.Sha256));
    }

    /// <summary>Writes the manifest and ends the archive.</summary>
    public async Task<ZipManifest> CompleteAsync(CancellationToken cancellationToken = default)
    {
        var manifest = new ZipManifest(createdAt, _entries.Count, _entries.Sum(entry => entry.Rows), _entries.Sum(entry => entry.Bytes), _entries);
        await using (var stream = await Create(ManifestName).OpenAsync(cancellationToken))
        {
            await JsonSerializer.SerializeAsync(stream, manifest, Json, cancellationToken);
        }

        await _archive.DisposeAsync();
        return manifest;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _archive.DisposeAsync();

    private ZipArchiveEntry Create(string name)
    {
        var entry = _archive.CreateEntry(name, CompressionLevel.Fastest);
        // The format knows no other years.
        if (createdAt.Year is >= 1980 and < 2108)
        {
            entry.LastWriteTime = createdAt;
        }

        return entry;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 200 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/') && name.Split('/').All(part => part.Length > 0 && part[0] != '.');
}

/// <summary>What an exported archive says about itself.</summary>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="EntryCount">How many entries it has, this manifest not counted.</param>
/// <param name="Rows">How many rows they have together.</param>
/// <param name="Bytes">How many bytes they have together, not compressed.</param>
/// <param name="Entries">The entries in their order.</param>
public sealed record ZipManifest(DateTimeOffset CreatedAt, int EntryCount, long Rows, long Bytes, IReadOnlyList<ZipManifestEntry> Entries);

/// <summary>An entry of an exported archive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Bytes">How many bytes it has, not compressed.</param>
/// <param name="Sha256">The SHA-256 of these, in hexadecimal digits.</param>
public sealed record ZipManifestEntry(string Name, long Rows, long Bytes, string Sha256);
