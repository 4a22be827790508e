namespace Jobs.Documents.Crawling;

/// <summary>
/// All that a crawl knows between two steps: a value, which System.Text.Json writes and reads, and which is never larger than <see cref="CrawlLimits.MaxStateBytes"/> as JSON. Whoever
/// keeps it can go on from it, in another process too.
/// </summary>
public sealed record CrawlState
{
    /// <summary>What is to be crawled.</summary>
    public required CrawlPlan Plan { get; init; }

    /// <summary>When the crawl was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What waits, in the order in which it will be asked for.</summary>
    public IReadOnlyList<CrawlEntry> Queue { get; init; } = [];

    /// <summary>The addresses that were ever taken up, as hashes (<see cref="Packed"/>).</summary>
    public string Seen { get; init; } = "";

    /// <summary>The pages that were returned, as hashes of address and text with the SimHash of each (<see cref="Packed"/>).</summary>
    public string Returned { get; init; } = "";

    /// <summary>How many variants were taken of paths, as hashes with counts (<see cref="Packed"/>).</summary>
    public string Variants { get; init; } = "";

    /// <summary>The hosts, by scheme, name and port.</summary>
    public IReadOnlyDictionary<string, CrawlHost> Hosts { get; init; } = new Dictionary<string, CrawlHost>();

    /// <summary>What was done so far.</summary>
    public CrawlCounts Counts { get; init; } = new();

    /// <summary>Why the crawl has ended; null while it has not.</summary>
    public CrawlEnd? End { get; init; }
}

/// <summary>Something that waits to be asked for.</summary>
public sealed record CrawlEntry
{
    /// <summary>Its normalised address.</summary>
    public required string Address { get; init; }

    /// <summary>How many links it is away from a start address.</summary>
    public int Depth { get; init; }

    /// <summary>True for a sitemap.</summary>
    public bool IsSitemap { get; init; }

    /// <summary>How often it was asked for in vain.</summary>
    public int Tries { get; init; }

    /// <summary>The addresses that redirected to it, the first one first.</summary>
    public IReadOnlyList<string> Redirects { get; init; } = [];
}

/// <summary>What a crawl knows about a host.</summary>
public sealed record CrawlHost
{
    /// <summary>When the host may be asked next.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>Whether its robots.txt is known.</summary>
    public RobotsStatus Robots { get; init; }

    /// <summary>What its robots.txt says, once it is known.</summary>
    public RobotsRules Rules { get; init; } = RobotsRules.AllowAll;

    /// <summary>How often its robots.txt was asked for in vain.</summary>
    public int RobotsTries { get; init; }

    /// <summary>How many sitemaps were taken.</summary>
    public int Sitemaps { get; init; }
}

/// <summary>Whether a host's robots.txt is known.</summary>
public enum RobotsStatus
{
    /// <summary>Not yet: nothing of the host may be asked for but that.</summary>
    Unknown,

    /// <summary>It is, or the host has none.</summary>
    Known,

    /// <summary>It could not be had, so that nothing of the host is crawled.</summary>
    Unreachable,
}

/// <summary>Why a crawl has ended.</summary>
public enum CrawlEnd
{
    /// <summary>Nothing is left.</summary>
    Finished,

    /// <summary><see cref="CrawlPlan.MaxPages"/> were returned.</summary>
    MaxPages,

    /// <summary><see cref="CrawlPlan.MaxSeconds"/> have passed.</summary>
    MaxSeconds,
}

/// <summary>What a crawl has done.</summary>
public sealed record CrawlCounts
{
    /// <summary>Pages that were returned.</summary>
    public int Pages { get; init; }

    /// <summary>Documents that were listed.</summary>
    public int Documents { get; init; }

    /// <summary>Requests that were made.</summary>
    public int Requests { get; init; }

    /// <summary>Problems that were reported.</summary>
    public int Problems { get; init; }

    /// <summary>What was left out without being a problem, by reason: the words of <see cref="CrawlSkip"/>.</summary>
    public IReadOnlyDictionary<string, int> Skipped { get; init; } = new Dictionary<string, int>();
}

/// <summary>Why something is left out of a crawl without being a problem.</summary>
public static class CrawlSkip
{
    /// <summary>It is on another site.</summary>
    public const string OffSite = "off_site";

    /// <summary>It is more links away than the plan allows.</summary>
    public const string TooDeep = "too_deep";

    /// <summary>The host's robots.txt forbids it, or cannot be had.</summary>
    public const string Robots = "robots";

    /// <summary>The page does not want to be kept.</summary>
    public const string NoIndex = "noindex";

    /// <summary>The link or its page says not to follow it.</summary>
    public const string NoFollow = "nofollow";

    /// <summary>The address looks like one of endlessly many.</summary>
    public const string Trap = "trap";

    /// <summary>Its kind is neither page nor document.</summary>
    public const string Type = "type";

    /// <summary>It is, under another address, what was returned before.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>Its text is nearly that of a page that was returned before.</summary>
    public const string NearDuplicate = "near_duplicate";

    /// <summary>It is no address that can be crawled.</summary>
    public const string Address = "address";

    /// <summary>A limit on what a crawl takes note of was reached.</summary>
    public const string Limit = "limit";
}
