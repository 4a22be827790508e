namespace Jobs.Functions.JobTypes.WebCrawling;

/// <summary>What a crawl did.</summary>
/// <param name="PagesCrawled">Pages that are stored as documents now.</param>
/// <param name="Errors">Addresses that came to nothing.</param>
/// <param name="DocumentsCreated">Of the pages, those whose document is new.</param>
/// <param name="DocumentsUpdated">Those whose document had another content before.</param>
/// <param name="DocumentsUnchanged">Those whose document was there with this content already.</param>
/// <param name="SkippedByRobots">Addresses that their host's robots.txt forbids.</param>
/// <param name="Duplicates">Addresses that lead to a page that was stored already, or to one with nearly the same text.</param>
/// <param name="OtherSkipped">Addresses and pages that were left out for another reason: another site, too deep, a trap, not to be indexed, neither a page nor text.</param>
/// <param name="FilesFound">Links to files such as PDFs, which a crawl does not read.</param>
/// <param name="EndedBy">How it ended: <c>finished</c>, <c>maxPages</c> or <c>maxSeconds</c>.</param>
public sealed record WebCrawlingResult(
    int PagesCrawled,
    int Errors,
    int DocumentsCreated,
    int DocumentsUpdated,
    int DocumentsUnchanged,
    int SkippedByRobots,
    int Duplicates,
    int OtherSkipped,
    int FilesFound,
    string EndedBy);

/// <summary>A page that was stored.</summary>
/// <param name="Url">Its address: the canonical one, if it names one on its site.</param>
/// <param name="Title">Its title; its address when it has none.</param>
/// <param name="Status">The HTTP status of its answer.</param>
/// <param name="Depth">How many links it is away from a start address.</param>
/// <param name="Words">How many words its text has.</param>
/// <param name="Characters">How many characters its text has.</param>
/// <param name="DocumentId">The document that it has become.</param>
/// <param name="Change"><c>created</c>, <c>updated</c> or <c>unchanged</c>.</param>
public sealed record CrawledPage(string Url, string Title, int Status, int Depth, int Words, int Characters, string DocumentId, string Change);

/// <summary>An address that came to nothing.</summary>
/// <param name="Url">The address, as it was found.</param>
/// <param name="Code">One of <see cref="Documents.Crawling.CrawlProblemCodes"/>.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Depth">How many links it is away from a start address.</param>
public sealed record CrawlError(string Url, string Code, string Message, int Depth);
