namespace Jobs.Generation.Ai;

/// <summary>Reads answers whole before anybody sees them, and none that is larger than <paramref name="maxBytes"/> when it is unpacked: the providers' clients read as much as comes.</summary>
internal sealed class BoundedAnswerHandler(long maxBytes) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(maxBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
