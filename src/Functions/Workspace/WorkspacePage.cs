using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Workspace;

/// <summary>The one HTML document of the workspace. It holds no content: its script draws the view that it names, from the API.</summary>
public sealed class WorkspacePage(WorkspaceAssets assets)
{
    /// <summary>
    /// The policy of the page: nothing but our own files and our own API, nothing inline, no frame but a published widget's, whose page has a sandbox of its own. With no
    /// Trusted Types policy, the browser itself refuses to make markup out of text.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>The page of a resource that the session may see.</summary>
    public IResult Workspace(HttpRequest request, WorkspaceView view) => Send(request, "workspace", view, StatusCodes.Status200OK);

    /// <summary>The page of an organisation's jobs.</summary>
    public IResult Jobs(HttpRequest request, WorkspaceView view) => Send(request, "jobs", view, StatusCodes.Status200OK);

    /// <summary>The page of a pull request.</summary>
    public IResult PullRequest(HttpRequest request, WorkspaceView view) => Send(request, "pull-request", view, StatusCodes.Status200OK);

    /// <summary>The page that asks for an API key: the same for every address, whether there is something behind it or not.</summary>
    public IResult SignIn(HttpRequest request) => Send(request, "sign-in", WorkspaceView.None, StatusCodes.Status200OK);

    /// <summary>404: the session's organisation has nothing at this address.</summary>
    public IResult NotFound(HttpRequest request, string csrfToken) =>
        Send(request, "not-found", WorkspaceView.None with { CsrfToken = csrfToken }, StatusCodes.Status404NotFound);

    private IResult Send(HttpRequest request, string view, WorkspaceView values, int status)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        var html = new StringBuilder(assets.Shell);
        foreach (var (place, value) in new[]
        {
            ("version", assets.Version),
            ("view", view),
            ("kind", values.Kind),
            ("id", values.Id),
            ("tenant", values.Tenant),
            ("admin", values.IsAdmin ? "true" : "false"),
            ("csrf", values.CsrfToken),
        })
        {
            html.Replace($"{{{{{place}}}}}", HtmlEncoder.Default.Encode(value));
        }

        return Results.Text(html.ToString(), "text/html", Encoding.UTF8, status);
    }
}

/// <summary>What the page's script is told.</summary>
/// <param name="Kind"><c>agents</c> or <c>widgets</c>, as in the API's paths; empty for a page of neither.</param>
/// <param name="Id">The id of the agent, the widget or the pull request's job; empty for a page of none.</param>
/// <param name="Tenant">The session's organisation.</param>
/// <param name="IsAdmin">Whether the session's key is an admin's: what only they may do is offered to them only.</param>
/// <param name="CsrfToken">What every call that changes something must show.</param>
public sealed record WorkspaceView(string Kind, string Id, string Tenant, bool IsAdmin, string CsrfToken)
{
    /// <summary>Without a resource and without a session.</summary>
    public static WorkspaceView None { get; } = new("", "", "", false, "");
}
