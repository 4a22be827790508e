using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Storage;

namespace Jobs.Functions.Api.Builder;

/// <summary>What the public gets of a published widget: code that a machine wrote, on pages that are not ours.</summary>
internal static class PublishedWidgetResponses
{
    /// <summary>
    /// The policy of a widget's page. The sandbox gives it an origin of its own, so that it shares no cookie and no storage with this service; it
    /// loads its own script and style and nothing else. It can still navigate itself away.
    /// </summary>
    public const string ContentSecurityPolicy =
        "sandbox allow-scripts allow-forms allow-modals; default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors *";

    /// <summary>The page. Its address has no host, so it works behind a proxy that has another name.</summary>
    public static string Page(PublishedBuild build) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{HtmlEncoder.Default.Encode(build.Name)}</title>
        </head>
        <body>
        <script src="/w/{build.WidgetId}/embed.js"></script>
        <noscript>This widget needs JavaScript.</noscript>
        </body>
        </html>
        """;

    /// <summary>
    /// The script that mounts the widget where its script tag stands, inside a shadow root, so that the page's styles and the widget's do not meet.
    /// It finds this service by the address that it was itself loaded from.
    /// </summary>
    public static string EmbedScript(PublishedBuild build) => $$"""
        (() => {
          const script = document.currentScript;
          const build = new URL({{JsonSerializer.Serialize($"/w/{build.WidgetId}/builds/{build.BuildKey}/")}}, script.src);
          const host = document.createElement("div");
          host.dataset.widget = {{JsonSerializer.Serialize(build.WidgetId)}};
          script.after(host);
          const root = host.attachShadow({ mode: "open" });
          const style = document.createElement("link");
          style.rel = "stylesheet";
          style.href = new URL("widget.css", build).href;
          const element = document.createElement("div");
          root.append(style, element);
          import(new URL("widget.js", build).href)
            .then((widget) => widget.mount(element))
            .catch((error) => {
              element.textContent = "This widget could not be loaded.";
              console.error(error);
            });
        })();

        """;
}
