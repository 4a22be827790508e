using Jobs.Documents.Html;

namespace Jobs.Documents.Crawling;

/// <summary>What one step of a crawl gave.</summary>
/// <param name="State">The crawl after it.</param>
/// <param name="Pages">The pages that were found, in the order of the queue.</param>
/// <param name="Documents">The documents that were found.</param>
/// <param name="Problems">What went wrong with single addresses.</param>
/// <param name="NextAt">When the next step has something to do; null when the crawl has ended.</param>
public sealed record CrawlStep(
    CrawlState State,
    IReadOnlyList<CrawlPage> Pages,
    IReadOnlyList<CrawlDocument> Documents,
    IReadOnlyList<CrawlProblem> Problems,
    DateTimeOffset? NextAt);

/// <summary>A page that a crawl found.</summary>
public sealed record CrawlPage
{
    /// <summary>32 hexadecimal digits that follow from the address: the same in every crawl.</summary>
    public required string Id { get; init; }

    /// <summary>Its address: the canonical one, if it names one on its site, else the one it was found at.</summary>
    public required string Address { get; init; }

    /// <summary>The addresses that led to it by redirects, the first one first, and where it was found at last.</summary>
    public required IReadOnlyList<string> FoundAt { get; init; }

    /// <summary>How many links it is away from a start address.</summary>
    public required int Depth { get; init; }

    /// <summary>The HTTP status of its answer.</summary>
    public required int Status { get; init; }

    /// <summary>The media type, without parameters.</summary>
    public required string ContentType { get; init; }

    /// <summary>Its title; null when it has none.</summary>
    public string? Title { get; init; }

    /// <summary>How it describes itself; null when it does not.</summary>
    public string? Description { get; init; }

    /// <summary>The language that it declares (<c>en</c>); null when it declares none.</summary>
    public string? Language { get; init; }

    /// <summary>When it says that it was published; null when it does not say.</summary>
    public DateTimeOffset? Published { get; init; }

    /// <summary>The headings of its content.</summary>
    public IReadOnlyList<HtmlHeading> Headings { get; init; } = [];

    /// <summary>Its content as plain text.</summary>
    public required string Text { get; init; }

    /// <summary>Its content as Markdown.</summary>
    public required string Markdown { get; init; }

    /// <summary>How many words the text has.</summary>
    public required int Words { get; init; }

    /// <summary>Where its links lead: normalised addresses, each once, in its order.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>The SHA-256 of title and text, in hexadecimal digits.</summary>
    public required string ContentHash { get; init; }

    /// <summary>True when a limit left something out.</summary>
    public bool IsCut { get; init; }
}

/// <summary>A document that a crawl found and does not read: it is for a document parser.</summary>
/// <param name="Address">Its address.</param>
/// <param name="ContentType">Its media type, as its server or its name says.</param>
/// <param name="Depth">How many links it is away from a start address.</param>
public sealed record CrawlDocument(string Address, string ContentType, int Depth);

/// <summary>What went wrong with an address.</summary>
/// <param name="Address">The address that was asked for.</param>
/// <param name="Code">One of <see cref="CrawlProblemCodes"/>.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Depth">How many links it is away from a start address.</param>
public sealed record CrawlProblem(string Address, string Code, string Message, int Depth);

/// <summary>What can go wrong with an address.</summary>
public static class CrawlProblemCodes
{
    /// <summary>The address must not be called: it is not public.</summary>
    public const string Forbidden = "forbidden_address";

    /// <summary>The host's name does not resolve.</summary>
    public const string NameNotFound = "name_not_found";

    /// <summary>No connection to the host, or one that broke off.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The host did not answer in time.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>The answer could not be read.</summary>
    public const string Malformed = "malformed_answer";

    /// <summary>The host answered with an error.</summary>
    public const string Status = "http_status";

    /// <summary>The redirect leads back to where it came from.</summary>
    public const string RedirectLoop = "redirect_loop";

    /// <summary>There are more redirects than are followed.</summary>
    public const string TooManyRedirects = "too_many_redirects";

    /// <summary>The redirect leads to another site.</summary>
    public const string RedirectOffSite = "redirect_off_site";

    /// <summary>The redirect leads to something that is no address.</summary>
    public const string RedirectInvalid = "redirect_invalid";

    /// <summary>The host's robots.txt forbids a start address.</summary>
    public const string RobotsDisallowed = "robots_disallowed";

    /// <summary>The host's robots.txt could not be had.</summary>
    public const string RobotsUnreachable = "robots_unreachable";

    /// <summary>The host's robots.txt has more rules than are kept.</summary>
    public const string RobotsTooLarge = "robots_too_large";

    /// <summary>A start address is neither page nor document.</summary>
    public const string UnsupportedType = "unsupported_type";
}
