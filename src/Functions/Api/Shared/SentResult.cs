using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>
/// The result that an HTTP function returns. After the worker has run a result it also serialises it, with all its public properties, and sends that to the host, which
/// does not use it: a bundle would travel twice. This one has no properties. Every HTTP function wraps its result in it, at the very end. A caller who hangs up while the answer is
/// being sent is no fault of ours, and ends it quietly.
/// </summary>
public sealed class SentResult(IResult result) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            await result.ExecuteAsync(httpContext);
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads the rest.
        }
    }
}
