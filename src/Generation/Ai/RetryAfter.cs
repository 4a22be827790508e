namespace Jobs.Generation.Ai;

/// <summary>The header <c>Retry-After</c>.</summary>
internal static class RetryAfter
{
    /// <summary>How long from now, at least nothing; null without the header.</summary>
    public static TimeSpan? Read(HttpResponseMessage response, TimeProvider time)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
