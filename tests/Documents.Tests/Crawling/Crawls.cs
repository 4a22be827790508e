using System.Text.Json;
using Jobs.Documents.Crawling;

namespace Jobs.Documents.Tests.Crawling;

/// <summary>All that the steps of a crawl gave.</summary>
internal sealed record CrawlOutcome(CrawlState State, List<CrawlPage> Pages, List<CrawlDocument> Documents, List<CrawlProblem> Problems, List<CrawlState> States)
{
    public IEnumerable<string> Addresses => Pages.Select(page => page.Address);
}

/// <summary>Runs crawls to their end, with a clock that jumps to when something is due.</summary>
internal static class Crawls
{
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Longer than any step of a test takes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static CrawlPlan Plan(params string[] addresses) => new() { StartAddresses = addresses, MaxPages = 1_000, MaxSeconds = CrawlLimits.MaxSeconds, DelayMilliseconds = 0 };

    /// <summary>A page that is like no other.</summary>
    public static TestResponse Page(int number, params string[] links) =>
        TestResponse.Html($"<title>{number}</title><p>{TestSite.Words(number, 100)}</p><nav>{string.Concat(links.Select(link => $"<a href='{link}'>x</a>"))}</nav>");

    /// <summary>Answers by a table of addresses; what is not in it is 404.</summary>
    public static MemoryFetcher Site(Dictionary<string, TestResponse> pages) => new(address => MemoryFetcher.Of(pages.GetValueOrDefault(address) ?? new TestResponse(404, null, [])));

    public static Task<CrawlOutcome> RunAsync(CrawlPlan plan, IPageFetcher fetcher, int batch = CrawlLimits.MaxBatch) => ContinueAsync(Crawler.Start(plan, Now), Now, fetcher, batch);

    public static async Task<CrawlOutcome> ContinueAsync(CrawlState state, DateTimeOffset now, IPageFetcher fetcher, int batch = CrawlLimits.MaxBatch)
    {
        var outcome = new CrawlOutcome(state, [], [], [], [state]);
        for (var steps = 0; state.End is null; steps++)
        {
            Assert.InRange(steps, 0, 5_000);
            var step = await Crawler.StepAsync(Again(state), batch, fetcher, now, Crawls.Longest);
            state = step.State;
            now = step.NextAt ?? now;
            outcome.Pages.AddRange(step.Pages);
            outcome.Documents.AddRange(step.Documents);
            outcome.Problems.AddRange(step.Problems);
            outcome.States.Add(state);
        }

        return outcome with { State = state };
    }

    /// <summary>The state as another process gets it.</summary>
    public static CrawlState Again(CrawlState state) => JsonSerializer.Deserialize<CrawlState>(JsonSerializer.SerializeToUtf8Bytes(state))!;
}
