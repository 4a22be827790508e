using System.Runtime.InteropServices;
using System.Text;

namespace Jobs.Documents.Crawling;

/// <summary>A crawl's state while a step works on it: opened from a <see cref="CrawlState"/> and closed into the next one. Every limit on the state's size is kept here.</summary>
internal sealed class CrawlFrontier
{
    private readonly CrawlPlan _plan;
    private readonly DateTimeOffset _startedAt;
    private readonly HashSet<string> _sites;
    private readonly HashSet<ulong> _seen;
    private readonly List<ulong> _seenInOrder;
    private readonly List<ulong> _returned;
    private readonly HashSet<ulong> _returnedAddresses = [];
    private readonly HashSet<ulong> _returnedTexts = [];
    private readonly Dictionary<ulong, ulong> _variants = [];
    private readonly Dictionary<string, CrawlHost> _hosts;
    private readonly SortedDictionary<string, int> _skipped;
    private List<CrawlEntry> _queue;
    private int _queuedCharacters;
    private int _robotsCharacters;

    /// <summary>Opens a state.</summary>
    public CrawlFrontier(CrawlState state)
    {
        _plan = state.Plan;
        _startedAt = state.StartedAt;
        _sites = _plan.StartAddresses.Select(address => CrawlAddress.SiteOf(CrawlAddress.Normalise(address, null)!)).ToHashSet(StringComparer.Ordinal);
        _seenInOrder = [.. Packed.Read(state.Seen)];
        _seen = [.. _seenInOrder];
        _returned = [.. Packed.Read(state.Returned)];
        for (var i = 0; i < _returned.Count; i += 3)
        {
            _returnedAddresses.Add(_returned[i]);
            _returnedTexts.Add(_returned[i + 1]);
        }

        var variants = Packed.Read(state.Variants);
        for (var i = 0; i < variants.Length; i += 2)
        {
            _variants[variants[i]] = variants[i + 1];
        }

        _hosts = new Dictionary<string, CrawlHost>(state.Hosts, StringComparer.Ordinal);
        _robotsCharacters = _hosts.Values.Sum(host => CharactersOf(host.Rules));
        _skipped = new SortedDictionary<string, int>(state.Counts.Skipped.ToDictionary(), StringComparer.Ordinal);
        _queue = [.. state.Queue];
        _queuedCharacters = _queue.Sum(CharactersOf);
        Counts = state.Counts;
    }

    /// <summary>What was done, but for what was left out.</summary>
    public CrawlCounts Counts { get; set; }

    /// <summary>What waits.</summary>
    public IReadOnlyList<CrawlEntry> Queue => _queue;

    /// <summary>The state after the step.</summary>
    public CrawlState Close(CrawlEnd? end) => new()
    {
        Plan = _plan,
        StartedAt = _startedAt,
        Queue = end is null ? _queue : [],
        Seen = Packed.Write(_seenInOrder),
        Returned = Packed.Write(_returned),
        Variants = Packed.Write([.. _variants.SelectMany(pair => (ulong[])[pair.Key, pair.Value])]),
        Hosts = _hosts,
        Counts = Counts with { Skipped = new Dictionary<string, int>(_skipped) },
        End = end,
    };

    /// <summary>Counts something that is left out.</summary>
    public void Skip(string reason) => _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;

    /// <summary>What is known about the host of an address; null when there are too many hosts.</summary>
    public CrawlHost? HostOf(string address)
    {
        var origin = CrawlAddress.OriginOf(address);
        if (_hosts.TryGetValue(origin, out var host))
        {
            return host;
        }

        return _hosts.Count < CrawlLimits.MaxHosts ? _hosts[origin] = new CrawlHost() : null;
    }

    /// <summary>Changes what is known about the host of an address that <see cref="HostOf"/> knows.</summary>
    public void SetHost(string address, CrawlHost host) => _hosts[CrawlAddress.OriginOf(address)] = host;

    /// <summary>The least time between two requests to a host.</summary>
    public TimeSpan DelayOf(CrawlHost host) => TimeSpan.FromMilliseconds(Math.Max(_plan.DelayMilliseconds, host.Rules.DelayMilliseconds ?? 0));

    /// <summary>Keeps the rules of a host; false when there is no room for them.</summary>
    public bool TryKeepRules(string address, RobotsRules rules)
    {
        var host = HostOf(address)!;
        var characters = _robotsCharacters - CharactersOf(host.Rules) + CharactersOf(rules);
        if (characters > CrawlLimits.MaxRobotsCharactersOfAll)
        {
            return false;
        }

        _robotsCharacters = characters;
        SetHost(address, host with { Rules = rules, Robots = RobotsStatus.Known, RobotsTries = 0 });
        return true;
    }

    /// <summary>True when an address is on a site of the crawl.</summary>
    public bool IsOnSite(string address) => !_plan.SameSite || _sites.Contains(CrawlAddress.SiteOf(address));

    /// <summary>Takes up an address that was found, if it is a new one that may be crawled.</summary>
    public void Offer(string address, int depth, bool isSitemap = false)
    {
        if (!IsOnSite(address))
        {
            Skip(CrawlSkip.OffSite);
        }
        else if (!_seen.Contains(Packed.Hash(address)))
        {
            var reason = isSitemap ? null
                : depth > _plan.MaxDepth ? CrawlSkip.TooDeep
                : MediaKinds.IsOther(address) ? CrawlSkip.Type
                : IsTrap(address) ? CrawlSkip.Trap
                : null;
            if (reason is null && Note(address))
            {
                Enqueue(new CrawlEntry { Address = address, Depth = depth, IsSitemap = isSitemap }, isFirst: false);
            }
            else if (reason is not null)
            {
                Skip(reason);
            }
        }
    }

    /// <summary>True when an address was taken up before.</summary>
    public bool IsSeen(string address) => _seen.Contains(Packed.Hash(address));

    /// <summary>Takes note of an address; false when there is no room.</summary>
    public bool Note(string address)
    {
        var hash = Packed.Hash(address);
        if (_seen.Contains(hash))
        {
            return true;
        }

        if (_seen.Count >= CrawlLimits.MaxSeen)
        {
            Skip(CrawlSkip.Limit);
            return false;
        }

        _seen.Add(hash);
        _seenInOrder.Add(hash);
        return true;
    }

    /// <summary>Puts an entry at the end of the queue, or at its beginning.</summary>
    public void Enqueue(CrawlEntry entry, bool isFirst)
    {
        var characters = CharactersOf(entry);
        if (_queue.Count >= CrawlLimits.MaxQueued || _queuedCharacters + characters > CrawlLimits.MaxQueuedCharacters)
        {
            Skip(CrawlSkip.Limit);
            return;
        }

        _queuedCharacters += characters;
        _queue.Insert(isFirst ? 0 : _queue.Count, entry);
    }

    /// <summary>Takes the whole queue out, to be sorted: what still waits is given back by <see cref="PutBack"/>.</summary>
    public List<CrawlEntry> TakeQueue()
    {
        var queue = _queue;
        _queue = [];
        _queuedCharacters = 0;
        return queue;
    }

    /// <summary>Puts entries back that were taken out, in front of all others.</summary>
    public void PutBack(IReadOnlyCollection<CrawlEntry> entries)
    {
        _queue.InsertRange(0, entries);
        _queuedCharacters += entries.Sum(CharactersOf);
    }

    /// <summary>True when a page with this address was returned.</summary>
    public bool IsReturned(string address) => _returnedAddresses.Contains(Packed.Hash(address));

    /// <summary>True when the page that was returned at an address is nothing like one with this SimHash.</summary>
    public bool IsUnlike(string address, ulong simHash)
    {
        var hash = Packed.Hash(address);
        for (var i = 0; i < _returned.Count; i += 3)
        {
            if (_returned[i] == hash)
            {
                return SimHash.Distance(_returned[i + 2], simHash) > CrawlLimits.MaxCanonicalDistance;
            }
        }

        return false;
    }

    /// <summary>Why a page with this content is not to be returned; null when it is. A page without enough words is compared as a whole only.</summary>
    public string? DuplicateReason(ulong textHash, ulong simHash, int words)
    {
        if (_returnedTexts.Contains(textHash))
        {
            return CrawlSkip.Duplicate;
        }

        if (words < CrawlLimits.MinNearDuplicateWords)
        {
            return null;
        }

        for (var i = 2; i < _returned.Count; i += 3)
        {
            if (_returned[i] != 0 && SimHash.Distance(_returned[i], simHash) <= CrawlLimits.NearDuplicateDistance)
            {
                return CrawlSkip.NearDuplicate;
            }
        }

        return null;
    }

    /// <summary>Takes note of a page that is returned.</summary>
    public void Return(string address, ulong textHash, ulong simHash, int words)
    {
        _returned.Add(Packed.Hash(address));
        _returned.Add(textHash);
        // A short text's hash says nothing about others.
        _returned.Add(words < CrawlLimits.MinNearDuplicateWords ? 0 : simHash);
        _returnedAddresses.Add(_returned[^3]);
        _returnedTexts.Add(textHash);
        Counts = Counts with { Pages = Counts.Pages + 1 };
    }

    /// <summary>True for an address that looks like one of endlessly many. An address that is not is counted among its variants.</summary>
    private bool IsTrap(string address)
    {
        var pathAndQuery = CrawlAddress.PathOf(address);
        var question = pathAndQuery.IndexOf('?');
        var path = question < 0 ? pathAndQuery : pathAndQuery[..question];
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length > CrawlLimits.MaxPathSegments || segments.GroupBy(segment => segment, StringComparer.Ordinal).Any(same => same.Count() > CrawlLimits.MaxSegmentRepeats))
        {
            return true;
        }

        var origin = CrawlAddress.OriginOf(address);
        return (question >= 0 && !CountVariant($"?{origin}{path}", CrawlLimits.MaxQueryVariants))
            || (Numberless(path, out var numbers) is { } shape && numbers >= 2 && !CountVariant($"#{origin}{shape}", CrawlLimits.MaxNumberVariants));
    }

    private bool CountVariant(string path, int max)
    {
        var hash = Packed.Hash(path);
        if (!_variants.ContainsKey(hash) && _variants.Count >= CrawlLimits.MaxCountedPaths)
        {
            return false;
        }

        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_variants, hash, out _);
        if (count >= (ulong)max)
        {
            return false;
        }

        count++;
        return true;
    }

    /// <summary>A path with a number sign for each number in it.</summary>
    private static string Numberless(string path, out int numbers)
    {
        numbers = 0;
        var result = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (!char.IsAsciiDigit(path[i]))
            {
                result.Append(path[i]);
            }
            else if (i == 0 || !char.IsAsciiDigit(path[i - 1]))
            {
                result.Append('#');
                numbers++;
            }
        }

        return result.ToString();
    }

    private static int CharactersOf(CrawlEntry entry) => entry.Address.Length + entry.Redirects.Sum(address => address.Length);

    private static int CharactersOf(RobotsRules rules) => rules.Rules.Sum(rule => rule.Path.Length);
}
