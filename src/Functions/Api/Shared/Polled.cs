using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Api.Shared;

/// <summary>The headers of what callers ask for again and again.</summary>
public static class Polled
{
    /// <summary>
    /// Sends the version as a strong <c>ETag</c> and, as long as anything can still change, <c>Retry-After</c>; true when the caller has this version already (304).
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="version">The version; it grows with every change.</param>
    /// <param name="retryAfter">The seconds to wait before the next poll; null when nothing can change any more.</param>
    public static bool IsKnown(HttpRequest request, long version, int? retryAfter)
    {
        var etag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));
        var response = request.HttpContext.Response;
        response.GetTypedHeaders().ETag = etag;
        if (retryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        // GET compares weakly (RFC 9110, 13.1.2).
        return request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(etag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any));
    }
}
