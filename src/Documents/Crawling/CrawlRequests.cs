namespace Jobs.Documents.Crawling;

/// <summary>The requests of one step: which are due, and how they are made.</summary>
/// <param name="plan">What is to be crawled.</param>
/// <param name="frontier">What is known.</param>
/// <param name="findings">Takes what is found without a request.</param>
/// <param name="fetcher">Makes the requests.</param>
/// <param name="now">When the step begins.</param>
/// <param name="deadline">When the crawl ends.</param>
/// <param name="longest">After how long no request is begun any more.</param>
/// <param name="cancellationToken">Ends the step.</param>
internal sealed class CrawlRequests(
    CrawlPlan plan,
    CrawlFrontier frontier,
    CrawlFindings findings,
    IPageFetcher fetcher,
    DateTimeOffset now,
    DateTimeOffset deadline,
    TimeSpan longest,
    CancellationToken cancellationToken)
{
    /// <summary>Takes out of the queue what is due, and what turns out not to be crawled.</summary>
    public List<CrawlRequest> Choose(int batchSize)
    {
        var requests = new List<CrawlRequest>();
        var waiting = new List<CrawlEntry>();
        var busy = new HashSet<string>(StringComparer.Ordinal);
        var pages = Math.Min(batchSize, plan.MaxPages - frontier.Counts.Pages);
        var checks = 0;
        foreach (var entry in frontier.TakeQueue())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var origin = CrawlAddress.OriginOf(entry.Address);
            if (requests.Count == pages || checks == CrawlLimits.MaxChecksPerStep || busy.Contains(origin))
            {
                waiting.Add(entry);
                continue;
            }

            if (frontier.HostOf(entry.Address) is not { } host)
            {
                frontier.Skip(CrawlSkip.Limit);
                continue;
            }

            if (host.Robots == RobotsStatus.Unknown)
            {
                if (host.NotBefore <= now)
                {
                    requests.Add(new CrawlRequest(entry, isRobots: true));
                }

                busy.Add(origin);
                waiting.Add(entry);
                continue;
            }

            checks++;
            if (IsLeftOut(entry, host))
            {
                continue;
            }

            if (host.NotBefore > now)
            {
                busy.Add(origin);
                waiting.Add(entry);
                continue;
            }

            requests.Add(new CrawlRequest(entry, isRobots: false));
            if (frontier.DelayOf(host) > TimeSpan.Zero)
            {
                busy.Add(origin);
            }
        }

        frontier.PutBack(waiting);
        return requests;
    }

    /// <summary>Asks one host, one request after the other.</summary>
    public async Task AskHostAsync(IEnumerable<CrawlRequest> requests)
    {
        var elapsed = TimeSpan.Zero;
        foreach (var request in requests)
        {
            if (elapsed >= longest || now + elapsed >= deadline)
            {
                return;
            }

            var answer = request.IsRobots ? await AskRobotsAsync(request) : await AskAsync(request, request.Address, request.Entry.IsSitemap ? CrawlLimits.MaxSitemapBytes : CrawlLimits.MaxPageBytes);
            elapsed += answer.Elapsed;
            request.Answer = answer;
            request.At = elapsed;
        }
    }

    /// <summary>Counts, lists or reports what is not asked for.</summary>
    private bool IsLeftOut(CrawlEntry entry, CrawlHost host)
    {
        if (host.Robots == RobotsStatus.Unreachable || !host.Rules.IsAllowed(CrawlAddress.PathOf(entry.Address)))
        {
            frontier.Skip(CrawlSkip.Robots);
            if (entry is { Depth: 0, IsSitemap: false } && host.Robots == RobotsStatus.Known)
            {
                findings.Report(entry, CrawlProblemCodes.RobotsDisallowed, "The host's robots.txt forbids it.");
            }

            return true;
        }

        if (frontier.IsReturned(entry.Address))
        {
            frontier.Skip(CrawlSkip.Duplicate);
            return true;
        }

        if (!entry.IsSitemap && MediaKinds.DocumentTypeOf(entry.Address) is { } type)
        {
            findings.List(entry, type);
            return true;
        }

        return false;
    }

    private async Task<FetchAnswer> AskAsync(CrawlRequest request, string address, int maxBytes)
    {
        request.Requests++;
        return await fetcher.FetchAsync(new FetchRequest(address, maxBytes), cancellationToken);
    }

    /// <summary>Asks for a robots.txt, and follows its redirects, to other hosts too, as RFC 9309 lays down.</summary>
    private async Task<FetchAnswer> AskRobotsAsync(CrawlRequest request)
    {
        var address = request.Address;
        var elapsed = TimeSpan.Zero;
        for (var redirects = 0; ; redirects++)
        {
            var answer = await AskAsync(request, address, CrawlLimits.MaxRobotsBytes + 1);
            elapsed += answer.Elapsed;
            if (answer.Status is < 300 or >= 400 || redirects == CrawlLimits.MaxRobotsRedirects || CrawlAddress.Normalise(answer.Location, new Uri(address)) is not { } next)
            {
                return answer with { Elapsed = elapsed };
            }

            address = next;
        }
    }
}
