using System.Text.Json;
using Jobs.Documents.Crawling;
using Jobs.Documents.Exchange;
using Jobs.Documents.Html;
using Jobs.Execution.Egress;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.WebCrawling;

/// <summary>
/// Crawls sites and takes their pages into the organisation's documents, as Markdown, known by their addresses: crawling again updates them. Nobody knows beforehand what there is to do,
/// so each batch goes on from the state that the one before it left, and names the next. A batch that was cut short begins from its state again.
/// </summary>
public sealed class WebCrawlingHandler(PublicWebFactory web, LocalHosts localHosts, DocumentStore documents, TimeProvider time) : JobHandler<WebCrawlingInput>
{
    /// <summary>
    /// The longest crawl, in seconds: what is left of <see cref="WorkLimits.Deadline"/> is for waiting for places. A batch takes <see cref="BatchTime"/> at least, or stores
    /// <see cref="MaxBatchPages"/>, or is followed by a wait of more than <see cref="WorkLimits.LongestWait"/>, so that a crawl of this time and of <see cref="CrawlLimits.MaxPages"/> has
    /// fewer batches than <see cref="WorkLimits.MaxBatches"/>.
    /// </summary>
    public const int MaxSeconds = 3_000;

    /// <summary>The most pages of a batch.</summary>
    public const int MaxBatchPages = 20;

    /// <summary>The most pages that are held in memory: they are stored before more are asked for.</summary>
    public const int MaxRequestsAtOnce = 4;

    /// <summary>After how long a batch begins no request any more.</summary>
    public static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(5);

    private const string Created = "created", Updated = "updated", Unchanged = "unchanged", Files = "files", Skipped = "skipped_", Ended = "ended_";

    private static readonly string[] DuplicateReasons = [CrawlSkip.Duplicate, CrawlSkip.NearDuplicate];

    /// <inheritdoc/>
    public override string Type => "web_crawling";

    /// <inheritdoc/>
    public override JobContract Contract => JobContract.Platform;

    /// <inheritdoc/>
    public override async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken)
    {
        var counts = batches.SelectMany(batch => batch.Counts).GroupBy(count => count.Key).ToDictionary(same => same.Key, same => same.Sum(count => count.Value));
        var result = new WebCrawlingResult(
            batches.Sum(batch => batch.Results),
            batches.Sum(batch => batch.Errors),
            Count(Created),
            Count(Updated),
            Count(Unchanged),
            Count(Skipped + CrawlSkip.Robots),
            DuplicateReasons.Sum(reason => Count(Skipped + reason)),
            counts.Where(count => count.Key.StartsWith(Skipped, StringComparison.Ordinal) && !IsNamed(count.Key[Skipped.Length..])).Sum(count => count.Value),
            Count(Files),
            counts.Keys.Single(name => name.StartsWith(Ended, StringComparison.Ordinal))[Ended.Length..]);
        if (result is not { PagesCrawled: 0, Errors: > 0 })
        {
            return new WorkEnd(result);
        }

        var first = (await work.ReadErrorsAsync(batches.First(batch => batch.Errors > 0), cancellationToken))[0].Deserialize<CrawlError>(JsonSerializerOptions.Web)!;
        return new WorkEnd(null, $"No page could be crawled. {first.Url}: {first.Message}");

        int Count(string name) => counts.GetValueOrDefault(name);

        static bool IsNamed(string reason) => reason == CrawlSkip.Robots || DuplicateReasons.Contains(reason);
    }

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(WebCrawlingInput input)
    {
        if (input.StartUrls is not { Count: > 0 and <= CrawlLimits.MaxStartAddresses } urls)
        {
            yield return new InputError("input.startUrls", $"must have 1 to {CrawlLimits.MaxStartAddresses} addresses");
        }
        else
        {
            foreach (var (index, url) in urls.Index())
            {
                if (CrawlAddress.Normalise(url, baseAddress: null) is null)
                {
                    yield return new InputError(
                        $"input.startUrls[{index}]", $"must be an absolute http or https address of at most {CrawlLimits.MaxAddressCharacters} characters, without a user name");
                }
            }
        }

        var ranges = new (string Field, int? Value, int Min, int Max)[]
        {
            ("input.maxDepth", input.MaxDepth, 0, CrawlLimits.MaxDepth),
            ("input.maxPages", input.MaxPages, 1, CrawlLimits.MaxPages),
            ("input.maxSeconds", input.MaxSeconds, 1, MaxSeconds),
        };
        foreach (var (field, value, min, max) in ranges)
        {
            if (value < min || value > max)
            {
                yield return new InputError(field, $"must be {min} to {max}");
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, WebCrawlingInput input, CancellationToken cancellationToken)
    {
        var defaults = new CrawlPlan { StartAddresses = [.. input.StartUrls!.Select(url => url!)] };
        var plan = defaults with
        {
            MaxDepth = input.MaxDepth ?? defaults.MaxDepth,
            MaxPages = input.MaxPages ?? defaults.MaxPages,
            MaxSeconds = input.MaxSeconds ?? defaults.MaxSeconds,
            SameSite = input.SameSite ?? defaults.SameSite,
        };
        if (plan.SameSite && plan.StartAddresses.All(address => localHosts.Contains(new Uri(CrawlAddress.Normalise(address, null)!))))
        {
            // Whoever named the hosts on this machine need not be spared, unless their robots.txt says so.
            plan = plan with { DelayMilliseconds = 0 };
        }

        var errors = await work.ReadErrorsToRepeatAsync(cancellationToken);
        // Asks for what came to nothing, and for nothing that those pages lead to: the rest of the site is there.
        var state = errors is null
            ? Crawler.Start(plan, time.GetUtcNow())
            : Crawler.Start(
                plan with { MaxDepth = 0, UseSitemaps = false },
                time.GetUtcNow(),
                errors.Select(error => error.Deserialize<CrawlError>(JsonSerializerOptions.Web)!).Select(error => new CrawlEntry { Address = error.Url, Depth = error.Depth }));
        return [new PlannedBatch(await work.WriteAsync([state], cancellationToken), state.Queue.Count)];
    }

    /// <inheritdoc/>
    protected override async Task<BatchOutcome> RunAsync(WorkContext work, WebCrawlingInput input, PlannedBatch batch, CancellationToken cancellationToken)
    {
        var before = (await work.ReadAsync<CrawlState>(batch.Ref, cancellationToken))[0];
        using var network = web.Create(CrawlLimits.UserAgent);
        var fetcher = new PageFetcher(network, time);
        var (state, start) = (before, time.GetTimestamp());
        var (results, errors) = (new List<CrawledPage>(), new List<CrawlError>());
        while (true)
        {
            var step = await Crawler.StepAsync(state, Math.Min(MaxRequestsAtOnce, MaxBatchPages - results.Count), fetcher, time.GetUtcNow(), BatchTime, cancellationToken);
            state = step.State;
            results.AddRange(await StoreAsync(work, step.Pages, cancellationToken));
            errors.AddRange(step.Problems.Select(problem => new CrawlError(problem.Address, problem.Code, problem.Message, problem.Depth)));
            var wait = step.NextAt - time.GetUtcNow();
            if (wait is null || wait > WorkLimits.LongestWait || results.Count == MaxBatchPages || time.GetElapsedTime(start) >= BatchTime)
            {
                return new BatchOutcome(Count(results, before, state), results, errors)
                {
                    Done = results.Count + errors.Count,
                    Next = step.NextAt is { } nextAt ? new NextBatch(await work.WriteAsync([state], cancellationToken), LeftOf(state), nextAt) : null,
                };
            }

            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait.Value, time, cancellationToken);
            }
        }
    }

    /// <summary>How much is left of a crawl: of what waits, no more pages are stored than its budget allows.</summary>
    private static int LeftOf(CrawlState state) => Math.Min(state.Queue.Count, state.Plan.MaxPages - state.Counts.Pages);

    private static Dictionary<string, int> Count(IReadOnlyList<CrawledPage> results, CrawlState before, CrawlState after)
    {
        var counts = results.GroupBy(page => page.Change).ToDictionary(same => same.Key, same => same.Count());
        counts[Files] = after.Counts.Documents - before.Counts.Documents;
        foreach (var (reason, count) in after.Counts.Skipped)
        {
            counts[Skipped + reason] = count - before.Counts.Skipped.GetValueOrDefault(reason);
        }

        if (after.End is { } end)
        {
            counts[Ended + WordOf(end)] = 1;
        }

        return counts;
    }

    /// <summary>Makes documents of pages.</summary>
    private async Task<IEnumerable<CrawledPage>> StoreAsync(WorkContext work, IReadOnlyList<CrawlPage> pages, CancellationToken cancellationToken)
    {
        if (pages.Count == 0)
        {
            return [];
        }

        // As the rows of an import, so that whoever reads documents finds all in one form.
        var reference = await work.WriteAsync([.. pages.Select((page, index) => new ImportedRow(index + 1, ToDocument(page), Error: null))], cancellationToken);
        var changes = await documents.PutAsync(
            work.Tenant,
            [.. pages.Select((page, index) => new StoredDocument(page.Id, TitleOf(page), page.Address, page.ContentHash, work.JobId, reference, index))],
            cancellationToken);
        return pages.Zip(changes, (page, change) =>
            new CrawledPage(page.Address, TitleOf(page), page.Status, page.Depth, page.Words, page.Text.Length, page.Id, WordOf(change)));
    }

    private static ImportedDocument ToDocument(CrawlPage page)
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["contentType"] = page.ContentType, ["format"] = "markdown" };
        foreach (var (name, value) in new[] { ("description", page.Description), ("language", page.Language), ("published", page.Published?.ToString("O")) })
        {
            if (value is not null)
            {
                metadata[name] = value;
            }
        }

        return new ImportedDocument { Id = page.Id, ContentHash = page.ContentHash, Title = TitleOf(page), Text = page.Markdown, Url = page.Address, Metadata = metadata };
    }

    private static string TitleOf(CrawlPage page) => page.Title ?? (page.Address.Length <= HtmlLimits.MaxTitleCharacters ? page.Address : page.Address[..HtmlLimits.MaxTitleCharacters]);

    private static string WordOf(DocumentChange change) => change switch
    {
        DocumentChange.Created => Created,
        DocumentChange.Updated => Updated,
        DocumentChange.Unchanged => Unchanged,
    };

    private static string WordOf(CrawlEnd end) => end switch
    {
        CrawlEnd.Finished => "finished",
        CrawlEnd.MaxPages => "maxPages",
        CrawlEnd.MaxSeconds => "maxSeconds",
    };
}
