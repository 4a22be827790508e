using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Local.Host;

/// <summary>The route of an HTTP function as it is declared: ASP.NET Core's template syntax, without the prefix of host.json.</summary>
internal sealed class HttpRoute
{
    /// <summary>A route that begins with one of these letters, even as part of a longer word, never reaches a function in the real host.</summary>
    private static readonly string[] ReservedPrefixes = ["admin", "runtime"];

    private readonly RouteTemplate _parsed;
    private readonly string[] _methods;

    /// <summary>Throws <see cref="LocalHostException"/> for a route that the host refuses.</summary>
    public HttpRoute(LocalFunction function, HttpTriggerAttribute trigger)
    {
        Template = (string.IsNullOrWhiteSpace(trigger.Route) ? function.Name : trigger.Route).Trim('/');
        _methods = trigger.Methods ?? [];
        function.Require(
            trigger.AuthLevel == AuthorizationLevel.Anonymous,
            $"the local host has no keys of its own, so it runs only AuthorizationLevel.Anonymous and not {trigger.AuthLevel}");
        function.Require(
            !ReservedPrefixes.Any(p => Template.StartsWith(p, StringComparison.OrdinalIgnoreCase)),
            $"the route '{Template}' conflicts with the host's own, which begin with {string.Join(" or ", ReservedPrefixes)}");
        _parsed = Parse(function, Template);
    }

    public string Template { get; }

    /// <summary>Empty for every method.</summary>
    public IReadOnlyList<string> Methods => _methods;

    public bool Accepts(string method)
    {
        foreach (var own in _methods)
        {
            if (own.Equals(method, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return _methods.Length == 0;
    }

    /// <summary>True where no request could tell the two apart by the template's text and the method.</summary>
    public bool ConflictsWith(HttpRoute other) =>
        Template.Equals(other.Template, StringComparison.OrdinalIgnoreCase)
        && (_methods.Length == 0 || other._methods.Length == 0 || _methods.Any(other.Accepts));

    public bool TryGetParameter(string name, out bool isOptional)
    {
        var parameter = _parsed.GetParameter(name);
        isOptional = parameter?.IsOptional ?? false;
        return parameter is not null;
    }

    public static RouteTemplate Parse(LocalFunction function, string template)
    {
        try
        {
            return TemplateParser.Parse(template);
        }
        catch (ArgumentException exception)
        {
            throw function.Refused($"the route '{template}' is not a valid template: {exception.Message}", exception);
        }
    }
}
