using Microsoft.AspNetCore.Routing;

namespace Jobs.Local.Host;

/// <summary>One run of a function: what its parameters are bound from.</summary>
/// <param name="Services">The invocation's own scope.</param>
/// <param name="TriggerValue">What the parameter with the trigger attribute receives.</param>
/// <param name="CancellationToken">Cancelled when the invocation should end.</param>
internal sealed record Invocation(IServiceProvider Services, object? TriggerValue, CancellationToken CancellationToken)
{
    /// <summary>The values that the route's parameters took; only for HTTP functions.</summary>
    public RouteValueDictionary? RouteValues { get; init; }
}
