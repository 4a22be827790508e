namespace Jobs.Documents.Crawling;

/// <summary>
/// Crawls in steps. A step takes a state and gives the next one with what it found: it keeps nothing, reads no clock and waits for nothing, so that one that was cut short is done
/// again from the same state, and gives the same pages if the hosts give the same answers. A host is asked one thing at a time, and not before its delay has passed.
/// </summary>
public static class Crawler
{
    /// <summary>The state of a crawl that begins. Throws <see cref="ArgumentException"/> for a plan with <see cref="CrawlPlan.Problems"/>.</summary>
    public static CrawlState Start(CrawlPlan plan, DateTimeOffset now) =>
        Start(plan, now, plan.StartAddresses.Select(address => new CrawlEntry { Address = address }));

    /// <summary>
    /// The state of a crawl that begins somewhere else than at the plan's start addresses, which still say what its sites are. Of the entries, addresses and depths count. Throws
    /// <see cref="ArgumentException"/> for a plan with <see cref="CrawlPlan.Problems"/>.
    /// </summary>
    public static CrawlState Start(CrawlPlan plan, DateTimeOffset now, IEnumerable<CrawlEntry> entries)
    {
        if (plan.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(plan));
        }

        var frontier = new CrawlFrontier(new CrawlState { Plan = plan, StartedAt = now });
        foreach (var entry in entries)
        {
            // Whoever names an address means it, whatever it looks like.
            if (CrawlAddress.Normalise(entry.Address, null) is { } address && !frontier.IsSeen(address) && frontier.Note(address))
            {
                frontier.Enqueue(new CrawlEntry { Address = address, Depth = entry.Depth }, isFirst: false);
            }
        }

        return frontier.Close(null);
    }

    /// <summary>
    /// Does the next requests of a crawl, at most as many as the batch has (1 to <see cref="CrawlLimits.MaxBatch"/>), several hosts at a time, and begins none after it has taken
    /// <paramref name="longest"/>. Where nothing is due, it makes none and says by <see cref="CrawlStep.NextAt"/> when something is. Of a crawl that has ended it gives nothing more.
    /// </summary>
    public static async Task<CrawlStep> StepAsync(
        CrawlState state,
        int batchSize,
        IPageFetcher fetcher,
        DateTimeOffset now,
        TimeSpan longest,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batchSize, CrawlLimits.MaxBatch);
        if (state.End is not null)
        {
            return new CrawlStep(state, [], [], [], null);
        }

        var deadline = state.StartedAt.AddSeconds(state.Plan.MaxSeconds);
        var frontier = new CrawlFrontier(state);
        var findings = new CrawlFindings(frontier);
        if (now < deadline)
        {
            var requests = new CrawlRequests(state.Plan, frontier, findings, fetcher, now, deadline, longest, cancellationToken);
            var chosen = requests.Choose(batchSize);
            await Task.WhenAll(chosen.GroupBy(item => CrawlAddress.OriginOf(item.Entry.Address)).Select(requests.AskHostAsync));
            new CrawlAnswers(state.Plan, frontier, findings, now, cancellationToken).Apply(chosen);
        }

        return Close(state, frontier, findings, now, deadline);
    }

    private static CrawlStep Close(CrawlState state, CrawlFrontier frontier, CrawlFindings findings, DateTimeOffset now, DateTimeOffset deadline)
    {
        CrawlEnd? end = now >= deadline ? CrawlEnd.MaxSeconds
            : frontier.Counts.Pages >= state.Plan.MaxPages ? CrawlEnd.MaxPages
            : frontier.Queue.Count == 0 ? CrawlEnd.Finished
            : null;
        DateTimeOffset? nextAt = end is null ? NextAt(frontier, now, deadline) : null;
        return new CrawlStep(frontier.Close(end), findings.Pages, findings.Documents, findings.Problems, nextAt);
    }

    private static DateTimeOffset NextAt(CrawlFrontier frontier, DateTimeOffset now, DateTimeOffset deadline)
    {
        var next = deadline;
        foreach (var entry in frontier.Queue)
        {
            var at = frontier.HostOf(entry.Address)?.NotBefore ?? now;
            next = at < next ? at : next;
        }

        return next > now ? next : now;
    }
}
