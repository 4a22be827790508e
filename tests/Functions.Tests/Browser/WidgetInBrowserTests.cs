using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>The main job, with nothing replaced: a prompt, the real compilers, publishing, and a person who clicks.</summary>
public sealed class WidgetInBrowserTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Published_widget_opens_is_clicked_and_changes_on_a_sandboxed_page()
    {
        await using var app = await TestApp.StartAsync(real: true);
        var (_, url) = await PublishAsync(app, "a counter that starts at 5");
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var complaints = Listen(page);

        await page.GotoAsync(url);
        var counter = page.Locator("[data-widget]");
        await Assertions.Expect(counter).ToContainTextAsync("5");
        await counter.GetByRole(AriaRole.Button).Filter(new() { HasTextRegex = new("^(\\+|Add|Increase|Plus)", System.Text.RegularExpressions.RegexOptions.IgnoreCase) }).First.ClickAsync();
        await Assertions.Expect(counter).ToContainTextAsync("6");

        Assert.Equal("null", await page.EvaluateAsync<string>("window.origin"));
        await Assert.ThrowsAnyAsync<PlaywrightException>(() => page.EvaluateAsync("document.cookie"));
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Embedded_widget_runs_on_somebodys_page_whose_styles_do_not_reach_it()
    {
        await using var app = await TestApp.StartAsync(real: true);
        var (widgetId, _) = await PublishAsync(app, "a to-do list");
        await using var host = await StartSomebodysPageAsync($"""
            <!doctype html><title>Somebody's page</title>
            <style>button, input {"{ display: none !important; }"}</style>
            <h1>Before</h1><script src="{app.Address}w/{widgetId}/embed.js" async></script><p>After</p>
            """);
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var complaints = Listen(page);

        await page.GotoAsync(host.Urls.Single());
        var widget = page.Locator("[data-widget]");
        await widget.GetByRole(AriaRole.Textbox).First.FillAsync("Buy milk");
        await widget.GetByRole(AriaRole.Textbox).First.PressAsync("Enter");

        await Assertions.Expect(widget).ToContainTextAsync("Buy milk");
        Assert.Empty(complaints);
    }

    private static List<string> Listen(IPage page)
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            // The browser asks for a favicon by itself.
            if (message.Type is "error" or "warning" && !message.Location.Contains("favicon", StringComparison.Ordinal))
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        return complaints;
    }

    private static async Task<(string WidgetId, string Url)> PublishAsync(TestApp app, string prompt)
    {
        var (widgetId, jobId) = await app.CreateWidgetAsync(prompt);
        var job = await app.WaitUntilSettledAsync(jobId);
        Assert.Equal("SUCCEEDED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        using var response = await app.Client.PostAsync($"v1/widgets/{widgetId}/publish", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (widgetId, (await response.ReadJsonAsync()).GetProperty("url").GetString()!);
    }

    private static async Task<WebApplication> StartSomebodysPageAsync(string html)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var host = builder.Build();
        host.Run(context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(html);
        });
        await host.StartAsync();
        return host;
    }
}
