using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Local.Host;

/// <summary>One run of a function, with what its parameters are bound from.</summary>
/// <param name="function">The function.</param>
/// <param name="services">The invocation's own scope.</param>
/// <param name="triggerValue">What the parameter with the trigger attribute receives.</param>
/// <param name="cancellationToken">Cancelled when the invocation should end.</param>
internal sealed class Invocation(LocalFunction function, IServiceProvider services, object? triggerValue, CancellationToken cancellationToken) : FunctionContext
{
    private string? _invocationId;

    public override string InvocationId => _invocationId ??= Guid.NewGuid().ToString();

    public override FunctionDefinition FunctionDefinition => function;

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override CancellationToken CancellationToken => cancellationToken;

    public object? TriggerValue => triggerValue;

    /// <summary>The values that the route's parameters took; only for HTTP functions.</summary>
    public RouteValueDictionary? RouteValues { get; init; }
}
