using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Host;

/// <summary>
/// Finds the function for a request as the real host does: functions in the order of their names, the first whose template, constraints and
/// methods all match. Literal segments have no preference, and a wrong method is no match, so it ends as 404.
/// </summary>
internal sealed partial class HttpRouter
{
    private readonly ILogger<HttpRouter> _logger;
    private readonly List<Entry> _entries = [];

    /// <param name="functions">In the order of their names.</param>
    /// <param name="routePrefix">Of host.json.</param>
    /// <param name="services">Resolve the constraints of the templates.</param>
    public HttpRouter(IEnumerable<LocalFunction> functions, string routePrefix, IServiceProvider services)
    {
        _logger = services.GetRequiredService<ILogger<HttpRouter>>();
        var constraints = services.GetRequiredService<IInlineConstraintResolver>();
        foreach (var function in functions.Where(f => f.Route is not null))
        {
            if (_entries.Find(e => e.Function.Route!.ConflictsWith(function.Route!)) is { } other)
            {
                throw function.Refused($"its route and methods conflict with those of function '{other.Function.Name}'");
            }

            _entries.Add(CreateEntry(function, routePrefix, constraints));
        }
    }

    public Task HandleAsync(HttpContext http)
    {
        var values = new RouteValueDictionary();
        foreach (var entry in _entries)
        {
            // A template that does not match may have left values behind.
            values.Clear();
            if (entry.Function.Route!.Accepts(http.Request.Method)
                && entry.Matcher.TryMatch(http.Request.Path, values)
                && entry.Constraints.All(c => c.Value.Match(http, null, c.Key, values, RouteDirection.IncomingRequest)))
            {
                http.Request.RouteValues = values;
                return InvokeAsync(entry.Function, http, values);
            }
        }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async Task InvokeAsync(LocalFunction function, HttpContext http, RouteValueDictionary values)
    {
        try
        {
            var invocation = new Invocation(http.RequestServices, http.Request, http.RequestAborted) { RouteValues = values };
            switch (await function.InvokeAsync(invocation))
            {
                case IResult result:
                    await result.ExecuteAsync(http);
                    break;
                case IActionResult:
                    throw new NotSupportedException($"Function '{function.Name}' returned an IActionResult, which the local host does not run: return an IResult.");
                case not null:
                    ResultIgnored(function.Name);
                    break;
                case null:
                    break;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody would read an answer.
        }
        catch (BadHttpRequestException exception) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            http.Response.StatusCode = exception.StatusCode;
        }
        catch (Exception exception)
        {
            FunctionFailed(function.Name, exception);
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private static Entry CreateEntry(LocalFunction function, string routePrefix, IInlineConstraintResolver resolver)
    {
        var template = HttpRoute.Parse(function, $"{routePrefix}/{function.Route!.Template}".Trim('/'));
        var defaults = new RouteValueDictionary();
        var constraints = new RouteConstraintBuilder(resolver, template.TemplateText!);
        try
        {
            foreach (var parameter in template.Parameters)
            {
                if (parameter.DefaultValue is not null)
                {
                    defaults[parameter.Name!] = parameter.DefaultValue;
                }

                if (parameter.IsOptional)
                {
                    constraints.SetOptional(parameter.Name!);
                }

                foreach (var constraint in parameter.InlineConstraints)
                {
                    constraints.AddResolvedConstraint(parameter.Name!, constraint.Constraint);
                }
            }

            return new Entry(function, new TemplateMatcher(template, defaults), constraints.Build());
        }
        catch (Exception exception) when (exception is InvalidOperationException or RouteCreationException)
        {
            throw function.Refused($"the route '{template.TemplateText}' has a constraint that cannot be used: {exception.Message}", exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Function '{Function}' failed.")]
    private partial void FunctionFailed(string function, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Function '{Function}' returned an object that is not an IResult; the response is empty.")]
    private partial void ResultIgnored(string function);

    private sealed record Entry(LocalFunction Function, TemplateMatcher Matcher, IDictionary<string, IRouteConstraint> Constraints);
}
