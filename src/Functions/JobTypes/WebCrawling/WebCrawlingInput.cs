namespace Jobs.Functions.JobTypes.WebCrawling;

/// <summary>The input of a crawl: <c>{startUrls, maxDepth?, maxPages?, maxSeconds?, sameSite?}</c>.</summary>
/// <param name="StartUrls">Where it starts: 1 to 20 absolute http or https addresses.</param>
/// <param name="MaxDepth">How many links away from a start address pages may be, 0 to 10; 3 unless said.</param>
/// <param name="MaxPages">How many pages are stored at most, 1 to 5,000; 100 unless said.</param>
/// <param name="MaxSeconds">How many seconds after its start the crawl ends, 1 to 3,000; 600 unless said.</param>
/// <param name="SameSite">False to follow links to other sites too; true unless said.</param>
public sealed record WebCrawlingInput(IReadOnlyList<string?>? StartUrls, int? MaxDepth, int? MaxPages, int? MaxSeconds, bool? SameSite);
