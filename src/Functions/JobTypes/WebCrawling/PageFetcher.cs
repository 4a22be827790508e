using System.Globalization;
using Jobs.Documents.Crawling;
using Jobs.Execution.Egress;

namespace Jobs.Functions.JobTypes.WebCrawling;

/// <summary>Makes a crawl's requests on the guarded network.</summary>
internal sealed class PageFetcher(PublicWeb web, TimeProvider time) : IPageFetcher
{
    /// <inheritdoc/>
    public async Task<FetchAnswer> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            var answer = await web.GetAsync(request.Address, request.MaxBytes, cancellationToken);
            return new FetchAnswer
            {
                Status = answer.Status,
                ContentType = answer.Header("Content-Type"),
                ContentLanguage = answer.Header("Content-Language"),
                Location = answer.Header("Location"),
                RetryAfter = RetryAfter(answer.Header("Retry-After")),
                RobotsTags = [.. answer.Headers["X-Robots-Tag"]],
                Body = answer.Body,
                IsBodyCut = answer.IsBodyCut,
                Elapsed = time.GetElapsedTime(start),
            };
        }
        catch (EgressException error)
        {
            var failure = error.Failure switch
            {
                EgressFailure.Refused => FetchFailure.Forbidden,
                EgressFailure.NameNotFound => FetchFailure.NameNotFound,
                EgressFailure.Unreachable => FetchFailure.Unreachable,
                EgressFailure.TimedOut => FetchFailure.TimedOut,
                EgressFailure.Malformed => FetchFailure.Malformed,
            };
            return new FetchAnswer { Failure = failure, FailureMessage = error.Message, Elapsed = time.GetElapsedTime(start) };
        }
    }

    /// <summary>Seconds, or a date.</summary>
    private TimeSpan? RetryAfter(string? header) =>
        int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
        : DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date - time.GetUtcNow()
        : null;
}
