using System.Text;

namespace Jobs.Generation.Ai;

/// <summary>
/// Turns every answer but 2xx into an <see cref="AiEndpointException"/>, before the providers' clients see it: theirs differ, and Anthropic's keeps no header, so that it could
/// not say when to come again.
/// </summary>
internal sealed class AiErrorHandler(TimeProvider time) : DelegatingHandler
{
    /// <summary>The most bytes of an error that are read.</summary>
    internal const int MaxErrorBytes = 16 * 1024;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var body = await ReadAsync(response.Content, cancellationToken);
            throw new AiEndpointException(response.StatusCode, RetryAfter.Read(response, time), WithoutKeys(body, request));
        }
    }

    /// <summary>An endpoint may quote what it was sent, and an error is written to the log.</summary>
    private static string WithoutKeys(string body, HttpRequestMessage request)
    {
        string?[] keys = [request.Headers.Authorization?.Parameter, .. request.Headers.TryGetValues("x-api-key", out var values) ? values : []];
        return keys.Where(key => !string.IsNullOrEmpty(key)).Aggregate(body, (text, key) => text.Replace(key!, "***", StringComparison.Ordinal));
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var bytes = new byte[MaxErrorBytes];
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // The status says what matters.
            return $"(its text broke off: {exception.Message})";
        }
    }
}
