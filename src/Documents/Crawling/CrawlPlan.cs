namespace Jobs.Documents.Crawling;

/// <summary>What is to be crawled. <see cref="Problems"/> says whether it can be.</summary>
public sealed record CrawlPlan
{
    /// <summary>Where the crawl starts: 1 to <see cref="CrawlLimits.MaxStartAddresses"/> absolute http or https addresses.</summary>
    public required IReadOnlyList<string> StartAddresses { get; init; }

    /// <summary>How many links away from a start address pages may be: 0 to <see cref="CrawlLimits.MaxDepth"/>.</summary>
    public int MaxDepth { get; init; } = 3;

    /// <summary>How many pages are returned at most: 1 to <see cref="CrawlLimits.MaxPages"/>.</summary>
    public int MaxPages { get; init; } = 100;

    /// <summary>How many seconds after its start the crawl ends: 1 to <see cref="CrawlLimits.MaxSeconds"/>.</summary>
    public int MaxSeconds { get; init; } = 600;

    /// <summary>True to stay on the sites of the start addresses; see <see cref="CrawlAddress.SiteOf"/>.</summary>
    public bool SameSite { get; init; } = true;

    /// <summary>True to take the addresses of the hosts' sitemaps for start addresses too.</summary>
    public bool UseSitemaps { get; init; } = true;

    /// <summary>The least time between two requests to a host, in milliseconds: 0 to <see cref="CrawlLimits.MaxDelayMilliseconds"/>. A robots.txt can ask for more.</summary>
    public int DelayMilliseconds { get; init; } = CrawlLimits.DefaultDelayMilliseconds;

    /// <summary>What is wrong with the plan, in sentences for who made it; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (StartAddresses.Count is 0 or > CrawlLimits.MaxStartAddresses)
        {
            problems.Add($"There must be 1 to {CrawlLimits.MaxStartAddresses} start addresses.");
        }

        for (var i = 0; i < Math.Min(StartAddresses.Count, CrawlLimits.MaxStartAddresses); i++)
        {
            if (CrawlAddress.Normalise(StartAddresses[i], null) is null)
            {
                problems.Add($"Start address {i + 1} must be an absolute http or https address of at most {CrawlLimits.MaxAddressCharacters} characters, without a user name.");
            }
        }

        Check("maxDepth", MaxDepth, 0, CrawlLimits.MaxDepth);
        Check("maxPages", MaxPages, 1, CrawlLimits.MaxPages);
        Check("maxSeconds", MaxSeconds, 1, CrawlLimits.MaxSeconds);
        Check("delayMilliseconds", DelayMilliseconds, 0, CrawlLimits.MaxDelayMilliseconds);
        return problems;

        void Check(string name, int value, int min, int max)
        {
            if (value < min || value > max)
            {
                problems.Add($"{name} must be {min} to {max}.");
            }
        }
    }
}
