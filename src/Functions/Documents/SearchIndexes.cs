using Jobs.Functions.Capacity;
using Jobs.Storage;

namespace Jobs.Functions.Documents;

/// <summary>
/// The organisations' indexes, of which those that were searched last are kept in memory. Each is read once, whoever asks meanwhile, and again when the version of what it was read of is
/// another; what has not changed of it is not read again.
/// </summary>
public sealed class SearchIndexes(EmbeddingStore embeddings, ArtifactStore artifacts, DocumentEmbedder embedder, TimeProvider time, long maxBytes = SearchIndexes.MaxBytes)
{
    /// <summary>The most chunks that are searched of one organisation; of more, those whose vectors were made last.</summary>
    public const int MaxChunks = 20_000;

    /// <summary>The most bytes that their vectors have together, which is fewer than <see cref="MaxChunks"/> of more than 1,677 numbers: 128 MiB.</summary>
    public const int MaxVectorBytes = 128 * 1024 * 1024;

    /// <summary>The most UTF-16 units that they have together.</summary>
    public const int MaxCharacters = 20_000_000;

    /// <summary>The most parts of documents that are looked at for them.</summary>
    public const int MaxParts = 50_000;

    /// <summary>How much memory the kept indexes take, about: 256 MiB. The one that was searched last is always kept.</summary>
    public const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>How many indexes are read at once, each of another organisation.</summary>
    public const int MaxLoads = 2;

    /// <summary>How long the reading of one may take.</summary>
    public static readonly TimeSpan LoadTimeLimit = TimeSpan.FromMinutes(1);

    private const int MaxReads = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tenant, string Version), Task<SearchIndex>> _loads = [];
    private readonly TenantGate _gate = new(1);
    private readonly SemaphoreSlim _places = new(MaxLoads);
    private long _used;

    /// <summary>How many are read now, or wait for that.</summary>
    internal int Loads
    {
        get
        {
            lock (_lock)
            {
                return _loads.Count;
            }
        }
    }

    /// <summary>The index of an organisation. Who stops waiting does not stop its reading. Throws <see cref="TimeoutException"/> when it cannot be read in time.</summary>
    public async Task<SearchIndex> GetAsync(string tenant, CancellationToken cancellationToken)
    {
        if (await embeddings.FindVersionAsync(tenant, cancellationToken) is not { } version)
        {
            return SearchIndex.Empty;
        }

        return await FindOrLoad(tenant, version).WaitAsync(cancellationToken);
    }

    /// <summary>An index of some documents only, which is not kept; a document without vectors is left out.</summary>
    public async Task<SearchIndex> ReadAsync(string tenant, IEnumerable<string> documents, CancellationToken cancellationToken)
    {
        var parts = new List<EmbeddedPart>();
        foreach (var document in documents)
        {
            parts.AddRange(await embeddings.ListAsync(tenant, document, cancellationToken).ToListAsync(cancellationToken));
        }

        return await ReadPartsAsync(tenant, parts, isComplete: true, cancellationToken);
    }

    private Task<SearchIndex> FindOrLoad(string tenant, string version)
    {
        lock (_lock)
        {
            if (_kept.TryGetValue(tenant, out var entry) && entry.Version == version)
            {
                entry.Used = ++_used;
                return Task.FromResult(entry.Index);
            }

            if (!_loads.TryGetValue((tenant, version), out var load))
            {
                // What flows with a request says that its caller waits, and others will wait for this too.
                using var nothingFlows = ExecutionContext.SuppressFlow();
                var timeOut = new CancellationTokenSource(LoadTimeLimit, time);
                load = Task.Run(() => LoadAsync(tenant, version, timeOut));
                _loads.Add((tenant, version), load);
            }

            return load;
        }
    }

    private async Task<SearchIndex> LoadAsync(string tenant, string version, CancellationTokenSource timeOut)
    {
        using var limit = timeOut;
        try
        {
            using var own = await _gate.EnterAsync(tenant, timeOut.Token);
            await _places.WaitAsync(timeOut.Token);
            try
            {
                var parts = await embeddings.ListAsync(tenant, timeOut.Token).Take(MaxParts + 1).ToListAsync(timeOut.Token);
                var index = await ReadPartsAsync(tenant, parts[..Math.Min(parts.Count, MaxParts)], parts.Count <= MaxParts, timeOut.Token);
                Keep(tenant, version, index);
                return index;
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException error) when (timeOut.IsCancellationRequested)
        {
            throw new TimeoutException("The index could not be read in time.", error);
        }
        finally
        {
            lock (_lock)
            {
                _loads.Remove((tenant, version));
            }
        }
    }

    private async Task<SearchIndex> ReadPartsAsync(string tenant, List<EmbeddedPart> parts, bool isComplete, CancellationToken cancellationToken)
    {
        var all = parts.GroupBy(part => part.DocumentId).Select(document => EmbeddedPart.OfNow([.. document])).Where(document => document.Count > 0)
            .ToLookup(document => document[0].Model == embedder.Model);
        var documents = all[true].ToList();
        var chosen = Newest(documents).ToList();
        var before = Kept(tenant);
        var read = chosen.Where(part => !before.ContainsKey(part)).GroupBy(part => (part.JobId, part.ArtifactRef)).ToList();
        var found = chosen.Where(before.ContainsKey).ToDictionary(part => part, part => before[part]);
        await Parallel.ForEachAsync(read, new ParallelOptions { MaxDegreeOfParallelism = MaxReads, CancellationToken = cancellationToken }, async (artifact, stop) =>
        {
            var content = await artifacts.ReadAsync(tenant, artifact.Key.JobId, artifact.Key.ArtifactRef, stop);
            var chunks = EmbeddedChunk.ReadJsonLines(content.ToMemory()).ToLookup(chunk => chunk.DocumentId);
            lock (found)
            {
                foreach (var part in artifact)
                {
                    found.Add(part, [.. chunks[part.DocumentId]]);
                }
            }
        });
        // In one order, whichever artifact came first: of equals the earlier is found.
        return new SearchIndex(
            new OrderedDictionary<EmbeddedPart, IReadOnlyList<EmbeddedChunk>>(chosen.Select(part => KeyValuePair.Create(part, found[part]))),
            isComplete && chosen.Count == documents.Sum(document => document.Count),
            all[false].Select(document => document[0].DocumentId).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The most chunks of vectors of so many numbers that are searched.</summary>
    internal static int MaxChunksOf(int dimensions) => Math.Min(MaxChunks, MaxVectorBytes / (dimensions * sizeof(float)));

    /// <summary>Whole documents, those that were embedded last before the others, as many as may be.</summary>
    private IEnumerable<EmbeddedPart> Newest(IEnumerable<IReadOnlyList<EmbeddedPart>> documents)
    {
        var maxChunks = MaxChunksOf(embedder.Dimensions);
        var (chunks, characters) = (0, 0L);
        foreach (var document in documents.OrderByDescending(document => document[0].EmbeddedAt))
        {
            chunks += document.Sum(part => part.Chunks);
            characters += document.Sum(part => (long)part.Characters);
            if (chunks > maxChunks || characters > MaxCharacters)
            {
                yield break;
            }

            foreach (var part in document)
            {
                yield return part;
            }
        }
    }

    private IReadOnlyDictionary<EmbeddedPart, IReadOnlyList<EmbeddedChunk>> Kept(string tenant)
    {
        lock (_lock)
        {
            return _kept.TryGetValue(tenant, out var entry) ? entry.Index.Parts : SearchIndex.Empty.Parts;
        }
    }

    private void Keep(string tenant, string version, SearchIndex index)
    {
        lock (_lock)
        {
            _kept[tenant] = new Entry(version, index) { Used = ++_used };
            while (_kept.Count > 1 && _kept.Values.Sum(entry => entry.Index.Bytes) > maxBytes)
            {
                _kept.Remove(_kept.MinBy(entry => entry.Value.Used).Key);
            }
        }
    }

    private sealed class Entry(string version, SearchIndex index)
    {
        public string Version { get; } = version;

        public SearchIndex Index { get; } = index;

        /// <summary>When it was last searched, in order.</summary>
        public long Used { get; set; }
    }
}
