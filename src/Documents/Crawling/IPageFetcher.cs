namespace Jobs.Documents.Crawling;

/// <summary>
/// Makes one HTTP request for a crawl. It follows no redirect: it gives the answer with its <c>Location</c>, and the crawl, after it has checked where that leads, asks again. So
/// every hop comes through here, and whoever implements this can refuse each. It sends the name <see cref="CrawlLimits.UserAgent"/>, no cookie and no credential, decompresses the body
/// up to the limit, and ends within a time that it sets.
/// </summary>
public interface IPageFetcher
{
    /// <summary>
    /// Requests an address by GET. What goes wrong is part of the answer (<see cref="FetchAnswer.Failure"/>); the only exception is <see cref="OperationCanceledException"/>. It is
    /// called for several hosts at a time, and never for two addresses of one host, unless the robots.txt of another host redirects there.
    /// </summary>
    Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellationToken);
}

/// <summary>One request.</summary>
/// <param name="Address">A normalised absolute http or https address (<see cref="CrawlAddress"/>).</param>
/// <param name="MaxBytes">The most bytes of the body, after decompression; what is beyond is cut off.</param>
public sealed record FetchRequest(string Address, int MaxBytes);

/// <summary>What came of a request.</summary>
public sealed record FetchAnswer
{
    /// <summary>Why there is no answer of the server; <see cref="FetchFailure.None"/> when there is one.</summary>
    public FetchFailure Failure { get; init; }

    /// <summary>A sentence about the failure that may be shown to whoever wants the crawl; null when there is none.</summary>
    public string? FailureMessage { get; init; }

    /// <summary>The HTTP status; 0 when there is no answer.</summary>
    public int Status { get; init; }

    /// <summary>The <c>Content-Type</c> header.</summary>
    public string? ContentType { get; init; }

    /// <summary>The <c>Content-Language</c> header.</summary>
    public string? ContentLanguage { get; init; }

    /// <summary>The <c>Location</c> header, as it stands.</summary>
    public string? Location { get; init; }

    /// <summary>The time that the <c>Retry-After</c> header names, from the answer on; null when it names none.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The values of the <c>X-Robots-Tag</c> headers.</summary>
    public IReadOnlyList<string> RobotsTags { get; init; } = [];

    /// <summary>The body, decompressed.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>True when the body was longer than was asked for.</summary>
    public bool IsBodyCut { get; init; }

    /// <summary>How long it took. The crawl has no other clock within a step.</summary>
    public TimeSpan Elapsed { get; init; }
}

/// <summary>Why a request has no answer.</summary>
public enum FetchFailure
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>The address must not be called: it, or what its name resolves to, is not public.</summary>
    Forbidden,

    /// <summary>The name does not resolve.</summary>
    NameNotFound,

    /// <summary>No connection, or one that broke off, or one that cannot be trusted.</summary>
    Unreachable,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>The answer is not HTTP, or its headers or framing are larger than is read.</summary>
    Malformed,
}
