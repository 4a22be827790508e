namespace Jobs.Documents.Crawling;

/// <summary>What a step finds: each thing is counted, and noted so that it is found once.</summary>
internal sealed class CrawlFindings(CrawlFrontier frontier)
{
    private readonly List<CrawlPage> _pages = [];
    private readonly List<CrawlDocument> _documents = [];
    private readonly List<CrawlProblem> _problems = [];

    /// <summary>The pages.</summary>
    public IReadOnlyList<CrawlPage> Pages => _pages;

    /// <summary>The documents.</summary>
    public IReadOnlyList<CrawlDocument> Documents => _documents;

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<CrawlProblem> Problems => _problems;

    /// <summary>Returns a page, unless it was returned before: by the address that it names, by its text, or nearly so.</summary>
    public void Return(CrawlEntry entry, string? canonical, CrawlPage page)
    {
        var (simHash, words) = SimHash.Of(page.Text);
        var address = entry.Address;
        if (CrawlAddress.Normalise(canonical, null) is { } named && named != address && CrawlAddress.SiteOf(named) == CrawlAddress.SiteOf(address))
        {
            // Sites that name their home as the canonical address of every page have made a mistake.
            address = words >= CrawlLimits.MinNearDuplicateWords && frontier.IsUnlike(named, simHash) ? address : named;
        }

        var contentHash = Packed.HexHash($"{page.Title}\n{page.Text}");
        var textHash = Packed.Hash(contentHash);
        if ((frontier.IsReturned(address) ? CrawlSkip.Duplicate : frontier.DuplicateReason(textHash, simHash, words)) is { } reason)
        {
            frontier.Skip(reason);
            return;
        }

        frontier.Note(address);
        frontier.Return(address, textHash, simHash, words);
        _pages.Add(page with { Id = Packed.HexHash(address)[..32], Address = address, Words = words, ContentHash = contentHash });
    }

    /// <summary>Lists a document.</summary>
    public void List(CrawlEntry entry, string type)
    {
        if (frontier.Counts.Documents >= CrawlLimits.MaxDocuments)
        {
            frontier.Skip(CrawlSkip.Limit);
            return;
        }

        frontier.Counts = frontier.Counts with { Documents = frontier.Counts.Documents + 1 };
        _documents.Add(new CrawlDocument(entry.Address, type, entry.Depth));
    }

    /// <summary>Reports what went wrong.</summary>
    public void Report(CrawlEntry entry, string code, string message)
    {
        frontier.Counts = frontier.Counts with { Problems = frontier.Counts.Problems + 1 };
        _problems.Add(new CrawlProblem(entry.Redirects.Count > 0 ? entry.Redirects[0] : entry.Address, code, message, entry.Depth));
    }
}
