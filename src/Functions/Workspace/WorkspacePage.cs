using System.Text;
using System.Text.Encodings.Web;
using Jobs.Functions.Api.Authentication;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Workspace;

/// <summary>The one HTML document of the workspace. It holds no content: its script draws the view that it names, from the API.</summary>
public sealed class WorkspacePage(WorkspaceAssets assets)
{
    /// <summary>
    /// The policy of the page: nothing but our own files and our own API, nothing inline, no frame but a published widget's and a job's page, which have a sandbox of their own. With no
    /// Trusted Types policy, the browser itself refuses to make markup out of text.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>
    /// The policy of a page that came of a job: an origin of its own, no script, no form, no way for it to move the page around it, nothing loaded; its style stands in it. Only our own page
    /// may frame it.
    /// </summary>
    public const string ForeignContentSecurityPolicy =
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

    /// <summary>The page of a resource that the session may see.</summary>
    public IResult Workspace(HttpRequest request, WorkspaceView view) => Send(request, "workspace", view, StatusCodes.Status200OK);

    /// <summary>The page of an organisation's jobs.</summary>
    public IResult Jobs(HttpRequest request, WorkspaceView view) => Send(request, "jobs", view, StatusCodes.Status200OK);

    /// <summary>The page of a user's jobs.</summary>
    public IResult UserJobs(HttpRequest request, WorkspaceView view) => Send(request, "user-jobs", view, StatusCodes.Status200OK);

    /// <summary>The page of a pull request.</summary>
    public IResult PullRequest(HttpRequest request, WorkspaceView view) => Send(request, "pull-request", view, StatusCodes.Status200OK);

    /// <summary>The page that asks for an API key or an access token: the same for every address, whether there is something behind it or not.</summary>
    public IResult SignIn(HttpRequest request) => Send(request, "sign-in", WorkspaceView.None, StatusCodes.Status200OK);

    /// <summary>404: the session has nothing at this address.</summary>
    public IResult NotFound(HttpRequest request, WorkspaceView view) => Send(request, "not-found", view, StatusCodes.Status404NotFound);

    /// <summary>Leads to another page of ours.</summary>
    public IResult LeadTo(HttpRequest request, string path)
    {
        ProtectOwn(request);
        return Results.Redirect(path);
    }

    /// <summary>HTML that others may have written, as it is, on a page of its own.</summary>
    public IResult Foreign(HttpRequest request, Stream html)
    {
        Protect(request, ForeignContentSecurityPolicy);
        return Results.Stream(html, "text/html; charset=utf-8");
    }

    private static void Protect(HttpRequest request, string policy)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>A page with <c>sandbox</c> in its policy may not have the header that this adds: browsers refuse to open it in a window of its own.</summary>
    private static void ProtectOwn(HttpRequest request)
    {
        Protect(request, ContentSecurityPolicy);
        request.HttpContext.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private IResult Send(HttpRequest request, string view, WorkspaceView values, int status)
    {
        ProtectOwn(request);
        var html = new StringBuilder(assets.Shell);
        foreach (var (place, value) in new[]
        {
            ("version", assets.Version),
            ("view", view),
            ("kind", values.Kind),
            ("id", values.Id),
            ("tenant", values.Tenant),
            ("user", values.User),
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
/// <param name="Tenant">The session's organisation; of a user the tenant that they are by themselves.</param>
/// <param name="User">Who has signed in.</param>
/// <param name="IsAdmin">Whether the session is an admin's: what only they may do is offered to them only.</param>
/// <param name="CsrfToken">What every call that changes something must show.</param>
public sealed record WorkspaceView(string Kind, string Id, string Tenant, string User, bool IsAdmin, string CsrfToken)
{
    /// <summary>Without a resource and without a session.</summary>
    public static WorkspaceView None { get; } = new("", "", "", "", false, "");

    /// <summary>Of a session, without a resource.</summary>
    public static WorkspaceView Of(SessionHolder holder) => None with
    {
        Tenant = holder.Caller.Tenant,
        User = holder.Caller.User,
        IsAdmin = holder.Caller.IsAdmin,
        CsrfToken = holder.CsrfToken,
    };
}
