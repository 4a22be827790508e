using Jobs.Documents.Crawling;

namespace Jobs.Documents.Tests.Crawling;

/// <summary>The limits on what a crawl takes note of.</summary>
public sealed class CrawlFrontierTests
{
    private const string Root = "http://site.test/";

    [Fact]
    public void Hosts_are_taken_up_to_the_limit()
    {
        var frontier = Frontier();
        for (var i = 0; i < CrawlLimits.MaxHosts; i++)
        {
            Assert.NotNull(frontier.HostOf($"http://h{i}.test/"));
        }

        Assert.Null(frontier.HostOf("http://one-more.test/"));
        Assert.NotNull(frontier.HostOf("http://h0.test/x"));
    }

    [Fact]
    public void Queue_takes_entries_up_to_the_limit()
    {
        var frontier = Frontier();
        for (var i = 0; i < CrawlLimits.MaxQueued; i++)
        {
            frontier.Enqueue(new CrawlEntry { Address = $"{Root}{i}" }, isFirst: false);
        }

        Assert.Equal((CrawlLimits.MaxQueued, 0), (frontier.Queue.Count, Skipped(frontier, CrawlSkip.Limit)));
        frontier.Enqueue(new CrawlEntry { Address = $"{Root}x" }, isFirst: false);
        Assert.Equal((CrawlLimits.MaxQueued, 1), (frontier.Queue.Count, Skipped(frontier, CrawlSkip.Limit)));
    }

    [Fact]
    public void Queue_takes_characters_up_to_the_limit()
    {
        var frontier = Frontier();
        var address = Root.PadRight(2_000, 'x');
        for (var i = 0; i < CrawlLimits.MaxQueuedCharacters / 2_000; i++)
        {
            frontier.Enqueue(new CrawlEntry { Address = address }, isFirst: false);
        }

        Assert.Equal(0, Skipped(frontier, CrawlSkip.Limit));
        frontier.Enqueue(new CrawlEntry { Address = Root }, isFirst: false);
        Assert.Equal(1, Skipped(frontier, CrawlSkip.Limit));

        // What is taken out makes room.
        frontier.TakeQueue();
        frontier.Enqueue(new CrawlEntry { Address = Root }, isFirst: true);
        Assert.Equal(Root, Assert.Single(frontier.Queue).Address);
    }

    [Fact]
    public void Addresses_are_taken_note_of_up_to_the_limit()
    {
        var frontier = Frontier();
        for (var i = 0; i < CrawlLimits.MaxSeen; i++)
        {
            Assert.True(frontier.Note($"{Root}{i}"));
        }

        Assert.False(frontier.Note($"{Root}x"));
        Assert.True(frontier.Note($"{Root}0"));
    }

    [Fact]
    public void Paths_with_variants_are_counted_up_to_the_limit()
    {
        var frontier = Frontier();
        for (var i = 0; i < CrawlLimits.MaxCountedPaths; i++)
        {
            frontier.Offer($"{Root}p{i}?q", 0);
        }

        Assert.Equal((CrawlLimits.MaxCountedPaths, 0), (frontier.Queue.Count, Skipped(frontier, CrawlSkip.Trap)));
        frontier.Offer($"{Root}other?q", 0);
        frontier.Offer($"{Root}p0?r", 0);
        frontier.Offer($"{Root}plain", 0);
        Assert.Equal((CrawlLimits.MaxCountedPaths + 2, 1), (frontier.Queue.Count, Skipped(frontier, CrawlSkip.Trap)));
    }

    [Fact]
    public void Rules_of_all_hosts_are_kept_up_to_the_limit()
    {
        var frontier = Frontier();
        var rules = new RobotsRules { Rules = [new RobotsRule(false, new string('x', CrawlLimits.MaxRobotsCharacters))] };
        for (var i = 0; i < CrawlLimits.MaxRobotsCharactersOfAll / CrawlLimits.MaxRobotsCharacters; i++)
        {
            Assert.True(frontier.TryKeepRules($"http://h{i}.test/", rules));
        }

        Assert.False(frontier.TryKeepRules("http://one-more.test/", new RobotsRules { Rules = [new RobotsRule(false, "/")] }));
        Assert.True(frontier.TryKeepRules("http://h0.test/", RobotsRules.AllowAll));
        Assert.True(frontier.TryKeepRules("http://one-more.test/", rules));
    }

    [Theory]
    [InlineData(CrawlLimits.MaxDocuments)]
    [InlineData(CrawlLimits.MaxDocuments + 1)]
    public async Task Documents_are_listed_up_to_the_limit(int count)
    {
        var fetcher = Crawls.Site(new() { [Root] = Crawls.Page(1, [.. Enumerable.Range(0, count).Select(i => $"/d{i}.pdf")]) });

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root), fetcher);

        Assert.Equal(CrawlLimits.MaxDocuments, crawl.Documents.Count);
        Assert.Equal(count - CrawlLimits.MaxDocuments, crawl.State.Counts.Skipped.GetValueOrDefault(CrawlSkip.Limit));
        Assert.Equal(2, fetcher.Requests.Count);
        // The robots.txt, the page, and then so many comparisons with the rules a step.
        Assert.Equal(2 + (count + CrawlLimits.MaxChecksPerStep - 1) / CrawlLimits.MaxChecksPerStep, crawl.States.Count - 1);
    }

    [Theory]
    [InlineData(CrawlLimits.MaxRobotsRedirects, 0)]
    [InlineData(CrawlLimits.MaxRobotsRedirects + 1, 1)]
    public async Task Redirects_of_a_robots_file_are_followed_up_to_the_limit(int redirects, int pages)
    {
        var site = Enumerable.Range(0, redirects).ToDictionary(i => i == 0 ? $"{Root}robots.txt" : $"{Root}r{i}", i => TestResponse.Redirect($"/r{i + 1}"));
        site[$"{Root}r{redirects}"] = new TestResponse(200, "text/plain", "User-agent: *\nDisallow: /"u8.ToArray());
        site[Root] = Crawls.Page(1);

        Assert.Equal(pages, (await Crawls.RunAsync(Crawls.Plan(Root), Crawls.Site(site))).Pages.Count);
    }

    private static CrawlFrontier Frontier() => new(new CrawlState { Plan = Crawls.Plan(Root) with { SameSite = false }, StartedAt = Crawls.Now });

    private static int Skipped(CrawlFrontier frontier, string reason) => frontier.Close(null).Counts.Skipped.GetValueOrDefault(reason);
}
