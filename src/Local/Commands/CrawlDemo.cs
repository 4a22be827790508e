using System.Diagnostics;

namespace Jobs.Local.Commands;

/// <summary>Crawls one site as a client of the documented HTTP API, contract 004.</summary>
internal sealed class CrawlDemo(DemoApi api)
{
    /// <summary>Returns once the crawl is done, which is shown page by page. Throws <see cref="DemoFailedException"/> otherwise.</summary>
    public async Task<CrawlDemoResult> RunAsync(Uri site, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var input = new { startUrls = new[] { site.AbsoluteUri }, maxDepth = 5, maxPages = 50, maxSeconds = 120 };
        var (jobId, result) = await api.WorkAsync(
            "web_crawling",
            input,
            page => $"  {DemoApi.Text(page, "url")}: {DemoApi.Text(page, "title")} ({page.GetProperty("words")} words, {DemoApi.Text(page, "change")})",
            cancellationToken);
        var errors = await api.ReadItemsAsync(
            $"/v1/api/jobs/{jobId}/errors",
            error => $"{DemoApi.Text(error, "url")}: {DemoApi.Text(error, "message")} ({DemoApi.Text(error, "code")})",
            cancellationToken);
        return new CrawlDemoResult(result, errors, watch.Elapsed);
    }
}
