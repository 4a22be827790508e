using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Local.Host;

/// <summary>
/// A function of the app: a public method with <see cref="FunctionAttribute"/>, static or of a class that is made anew for each invocation
/// from the invocation's services. An instance exists only when every parameter can be bound.
/// </summary>
internal sealed partial class LocalFunction
{
    // A factory is code that is made as the app runs, and takes longer to make than all else of a function: it is made once for a class, when the first of its functions is called.
    private static readonly ConcurrentDictionary<Type, ObjectFactory> Factories = new();

    private readonly MethodInvoker _method;
    private readonly Type? _class;
    private readonly Func<Invocation, object?>[] _parameters;
    private readonly Func<Task, object?>? _takeResult;

    private LocalFunction(string name, MethodInfo method)
    {
        Name = name;
        Require(NamePattern().IsMatch(name), "the name must start with a letter and have at most 128 letters, digits, '-' and '_'");
        Require(method is { IsPublic: true, DeclaringType.IsVisible: true, ContainsGenericParameters: false }, "the method and its class must be public and not generic");

        var triggers = method.GetParameters().Where(p => p.GetCustomAttribute<TriggerBindingAttribute>() is not null).ToArray();
        Require(triggers.Length == 1, $"there must be exactly one trigger, and there are {triggers.Length}");
        TriggerParameter = triggers[0];
        Trigger = TriggerParameter.GetCustomAttribute<TriggerBindingAttribute>()!;
        if (Trigger is HttpTriggerAttribute http)
        {
            Route = new HttpRoute(this, http);
        }

        IsDurable = method.GetParameters().Any(p => p.GetCustomAttribute<BindingAttribute>() is OrchestrationTriggerAttribute or ActivityTriggerAttribute or DurableClientAttribute);
        _method = MethodInvoker.Create(method);
        _class = method.IsStatic ? null : method.DeclaringType;
        Require(_class is null || (!_class.IsAbstract && _class.GetConstructors().Length == 1), "its class must have exactly one public constructor");
        _parameters = [.. method.GetParameters().Select(p => ParameterBinding.Create(this, p))];
        _takeResult = TakeResult(method);
    }

    public string Name { get; }

    public TriggerBindingAttribute Trigger { get; }

    public ParameterInfo TriggerParameter { get; }

    /// <summary>Present for HTTP functions.</summary>
    public HttpRoute? Route { get; }

    /// <summary>True where the function needs the durable engine.</summary>
    public bool IsDurable { get; }

    /// <summary>All functions of the types, sorted by name without regard to case: the order in which the real host keeps them.</summary>
    public static IReadOnlyList<LocalFunction> Find(IEnumerable<Type> types)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var functions = new SortedDictionary<string, LocalFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in types.SelectMany(t => t.GetMethods(Declared)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is { } attribute && !functions.TryAdd(attribute.Name, new LocalFunction(attribute.Name, method)))
            {
                throw new LocalHostException($"Function '{attribute.Name}' exists twice.");
            }
        }

        return [.. functions.Values];
    }

    /// <summary>Runs the function and waits for it; null for one without a result. Exceptions of the function come out as they are.</summary>
    public async Task<object?> InvokeAsync(Invocation invocation)
    {
        var arguments = new object?[_parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = _parameters[i](invocation);
        }

        var instance = _class is null ? null : Factories.GetOrAdd(_class, type => ActivatorUtilities.CreateFactory(type, []))(invocation.Services, null);
        var result = _method.Invoke(instance, arguments.AsSpan());
        if (result is not Task task)
        {
            return result;
        }

        await task;
        return _takeResult?.Invoke(task);
    }

    /// <summary>Refuses the function.</summary>
    public void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw Refused(rule);
        }
    }

    /// <summary>Why the host does not start with this function.</summary>
    public LocalHostException Refused(string rule, Exception? innerException = null) => new($"Function '{Name}': {rule}.", innerException);

    private Func<Task, object?>? TakeResult(MethodInfo method)
    {
        var type = method.ReturnType;
        Require(type != typeof(void) || !method.IsDefined(typeof(AsyncStateMachineAttribute)), "an asynchronous method must return a Task, or nobody would wait for it");
        Require(!(type.FullName ?? "").StartsWith(typeof(ValueTask).FullName!, StringComparison.Ordinal), "the local host does not wait for ValueTask results; return a Task");
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)
            ? typeof(LocalFunction).GetMethod(nameof(ResultOf), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(type.GetGenericArguments()).CreateDelegate<Func<Task, object?>>()
            : null;
    }

    private static object? ResultOf<T>(Task task) => ((Task<T>)task).Result;

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$")]
    private static partial Regex NamePattern();
}
