using System.Text.Json;
using Jobs.Documents.Crawling;
using Xunit.Abstractions;

namespace Jobs.Documents.Tests.Crawling;

/// <summary>The site of 200 pages with its loops and traps, from memory and from a real server.</summary>
public sealed class CrawlSiteTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Site_in_memory_is_crawled_whole_and_no_page_twice()
    {
        var fetcher = MemoryFetcher.OfTestSite();
        var before = ThreadTime.Now;

        var crawl = await Crawls.RunAsync(Crawls.Plan($"{TestSite.Root}/"), fetcher);

        // Nothing waits for anything here, so that all is done on this thread.
        var time = ThreadTime.Now - before;
        output.WriteLine($"{crawl.Pages.Count} pages in {time.TotalMilliseconds:N0} ms of the processor, {crawl.Pages.Count / time.TotalSeconds:N0} a second, {crawl.States.Count - 1} steps, "
            + $"{fetcher.Requests.Count} requests, largest state {crawl.States.Max(state => JsonSerializer.SerializeToUtf8Bytes(state).Length):N0} bytes, {JsonSerializer.Serialize(crawl.State.Counts)}");
        AssertPages(crawl);
        Assert.Equal(CrawlEnd.Finished, crawl.State.End);
        Assert.Equal(fetcher.Requests.Count, crawl.State.Counts.Requests);
        // Only what may be tried again is asked for twice.
        Assert.Equal(["/error", "/slow"], fetcher.Requests.GroupBy(address => address).Where(same => same.Count() > 1).Select(same => same.Key[TestSite.Root.Length..]).Order());
        Assert.All(fetcher.Requests, address => Assert.StartsWith(TestSite.Root, address));
        Assert.DoesNotContain($"{TestSite.Root}/private/x", fetcher.Requests);
        Assert.DoesNotContain($"{TestSite.Root}/hidden", fetcher.Requests);
        Assert.DoesNotContain($"{TestSite.Root}/report.pdf", fetcher.Requests);
        Assert.Equal(
            [
                ("/error", CrawlProblemCodes.Status), ("/missing", CrawlProblemCodes.Status), ("/private/open", CrawlProblemCodes.Status), ("/redirect/a", CrawlProblemCodes.RedirectLoop),
                ("/redirect/chain/1", CrawlProblemCodes.TooManyRedirects), ("/redirect/file", CrawlProblemCodes.RedirectInvalid), ("/redirect/metadata", CrawlProblemCodes.RedirectOffSite),
                ("/redirect/out", CrawlProblemCodes.RedirectOffSite), ("/redirect/self", CrawlProblemCodes.RedirectLoop), ("/slow", CrawlProblemCodes.TimedOut),
            ],
            crawl.Problems.Select(problem => (problem.Address[TestSite.Root.Length..], problem.Code)).Order());
        Assert.Equal(["/download", "/report.pdf"], crawl.Documents.Select(document => document.Address[TestSite.Root.Length..]).Order());
        Assert.All(
            new[] { CrawlSkip.OffSite, CrawlSkip.TooDeep, CrawlSkip.Robots, CrawlSkip.NoIndex, CrawlSkip.NoFollow, CrawlSkip.Trap, CrawlSkip.Type, CrawlSkip.Duplicate, CrawlSkip.NearDuplicate },
            reason => Assert.True(crawl.State.Counts.Skipped.GetValueOrDefault(reason) > 0, reason));
    }

    [Fact]
    public async Task Site_on_a_real_server_gives_the_same_and_nothing_of_its_pages_is_loaded()
    {
        await using var site = await LoopbackSite.StartAsync();

        var crawl = await Crawls.RunAsync(Crawls.Plan($"{TestSite.Root}/"), site);

        AssertPages(crawl);
        Assert.Equal(10, crawl.Problems.Count);
        Assert.Contains(crawl.Problems, problem => problem is { Address: $"{TestSite.Root}/slow", Code: CrawlProblemCodes.Unreachable });
        // A connection that breaks off is tried once more by the client itself.
        Assert.InRange(site.Requests, crawl.State.Counts.Requests, crawl.State.Counts.Requests + CrawlLimits.MaxTries * 2);
    }

    [Fact]
    public async Task Forbidden_address_is_reported_when_other_sites_are_followed()
    {
        var fetcher = MemoryFetcher.OfTestSite();

        var crawl = await Crawls.RunAsync(Crawls.Plan($"{TestSite.Root}/redirect/metadata") with { SameSite = false, UseSitemaps = false }, fetcher);

        var problem = Assert.Single(crawl.Problems);
        Assert.Equal(($"{TestSite.Root}/redirect/metadata", CrawlProblemCodes.Forbidden), (problem.Address, problem.Code));
        Assert.DoesNotContain(fetcher.Requests, address => address.Contains("meta-data", StringComparison.Ordinal));
        Assert.Equal(CrawlEnd.Finished, crawl.State.End);
    }

    [Fact]
    public async Task Every_step_that_is_done_again_from_its_state_gives_the_same()
    {
        var fetcher = MemoryFetcher.OfTestSite();
        var state = Crawler.Start(Crawls.Plan($"{TestSite.Root}/") with { MaxPages = 50 }, Crawls.Now);
        var now = Crawls.Now;
        var addresses = new List<string>();
        while (state.End is null)
        {
            var lost = await Crawler.StepAsync(state, 20, fetcher, now, Crawls.Longest);
            var step = await Crawler.StepAsync(Crawls.Again(state), 20, fetcher, now, Crawls.Longest);

            Assert.Equal(JsonSerializer.Serialize(lost), JsonSerializer.Serialize(step));
            addresses.AddRange(step.Pages.Select(page => page.Address));
            state = step.State;
            now = step.NextAt ?? now;
        }

        Assert.Equal(50, addresses.Distinct().Count());
        Assert.Equal(50, addresses.Count);
    }

    private static void AssertPages(CrawlOutcome crawl)
    {
        Assert.Equal(TestSite.Pages, TestSite.Expected.Count());
        Assert.Equal(TestSite.Expected.Order(StringComparer.Ordinal), crawl.Addresses.Order(StringComparer.Ordinal));
        Assert.Equal(TestSite.Pages, crawl.State.Counts.Pages);
        Assert.Equal(TestSite.Pages, crawl.Pages.Select(page => page.Id).Distinct().Count());
        var pages = crawl.Pages.ToDictionary(page => page.Address[TestSite.Root.Length..]);
        Assert.Equal("Käse", pages["/charset/latin1"].Title);
        Assert.Contains("größer", pages["/charset/latin1"].Text);
        Assert.Contains("süßer", pages["/charset/wrong"].Text);
        Assert.Contains("weiß", pages["/charset/utf16"].Text);
        Assert.True(pages["/huge"].IsCut);
        Assert.True(pages["/links"].IsCut);
        Assert.Equal(177, pages["/links"].Links.Count);
        Assert.Equal("en", pages["/page/9"].Language);
        Assert.InRange(pages["/page/9"].Words, 120, 122);
        Assert.Equal(2, pages["/page/9"].Depth);
        Assert.StartsWith("# Read me", pages["/readme.md"].Markdown);
        Assert.StartsWith("```\nNotes *as* they are\n", pages["/notes.txt"].Markdown);
        Assert.Contains(TestSite.Words(1_009, 5), pages["/page/9"].Markdown);
    }
}
