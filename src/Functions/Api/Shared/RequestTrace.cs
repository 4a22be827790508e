using System.Diagnostics;
using Jobs.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Jobs.Functions.Api.Shared;

/// <summary>A request's span, and what its caller is told of it.</summary>
internal static class RequestTrace
{
    /// <summary>The header of an answer by which a caller can name the trace that its request is in: W3C Trace Context's, of the form of <c>traceparent</c>.</summary>
    public const string ResponseHeader = "traceresponse";

    /// <summary>Starts the span, where anybody listens; the caller is told of it, or of the host's.</summary>
    /// <param name="request">The request.</param>
    /// <param name="pathToLog">What stands for a path that is a secret itself.</param>
    public static Activity? Start(HttpRequest request, string? pathToLog)
    {
        var span = JobSpans.AreWanted
            ? JobSpans.StartRequest(request.Method, pathToLog ?? RouteOf(request.Path.Value ?? "", request.RouteValues), request.Headers.TraceParent, request.Headers.TraceState)
            : null;
        if (Activity.Current?.Id is { } id)
        {
            request.HttpContext.Response.Headers[ResponseHeader] = id;
        }

        return span;
    }

    /// <summary>Notes how it ended.</summary>
    public static void End(Activity? span, IResult result)
    {
        if (span is { IsAllDataRequested: true })
        {
            var status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
            span.SetTag("http.response.status_code", status);
            if (status >= StatusCodes.Status500InternalServerError)
            {
                span.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    /// <summary>The path with the names of its values: few names in all, and none that belongs to somebody.</summary>
    internal static string RouteOf(string path, RouteValueDictionary values)
    {
        var segments = path.Split('/');
        foreach (var (name, value) in values)
        {
            if (value is not string { Length: > 0 } text)
            {
                continue;
            }

            // A value may be the rest of the path.
            var parts = text.Split('/');
            for (var i = 0; i + parts.Length <= segments.Length; i++)
            {
                if (segments.AsSpan(i, parts.Length).SequenceEqual(parts))
                {
                    segments = [.. segments[..i], $"{{{name}}}", .. segments[(i + parts.Length)..]];
                    break;
                }
            }
        }

        return string.Join('/', segments);
    }
}
