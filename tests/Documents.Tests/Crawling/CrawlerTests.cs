using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Jobs.Documents.Crawling;

namespace Jobs.Documents.Tests.Crawling;

public sealed class CrawlerTests
{
    private const string Root = "http://site.test/";

    [Fact]
    public async Task Crawl_can_be_stopped_after_any_step_and_gone_on_with()
    {
        var pages = Enumerable.Range(0, 12).ToDictionary(i => i == 0 ? Root : $"{Root}{i}", i => Crawls.Page(i, $"/{i * 2 + 1}", $"/{i * 2 + 2}", "/"));
        pages[$"{Root}r"] = TestResponse.Redirect("/5");
        var plan = Crawls.Plan(Root, $"{Root}r") with { DelayMilliseconds = 500, MaxDepth = 9 };
        var whole = await Crawls.RunAsync(plan, Crawls.Site(pages), batch: 3);
        Assert.Equal(12, whole.Pages.Count);

        var before = new List<string>();
        var state = Crawler.Start(plan, Crawls.Now);
        var now = Crawls.Now;
        while (state.End is null)
        {
            // Another process goes on from here, with batches of another size.
            var rest = await Crawls.ContinueAsync(Crawls.Again(state), now, Crawls.Site(pages), batch: 7);
            Assert.Equal(whole.Addresses.Order(), before.Concat(rest.Addresses).Order());

            var step = await Crawler.StepAsync(state, 3, Crawls.Site(pages), now, Crawls.Longest);
            before.AddRange(step.Pages.Select(page => page.Address));
            state = step.State;
            now = step.NextAt ?? now;
        }

        Assert.Equal(whole.Addresses, before);
    }

    [Fact]
    public async Task Host_is_asked_one_thing_at_a_time_with_its_delay_between()
    {
        var site = new Dictionary<string, TestResponse>
        {
            ["http://a.test/robots.txt"] = new(200, "text/plain", "User-agent: *\nCrawl-delay: 3"u8.ToArray()),
            ["http://a.test/"] = Crawls.Page(1, "/x"),
            ["http://a.test/x"] = Crawls.Page(2),
            ["http://b.test/"] = Crawls.Page(3),
        };
        var fetcher = Crawls.Site(site);
        var state = Crawler.Start(Crawls.Plan("http://a.test/", "http://b.test/") with { DelayMilliseconds = 1_000 }, Crawls.Now);

        var first = await Crawler.StepAsync(state, 20, fetcher, Crawls.Now, Crawls.Longest);
        Assert.Equal(["http://a.test/robots.txt", "http://b.test/robots.txt"], fetcher.Requests.Order());
        Assert.Equal(Crawls.Now.AddMilliseconds(1_010), first.NextAt);

        var idle = await Crawler.StepAsync(first.State, 20, fetcher, Crawls.Now.AddMilliseconds(1_009), Crawls.Longest);
        Assert.Equal(2, fetcher.Requests.Count);
        Assert.Equal(JsonSerializer.Serialize(first.State), JsonSerializer.Serialize(idle.State));
        Assert.Equal(first.NextAt, idle.NextAt);

        var second = await Crawler.StepAsync(idle.State, 20, fetcher, first.NextAt!.Value, Crawls.Longest);
        Assert.Equal("http://b.test/", Assert.Single(second.Pages).Address);
        Assert.Equal(Crawls.Now.AddMilliseconds(3_010), second.NextAt);

        var third = await Crawler.StepAsync(second.State, 20, fetcher, second.NextAt!.Value, Crawls.Longest);
        Assert.Equal("http://a.test/", Assert.Single(third.Pages).Address);
        Assert.Equal(Crawls.Now.AddMilliseconds(6_020), third.NextAt);

        var last = await Crawler.StepAsync(third.State, 20, fetcher, third.NextAt!.Value, Crawls.Longest);
        Assert.Equal("http://a.test/x", Assert.Single(last.Pages).Address);
        Assert.Equal(CrawlEnd.Finished, last.State.End);
        Assert.Null(last.NextAt);

        var after = await Crawler.StepAsync(last.State, 20, fetcher, last.State.StartedAt.AddDays(2), Crawls.Longest);
        Assert.Empty(after.Pages);
        Assert.Equal(CrawlEnd.Finished, after.State.End);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(1)]
    public async Task Crawl_ends_with_exactly_as_many_pages_as_it_may_have(int maxPages)
    {
        var pages = Enumerable.Range(0, 30).ToDictionary(i => i == 0 ? Root : $"{Root}{i}", i => Crawls.Page(i, [.. Enumerable.Range(1, 29).Select(n => $"/{n}")]));

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root) with { MaxPages = maxPages }, Crawls.Site(pages));

        Assert.Equal(maxPages, crawl.Pages.Count);
        Assert.Equal(CrawlEnd.MaxPages, crawl.State.End);
        Assert.Empty(crawl.State.Queue);
    }

    [Fact]
    public async Task Crawl_ends_when_its_time_is_over_even_within_a_step()
    {
        var pages = Enumerable.Range(0, 30).ToDictionary(i => i == 0 ? Root : $"{Root}{i}", i => Crawls.Page(i, [.. Enumerable.Range(1, 29).Select(n => $"/{n}")]));
        var fetcher = new MemoryFetcher(address => MemoryFetcher.Of(pages.GetValueOrDefault(address) ?? new TestResponse(404, null, [])) with { Elapsed = TimeSpan.FromSeconds(2) });

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root) with { MaxSeconds = 11 }, fetcher);

        // At 0, 2, 4, 6, 8 and 10 seconds something is asked for, the robots.txt first.
        Assert.InRange(fetcher.Requests.Count, 6, 8);
        Assert.Equal(CrawlEnd.MaxSeconds, crawl.State.End);
        Assert.Equal(fetcher.Requests.Count - 1, crawl.Pages.Count);
    }

    [Fact]
    public async Task Step_begins_no_request_after_its_time_and_the_next_goes_on_there()
    {
        var pages = Enumerable.Range(0, 10).ToDictionary(i => i == 0 ? Root : $"{Root}{i}", i => Crawls.Page(i, [.. Enumerable.Range(1, 9).Select(n => $"/{n}")]));
        var fetcher = new MemoryFetcher(address => MemoryFetcher.Of(pages.GetValueOrDefault(address) ?? new TestResponse(404, null, [])) with { Elapsed = TimeSpan.FromSeconds(2) });
        var state = Crawler.Start(Crawls.Plan(Root), Crawls.Now);
        // The robots.txt, and the first page.
        state = (await Crawler.StepAsync(state, 20, fetcher, Crawls.Now, Crawls.Longest)).State;
        var first = await Crawler.StepAsync(state, 20, fetcher, Crawls.Now.AddSeconds(2), Crawls.Longest);

        var part = await Crawler.StepAsync(first.State, 20, fetcher, Crawls.Now.AddSeconds(4), TimeSpan.FromSeconds(5));
        Assert.Equal([$"{Root}1", $"{Root}2", $"{Root}3"], part.Pages.Select(page => page.Address));
        Assert.Empty((await Crawler.StepAsync(part.State, 20, fetcher, part.NextAt!.Value, TimeSpan.Zero)).Pages);

        var rest = await Crawler.StepAsync(part.State, 20, fetcher, part.NextAt!.Value, Crawls.Longest);
        Assert.Equal([.. Enumerable.Range(4, 6).Select(n => $"{Root}{n}")], rest.Pages.Select(page => page.Address));
        Assert.Equal(CrawlEnd.Finished, rest.State.End);
    }

    [Fact]
    public async Task Crawl_may_begin_elsewhere_than_at_its_start_addresses()
    {
        var pages = Enumerable.Range(0, 5).ToDictionary(i => i == 0 ? Root : $"{Root}{i}", i => Crawls.Page(i, "/", $"/{i + 1}"));
        var plan = Crawls.Plan(Root) with { MaxDepth = 0 };

        var state = Crawler.Start(
            plan, Crawls.Now, [new CrawlEntry { Address = $"{Root}2", Depth = 2 }, new CrawlEntry { Address = $"{Root}2#x" }, new CrawlEntry { Address = "no address" }]);
        var crawl = await Crawls.ContinueAsync(state, Crawls.Now, Crawls.Site(pages));

        Assert.Equal(($"{Root}2", 2), (Assert.Single(crawl.Pages).Address, crawl.Pages[0].Depth));
        Assert.Equal(CrawlEnd.Finished, crawl.State.End);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(10, 11)]
    public async Task Links_are_followed_up_to_the_depth(int maxDepth, int count)
    {
        var pages = Enumerable.Range(0, 15).ToDictionary(i => i == 0 ? Root : $"{Root}{i}", i => Crawls.Page(i, $"/{i + 1}"));

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root) with { MaxDepth = maxDepth }, Crawls.Site(pages));

        Assert.Equal(count, crawl.Pages.Count);
        Assert.Equal(Enumerable.Range(0, count), crawl.Pages.Select(page => page.Depth));
    }

    [Theory]
    [InlineData(CrawlLimits.MaxRedirects, 1)]
    [InlineData(CrawlLimits.MaxRedirects + 1, 0)]
    public async Task Redirects_are_followed_up_to_the_limit(int redirects, int count)
    {
        var pages = Enumerable.Range(0, redirects).ToDictionary(i => $"{Root}r{i}", i => TestResponse.Redirect($"/r{i + 1}"));
        pages[$"{Root}r{redirects}"] = Crawls.Page(1);

        var crawl = await Crawls.RunAsync(Crawls.Plan($"{Root}r0"), Crawls.Site(pages));

        Assert.Equal(count, crawl.Pages.Count);
        Assert.Equal(count == 1 ? [] : [CrawlProblemCodes.TooManyRedirects], crawl.Problems.Select(problem => problem.Code));
        Assert.All(crawl.Pages, page => Assert.Equal([.. Enumerable.Range(0, redirects + 1).Select(i => $"{Root}r{i}")], page.FoundAt));
    }

    [Theory]
    [InlineData(404, null)]
    [InlineData(401, null)]
    [InlineData(500, CrawlProblemCodes.RobotsUnreachable)]
    [InlineData(429, CrawlProblemCodes.RobotsUnreachable)]
    [InlineData(0, CrawlProblemCodes.RobotsUnreachable)]
    public async Task Robots_file_that_is_not_there_allows_and_one_that_cannot_be_had_forbids(int status, string? problem)
    {
        var site = new Dictionary<string, TestResponse> { [$"{Root}robots.txt"] = new(status, null, []) { IsSilent = status == 0 }, [Root] = Crawls.Page(1) };
        var fetcher = Crawls.Site(site);

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root), fetcher);

        Assert.Equal(problem is null ? 1 : 0, crawl.Pages.Count);
        Assert.Equal(problem is null ? [] : [problem], crawl.Problems.Select(p => p.Code));
        Assert.Equal(problem is null ? 1 : CrawlLimits.MaxRobotsTries, fetcher.Requests.Count(address => address.EndsWith("robots.txt", StringComparison.Ordinal)));
        Assert.Equal(CrawlEnd.Finished, crawl.State.End);
    }

    [Fact]
    public async Task Host_that_must_not_be_asked_is_not_waited_for()
    {
        var fetcher = new MemoryFetcher(_ => new FetchAnswer { Failure = FetchFailure.Forbidden });

        var first = await Crawler.StepAsync(Crawler.Start(Crawls.Plan($"{Root}x"), Crawls.Now), 20, fetcher, Crawls.Now, Crawls.Longest);
        Assert.Equal(($"{Root}x", CrawlProblemCodes.Forbidden), (Assert.Single(first.Problems).Address, first.Problems[0].Code));
        Assert.Equal(Crawls.Now, first.NextAt);

        var last = await Crawler.StepAsync(first.State, 20, fetcher, Crawls.Now, Crawls.Longest);
        Assert.Equal(CrawlEnd.Finished, last.State.End);
        Assert.Single(fetcher.Requests);
    }

    [Fact]
    public async Task Robots_file_may_be_somewhere_else()
    {
        var site = new Dictionary<string, TestResponse>
        {
            [$"{Root}robots.txt"] = TestResponse.Redirect("http://other.test/r"),
            ["http://other.test/r"] = new(200, "text/plain", "User-agent: *\nDisallow: /"u8.ToArray()),
            [Root] = Crawls.Page(1),
        };

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root), Crawls.Site(site));

        Assert.Equal(CrawlProblemCodes.RobotsDisallowed, Assert.Single(crawl.Problems).Code);
        Assert.Empty(crawl.Pages);
    }

    [Fact]
    public async Task Busy_host_is_asked_again_when_it_says()
    {
        var tries = 0;
        var fetcher = new MemoryFetcher(address => address.EndsWith("robots.txt", StringComparison.Ordinal) ? new FetchAnswer { Status = 404 }
            : ++tries == 1 ? new FetchAnswer { Status = 503, RetryAfter = TimeSpan.FromSeconds(7) }
            : MemoryFetcher.Of(Crawls.Page(1)));
        var first = await Crawler.StepAsync(Crawler.Start(Crawls.Plan(Root), Crawls.Now), 20, fetcher, Crawls.Now, Crawls.Longest);

        var second = await Crawler.StepAsync(first.State, 20, fetcher, Crawls.Now, Crawls.Longest);
        Assert.Equal(Crawls.Now.AddSeconds(7), second.NextAt);
        Assert.Empty(second.Problems);

        var third = await Crawler.StepAsync(second.State, 20, fetcher, second.NextAt!.Value, Crawls.Longest);
        Assert.Single(third.Pages);
    }

    [Fact]
    public async Task Address_is_given_up_after_so_many_tries()
    {
        var fetcher = new MemoryFetcher(address => address.EndsWith("robots.txt", StringComparison.Ordinal) ? new FetchAnswer { Status = 404 } : new FetchAnswer { Failure = FetchFailure.TimedOut });

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root), fetcher);

        Assert.Equal(CrawlLimits.MaxTries, fetcher.Requests.Count - 1);
        Assert.Equal(CrawlProblemCodes.TimedOut, Assert.Single(crawl.Problems).Code);
    }

    [Fact]
    public async Task Page_is_known_by_the_canonical_address_that_it_names()
    {
        var words = TestSite.Words(5, 200);
        var site = new Dictionary<string, TestResponse>
        {
            [Root] = Crawls.Page(1, "/a", "/b", "/c", "/d"),
            [$"{Root}a"] = TestResponse.Html($"<link rel=canonical href=/main><p>{words}"),
            [$"{Root}b"] = TestResponse.Html($"<link rel=canonical href=/main><p>{words} and more"),
            [$"{Root}c"] = TestResponse.Html($"<link rel=canonical href=http://other.test/><p>{TestSite.Words(6, 200)}"),
            // A site that calls every page its home has made a mistake.
            [$"{Root}d"] = TestResponse.Html($"<link rel=canonical href=/><p>{TestSite.Words(7, 200)}"),
            [$"{Root}main"] = TestResponse.Html($"<p>{words}"),
        };

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root), Crawls.Site(site));

        Assert.Equal([Root, $"{Root}main", $"{Root}c", $"{Root}d"], crawl.Addresses);
        Assert.Equal([$"{Root}a"], crawl.Pages[1].FoundAt);
    }

    [Fact]
    public async Task Short_pages_are_compared_as_a_whole_only()
    {
        var site = new Dictionary<string, TestResponse>
        {
            [Root] = Crawls.Page(1, "/a", "/b", "/c"),
            [$"{Root}a"] = TestResponse.Html("<p>A short text"),
            [$"{Root}b"] = TestResponse.Html("<p>A short text too"),
            [$"{Root}c"] = TestResponse.Html("<div><p>A  short text</p></div>"),
        };

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root), Crawls.Site(site));

        Assert.Equal([Root, $"{Root}a", $"{Root}b"], crawl.Addresses);
        Assert.Equal(1, crawl.State.Counts.Skipped[CrawlSkip.Duplicate]);
    }

    [Fact]
    public async Task Links_of_a_page_that_says_so_are_not_followed()
    {
        var site = new Dictionary<string, TestResponse>
        {
            [Root] = Crawls.Page(1, "/a", "/b") with { RobotsTag = "otherbot: noindex" },
            [$"{Root}a"] = Crawls.Page(2, "/x") with { RobotsTag = "jobscrawler: nofollow" },
            [$"{Root}b"] = TestResponse.Html($"<meta name=robots content=nofollow><p>{TestSite.Words(3, 80)}<a href=/x>x</a>"),
            [$"{Root}x"] = Crawls.Page(4),
        };

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root), Crawls.Site(site));

        Assert.Equal([Root, $"{Root}a", $"{Root}b"], crawl.Addresses);
    }

    [Theory]
    [InlineData("www.site.test", 2)]
    [InlineData("sub.site.test", 1)]
    [InlineData("site.test:8080", 1)]
    public async Task Site_is_its_host_with_and_without_www(string host, int count)
    {
        var site = new Dictionary<string, TestResponse> { [Root] = Crawls.Page(1, $"https://{host}/x"), [$"https://{host}/x"] = Crawls.Page(2) };

        Assert.Equal(count, (await Crawls.RunAsync(Crawls.Plan(Root), Crawls.Site(site))).Pages.Count);
        Assert.Equal(2, (await Crawls.RunAsync(Crawls.Plan(Root) with { SameSite = false }, Crawls.Site(site))).Pages.Count);
    }

    [Fact]
    public async Task Sitemaps_give_more_start_addresses()
    {
        const string Ns = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'";
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes($"<urlset {Ns}><url><loc> {Root}b </loc></url><url><loc>ftp://x/</loc></url><broken"));
        }

        var site = new Dictionary<string, TestResponse>
        {
            [$"{Root}robots.txt"] = new(200, "text/plain", Encoding.UTF8.GetBytes($"Sitemap: {Root}index.xml\nSitemap: {Root}list.txt\nSitemap: http://other.test/x.xml")),
            [$"{Root}index.xml"] = new(200, "text/xml", Encoding.UTF8.GetBytes($"<sitemapindex {Ns}><sitemap><loc>{Root}b.xml.gz</loc></sitemap></sitemapindex>")),
            [$"{Root}list.txt"] = new(200, "text/plain", Encoding.UTF8.GetBytes($"{Root}c\nhttp://other.test/d\n")),
            [$"{Root}b.xml.gz"] = new(200, "application/gzip", zipped.ToArray()),
            [Root] = Crawls.Page(1),
            [$"{Root}b"] = Crawls.Page(2),
            [$"{Root}c"] = Crawls.Page(3),
        };

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root) with { MaxDepth = 0 }, Crawls.Site(site));
        Assert.Equal([Root, $"{Root}b", $"{Root}c"], crawl.Addresses.Order());
        Assert.Empty(crawl.Problems);

        var without = await Crawls.RunAsync(Crawls.Plan(Root) with { UseSitemaps = false }, Crawls.Site(site));
        Assert.Equal([Root], without.Addresses);
    }

    [Fact]
    public async Task Sitemap_with_entities_multiplies_nothing()
    {
        var site = new Dictionary<string, TestResponse>
        {
            [$"{Root}robots.txt"] = new(200, "text/plain", Encoding.UTF8.GetBytes($"Sitemap: {Root}s.xml")),
            [$"{Root}s.xml"] = new(200, "text/xml", "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&a;</loc></url></urlset>"u8.ToArray()),
            [Root] = Crawls.Page(1),
        };

        Assert.Equal([Root], (await Crawls.RunAsync(Crawls.Plan(Root), Crawls.Site(site))).Addresses);
    }

    [Theory]
    [InlineData(CrawlLimits.MaxSitemapAddresses)]
    [InlineData(CrawlLimits.MaxSitemapAddresses + 1)]
    public void Sitemap_is_read_up_to_the_limit(int count) => Assert.Equal(
        CrawlLimits.MaxSitemapAddresses,
        Sitemap.Read(Encoding.UTF8.GetBytes("<urlset>" + string.Concat(Enumerable.Range(0, count).Select(i => $"<url><loc>{Root}{i}</loc></url>")) + "</urlset>")).Addresses.Count);

    [Fact]
    public void Sitemap_that_was_compressed_is_decompressed_up_to_the_limit()
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(new byte[CrawlLimits.MaxSitemapBytes * 4]);
        }

        Assert.Empty(Sitemap.Read(zipped.ToArray()).Sitemaps);
    }

    [Theory]
    [InlineData("text/html", "<p>x", 1, 0)]
    [InlineData("application/xhtml+xml; charset=utf-8", "<p>x", 1, 0)]
    [InlineData(null, " <html><p>x", 1, 0)]
    [InlineData(null, "plain", 1, 0)]
    [InlineData("text/markdown", "# x", 1, 0)]
    [InlineData("application/pdf", "%PDF-", 0, 1)]
    [InlineData(null, "%PDF-1.4", 0, 1)]
    [InlineData("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK", 0, 1)]
    [InlineData("image/png", "PNG", 0, 0)]
    [InlineData(null, "a\0b", 0, 0)]
    public async Task Answer_is_taken_by_its_type(string? contentType, string body, int pages, int documents)
    {
        var crawl = await Crawls.RunAsync(Crawls.Plan(Root), Crawls.Site(new() { [Root] = new(200, contentType, Encoding.UTF8.GetBytes(body)) }));

        Assert.Equal((pages, documents, pages + documents == 0 ? 1 : 0), (crawl.Pages.Count, crawl.Documents.Count, crawl.Problems.Count));
    }

    [Theory]
    [InlineData(CrawlLimits.MaxPathSegments, 1)]
    [InlineData(CrawlLimits.MaxPathSegments + 1, 0)]
    public Task Path_has_at_most_so_many_segments(int segments, int taken) => AssertTaken([string.Concat(Enumerable.Range(0, segments).Select(i => $"/s{i}s"))], taken);

    [Theory]
    [InlineData(CrawlLimits.MaxSegmentRepeats, 1)]
    [InlineData(CrawlLimits.MaxSegmentRepeats + 1, 0)]
    public Task Path_has_a_segment_at_most_so_often(int repeats, int taken) => AssertTaken(["/x" + string.Concat(Enumerable.Repeat("/a/b", repeats))], taken);

    [Theory]
    [InlineData(CrawlLimits.MaxQueryVariants)]
    [InlineData(CrawlLimits.MaxQueryVariants + 1)]
    public Task Path_is_taken_with_at_most_so_many_queries(int queries) =>
        AssertTaken([.. Enumerable.Range(0, queries).Select(i => $"/search?q={(char)('a' + i % 26)}{(char)('a' + i / 26)}")], CrawlLimits.MaxQueryVariants);

    [Theory]
    [InlineData(CrawlLimits.MaxNumberVariants)]
    [InlineData(CrawlLimits.MaxNumberVariants + 1)]
    public Task Paths_that_differ_in_numbers_are_taken_up_to_the_limit(int dates) => AssertTaken([.. Enumerable.Range(0, dates).Select(i => $"/{i}/{i}")], CrawlLimits.MaxNumberVariants);

    [Fact]
    public async Task State_stays_within_its_bounds_whatever_a_site_does()
    {
        // Every page has as many links as are read, to other hosts too, each as long as is taken, of characters that JSON escapes.
        var fetcher = new MemoryFetcher(address => address.EndsWith("/robots.txt", StringComparison.Ordinal)
            ? MemoryFetcher.Of(new TestResponse(200, "text/plain", Encoding.UTF8.GetBytes("user-agent: *\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"disallow: /{i}{new string('&', 500)}\n")))))
            : MemoryFetcher.Of(TestResponse.Html(string.Concat(Enumerable.Range(0, 500).Select(i =>
                $"<a href='http://h{i % 70}.test/p{address.Length}{address[^1]}{i}?{string.Concat(Enumerable.Repeat("&amp;a", i % 7 == 0 ? 400 : 5))}'>x</a>")))));
        var state = Crawler.Start(Crawls.Plan(Root) with { SameSite = false, MaxDepth = 10 }, Crawls.Now);
        var now = Crawls.Now;
        var largest = 0;
        for (var i = 0; i < 9 && state.End is null; i++)
        {
            var step = await Crawler.StepAsync(state, 10, fetcher, now, Crawls.Longest);
            (state, now) = (step.State, step.NextAt ?? now);
            largest = Math.Max(largest, JsonSerializer.SerializeToUtf8Bytes(state).Length);
            Assert.InRange(state.Hosts.Count, 0, CrawlLimits.MaxHosts);
            Assert.InRange(state.Queue.Count, 0, CrawlLimits.MaxQueued);
            Assert.InRange(state.Queue.Sum(entry => entry.Address.Length), 0, CrawlLimits.MaxQueuedCharacters);
            Assert.InRange(state.Hosts.Values.Sum(host => host.Rules.Rules.Sum(rule => rule.Path.Length)), 0, CrawlLimits.MaxRobotsCharactersOfAll);
        }

        Assert.InRange(largest, 100_000, CrawlLimits.MaxStateBytes);
        Assert.True(state.Counts.Skipped[CrawlSkip.Limit] > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(CrawlLimits.MaxBatch + 1)]
    public Task Batch_must_be_of_a_size_that_is_allowed(int batchSize) =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Crawler.StepAsync(Crawler.Start(Crawls.Plan(Root), Crawls.Now), batchSize, Crawls.Site(new()), Crawls.Now, Crawls.Longest));

    [Fact]
    public Task Cancellation_ends_a_step() => Assert.ThrowsAnyAsync<OperationCanceledException>(
        () => Crawler.StepAsync(Crawler.Start(Crawls.Plan(Root), Crawls.Now), 1, Crawls.Site(new()), Crawls.Now, Crawls.Longest, new CancellationToken(canceled: true)));

    [Fact]
    public void Plan_at_its_limits_has_no_problems_and_beyond_them_each_is_named()
    {
        var address = "http://site.test/";
        var least = new CrawlPlan { StartAddresses = [address], MaxDepth = 0, MaxPages = 1, MaxSeconds = 1, DelayMilliseconds = 0 };
        var most = new CrawlPlan
        {
            StartAddresses = [.. Enumerable.Repeat(address, CrawlLimits.MaxStartAddresses)],
            MaxDepth = CrawlLimits.MaxDepth,
            MaxPages = CrawlLimits.MaxPages,
            MaxSeconds = CrawlLimits.MaxSeconds,
            DelayMilliseconds = CrawlLimits.MaxDelayMilliseconds,
        };
        Assert.Empty(least.Problems());
        Assert.Empty(most.Problems());
        Assert.Empty(new CrawlPlan { StartAddresses = [address] }.Problems());

        Assert.Single((least with { StartAddresses = [] }).Problems());
        Assert.Single((most with { StartAddresses = [.. most.StartAddresses, address] }).Problems());
        Assert.Single((least with { StartAddresses = ["ftp://site.test/"] }).Problems());
        Assert.Equal(4, (least with { MaxDepth = -1, MaxPages = 0, MaxSeconds = 0, DelayMilliseconds = -1 }).Problems().Count);
        Assert.Equal(4, (most with
        {
            MaxDepth = CrawlLimits.MaxDepth + 1,
            MaxPages = CrawlLimits.MaxPages + 1,
            MaxSeconds = CrawlLimits.MaxSeconds + 1,
            DelayMilliseconds = CrawlLimits.MaxDelayMilliseconds + 1,
        }).Problems().Count);
        Assert.Throws<ArgumentException>(() => Crawler.Start(least with { MaxPages = 0 }, Crawls.Now));
    }

    [Fact]
    public void Address_that_is_named_twice_is_started_at_once() => Assert.Single(Crawler.Start(Crawls.Plan("http://site.test", "HTTP://SITE.TEST:80/#x"), Crawls.Now).Queue);

    private static async Task AssertTaken(string[] links, int taken)
    {
        var fetcher = Crawls.Site(new() { [Root] = Crawls.Page(1, links) });

        var crawl = await Crawls.RunAsync(Crawls.Plan(Root), fetcher);

        Assert.Equal(taken, fetcher.Requests.Count - 2);
        Assert.Equal(links.Length - taken, crawl.State.Counts.Skipped.GetValueOrDefault(CrawlSkip.Trap));
    }
}
