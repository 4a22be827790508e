namespace Jobs.Documents.Crawling;

/// <summary>What a crawl may take, and how large its state may become.</summary>
public static class CrawlLimits
{
    /// <summary>The name that robots.txt, <c>meta</c> elements and headers know this crawler by, and that its requests carry.</summary>
    public const string UserAgent = "JobsCrawler";

    /// <summary>The most addresses that a crawl starts at; it has at least one.</summary>
    public const int MaxStartAddresses = 20;

    /// <summary>The most links between a start address and a page.</summary>
    public const int MaxDepth = 10;

    /// <summary>The most pages that a crawl returns.</summary>
    public const int MaxPages = 5_000;

    /// <summary>The longest that a crawl may take, in seconds: a day.</summary>
    public const int MaxSeconds = 24 * 60 * 60;

    /// <summary>The time between two requests to a host where its robots.txt names none, in milliseconds, unless the plan says otherwise.</summary>
    public const int DefaultDelayMilliseconds = 1_000;

    /// <summary>The longest time between two requests to a host, in milliseconds, whatever its robots.txt or its <c>Retry-After</c> asks for.</summary>
    public const int MaxDelayMilliseconds = 30_000;

    /// <summary>The most requests of one step.</summary>
    public const int MaxBatch = 20;

    /// <summary>The most characters of an address, normalised; longer ones are left out.</summary>
    public const int MaxAddressCharacters = 2_048;

    /// <summary>The most bytes of a page that are read.</summary>
    public const int MaxPageBytes = 2 * 1024 * 1024;

    /// <summary>The most bytes of a robots.txt that are read, as RFC 9309 asks for at least: 500 KiB.</summary>
    public const int MaxRobotsBytes = 500 * 1024;

    /// <summary>The most rules of a robots.txt that are kept. A host whose rules are more is not crawled: what they forbid is not known.</summary>
    public const int MaxRobotsRules = 2_000;

    /// <summary>The most characters of all rules of one robots.txt; as above.</summary>
    public const int MaxRobotsCharacters = 32 * 1024;

    /// <summary>The most characters of the rules of all hosts of a crawl; a host that would pass it is not crawled.</summary>
    public const int MaxRobotsCharactersOfAll = 256 * 1024;

    /// <summary>How many redirects of a robots.txt are followed, as RFC 9309 asks for at least.</summary>
    public const int MaxRobotsRedirects = 5;

    /// <summary>How often a robots.txt is asked for that cannot be had, before its host is given up.</summary>
    public const int MaxRobotsTries = 3;

    /// <summary>How long after a failure a robots.txt is asked for again.</summary>
    public static readonly TimeSpan RobotsRetryTime = TimeSpan.FromSeconds(30);

    /// <summary>The most sitemaps of a host that are read.</summary>
    public const int MaxSitemaps = 5;

    /// <summary>The most bytes of a sitemap, before and after decompression: 5 MiB.</summary>
    public const int MaxSitemapBytes = 5 * 1024 * 1024;

    /// <summary>The most addresses that are taken from one sitemap.</summary>
    public const int MaxSitemapAddresses = 1_000;

    /// <summary>How many redirects are followed from an address to a page.</summary>
    public const int MaxRedirects = 5;

    /// <summary>How often an address is asked for whose server is busy, out of order, slow or not reachable.</summary>
    public const int MaxTries = 3;

    /// <summary>The most hosts of a crawl.</summary>
    public const int MaxHosts = 50;

    /// <summary>The most addresses that wait at a time; what comes on top is left out.</summary>
    public const int MaxQueued = 10_000;

    /// <summary>The most characters of all addresses that wait.</summary>
    public const int MaxQueuedCharacters = 500_000;

    /// <summary>The most addresses that a crawl takes note of; what comes on top is left out.</summary>
    public const int MaxSeen = 50_000;

    /// <summary>The most documents that a crawl lists.</summary>
    public const int MaxDocuments = 1_000;

    /// <summary>The most segments of a path. Sites whose relative links lead ever deeper are endless.</summary>
    public const int MaxPathSegments = 16;

    /// <summary>How often one segment may stand in a path.</summary>
    public const int MaxSegmentRepeats = 3;

    /// <summary>The most queries that are taken for one path of a host: of filters and calendars there is no end.</summary>
    public const int MaxQueryVariants = 50;

    /// <summary>The most paths of a host that are taken of those that differ in nothing but two or more numbers, such as dates (<c>/2026/11/30</c>).</summary>
    public const int MaxNumberVariants = 60;

    /// <summary>For how many paths variants are counted; of paths beyond, those with a query or two numbers are left out.</summary>
    public const int MaxCountedPaths = 5_000;

    /// <summary>Two pages whose SimHashes differ in at most this many of 64 bits are taken for the same page.</summary>
    public const int NearDuplicateDistance = 3;

    /// <summary>The fewest words of a page that near duplicates are looked for of; shorter texts differ by chance too little.</summary>
    public const int MinNearDuplicateWords = 50;

    /// <summary>A page whose SimHash differs in more bits from that of the page it names as canonical is another page, whatever it says. Strangers differ in 32 on average.</summary>
    public const int MaxCanonicalDistance = 20;

    /// <summary>How many addresses one step compares with robots.txt at most; the next step goes on.</summary>
    public const int MaxChecksPerStep = 500;

    /// <summary>The most bytes of a state as JSON: 8 MiB. It follows from the limits above.</summary>
    public const int MaxStateBytes = 8 * 1024 * 1024;
}
