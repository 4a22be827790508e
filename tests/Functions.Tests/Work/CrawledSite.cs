using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Jobs.Documents.Tests.Crawling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Tests.Work;

/// <summary>A site on a free port of 127.0.0.1 that remembers what it was asked for.</summary>
internal sealed class CrawledSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _requests = [];

    private CrawledSite(WebApplication app) => _app = app;

    /// <summary>Its host and port, as the setting wants them.</summary>
    public string Host { get; private set; } = "";

    /// <summary>Its address, without a slash at the end.</summary>
    public string Root => $"http://{Host}";

    /// <summary>The paths with their queries that were asked for, in that order.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>A site whose pages a test answers for.</summary>
    public static async Task<CrawledSite> StartAsync(Func<CrawledSite, HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var site = new CrawledSite(app);
        app.Run(context =>
        {
            site._requests.Enqueue(context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent());
            return answer(site, context);
        });
        await app.StartAsync();
        site.Host = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;
        return site;
    }

    /// <summary>A site of HTML pages by their paths; what is not among them is 404.</summary>
    public static Task<CrawledSite> StartAsync(Dictionary<string, string> pages) => StartAsync((_, context) =>
        pages.TryGetValue(context.Request.Path.Value!, out var html) ? context.WriteHtmlAsync(html) : context.WriteStatusAsync(404));

    /// <summary>The site of 200 pages with its loops and traps. What it does before it answers is for the test.</summary>
    public static Task<CrawledSite> OfTestSiteAsync(Func<string, HttpContext, Task>? before = null) => StartAsync(async (site, context) =>
    {
        var path = context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();
        await (before?.Invoke(path, context) ?? Task.CompletedTask);
        var response = TestSite.Answer(path);
        if (response.IsSilent)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = response.Status;
        context.Response.ContentType = response.ContentType;
        if (response.Location is { } location)
        {
            context.Response.Headers.Location = location.Replace(TestSite.Root, site.Root, StringComparison.Ordinal);
        }

        if (response.RobotsTag is { } tag)
        {
            context.Response.Headers["X-Robots-Tag"] = tag;
        }

        // Bytes stay bytes, whatever their character set.
        await context.Response.Body.WriteAsync(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(response.Body).Replace(TestSite.Root, site.Root, StringComparison.Ordinal)));
    });

    /// <summary>The addresses that a crawl of the site of 200 pages stores, in order.</summary>
    public IEnumerable<string> Expected => TestSite.Expected.Select(address => address.Replace(TestSite.Root, Root, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        // Answers that a test holds back are not waited for.
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

internal static class HttpContexts
{
    public static Task WriteHtmlAsync(this HttpContext context, string html)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(html);
    }

    public static Task WriteStatusAsync(this HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
