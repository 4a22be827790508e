using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Local.Host;

/// <summary>Decides, when the host starts, where each parameter of a function gets its value from.</summary>
internal static class ParameterBinding
{
    /// <summary>Throws <see cref="LocalHostException"/>, naming function and parameter, where there is no source.</summary>
    public static Func<Invocation, object?> Create(LocalFunction function, ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        switch (parameter.GetCustomAttribute<BindingAttribute>())
        {
            case HttpTriggerAttribute:
                return Exactly(typeof(HttpRequest));
            case TimerTriggerAttribute:
                return Exactly(typeof(TimerInfo));
            case OrchestrationTriggerAttribute:
                return Exactly(typeof(TaskOrchestrationContext));
            case ActivityTriggerAttribute:
                return invocation => invocation.TriggerValue;
            case DurableClientAttribute:
                // The real binding hands out nothing but this type, and fails only when the function is called.
                function.Require(type == typeof(DurableTaskClient), $"parameter '{parameter.Name}' must be of type {nameof(DurableTaskClient)} exactly");
                return invocation => invocation.Services.GetRequiredService<DurableService>().Client;
            case null when type == typeof(CancellationToken):
                return invocation => invocation.CancellationToken;
            case null when function.Route is { } route && route.TryGetParameter(parameter.Name!, out var isOptional):
                return FromRoute(isOptional);
            default:
                throw function.Refused($"parameter '{parameter.Name}' of type {type.Name} cannot be bound");
        }

        Func<Invocation, object?> Exactly(Type expected)
        {
            function.Require(type == expected, $"parameter '{parameter.Name}' must be of type {expected.Name}, the only one that the local host binds to this attribute");
            return invocation => invocation.TriggerValue;
        }

        Func<Invocation, object?> FromRoute(bool isOptional)
        {
            var target = Nullable.GetUnderlyingType(type) ?? type;
            function.Require(target == typeof(string) || target == typeof(int) || target == typeof(Guid), $"route parameter '{parameter.Name}' must be a string, int or Guid");
            function.Require(!isOptional || !type.IsValueType || target != type, $"route parameter '{parameter.Name}' is optional, so its type must allow null");
            return invocation => Convert((string?)invocation.RouteValues![parameter.Name!], target);
        }
    }

    /// <summary>A value that does not fit throws <see cref="FormatException"/> and so is a 500, as in the real worker: constrain the route.</summary>
    private static object? Convert(string? value, Type target) =>
        value is null ? null
        : target == typeof(int) ? int.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
        : target == typeof(Guid) ? Guid.Parse(value)
        : value;
}
