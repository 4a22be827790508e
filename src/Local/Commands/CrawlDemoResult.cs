using System.Text.Json;

namespace Jobs.Local.Commands;

/// <summary>What a demo of a crawl gave.</summary>
/// <param name="Result">The job's result.</param>
/// <param name="Errors">The addresses that came to nothing, each with why.</param>
/// <param name="Took">From the request to the end of the crawl.</param>
internal sealed record CrawlDemoResult(JsonElement Result, IReadOnlyList<string> Errors, TimeSpan Took);
