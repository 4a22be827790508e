using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>A person at the workspace page, and what their browser complains about.</summary>
internal sealed class WorkspaceBrowser : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private WorkspaceBrowser(IBrowserContext context, IPage page, TestApp app)
    {
        (_context, Page, App) = (context, page, app);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Add($"{message.Text} {message.Location}");
            }
        };
        page.PageError += (_, error) => Complaints.Add(error);
    }

    public IPage Page { get; }

    public TestApp App { get; }

    public List<string> Complaints { get; } = [];

    public ILocator Messages => Page.GetByRole(AriaRole.Log, new() { Name = "Messages" });

    public ILocator Progress => Page.Locator(".progress");

    public ILocator Alert => Page.GetByRole(AriaRole.Alert);

    /// <summary>Opens a page without a session.</summary>
    public static async Task<WorkspaceBrowser> OpenAsync(Chromium chromium, TestApp app, string path, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await chromium.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 800 },
            ColorScheme = scheme,
            BaseURL = app.Address.ToString(),
        });
        var browser = new WorkspaceBrowser(context, await context.NewPageAsync(), app);
        await browser.Page.GotoAsync(path);
        return browser;
    }

    /// <summary>Opens a page and signs in; it is there once it has its heading.</summary>
    public static async Task<WorkspaceBrowser> SignInAsync(
        Chromium chromium, TestApp app, string path, int width = 1280, ColorScheme scheme = ColorScheme.Light, string? credential = null, string heading = "Conversation")
    {
        var browser = await OpenAsync(chromium, app, path, width, scheme);
        await browser.Page.GetByLabel("API key").FillAsync(credential ?? TestApp.Key);
        await browser.Button("Sign in").ClickAsync();
        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Heading, new() { Name = heading })).ToBeVisibleAsync();
        return browser;
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Heading(int level) => Page.GetByRole(AriaRole.Heading, new() { Level = level });

    public Task OpenTabAsync(string name) => Page.GetByRole(AriaRole.Tab, new() { Name = name }).ClickAsync();

    /// <summary>Types into the box of the conversation and sends.</summary>
    public async Task SayAsync(string text)
    {
        await Page.Locator(".composer textarea").FillAsync(text);
        await Page.Locator(".composer button[type=submit]").ClickAsync();
    }

    /// <summary>Presses Tab until an element of this form has the focus, and sees to it that the focus can be seen.</summary>
    public async Task TabToAsync(string selector)
    {
        for (var presses = 0; presses < 40; presses++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if (await Page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
            {
                Assert.NotEqual("none", await Page.EvaluateAsync<string>("() => getComputedStyle(document.activeElement).outlineStyle"));
                return;
            }
        }

        Assert.Fail($"No {selector} is reached by 40 presses of Tab.");
    }

    /// <summary>Fails when the page is wider than the window.</summary>
    public async Task AssertNothingOverflowsAsync(string where)
    {
        var widths = await Page.EvaluateAsync<int[]>("() => [document.documentElement.scrollWidth, window.innerWidth]");
        Assert.True(widths[0] <= widths[1], $"{where} is {widths[0]} px wide in a window of {widths[1]} px");
    }

    /// <summary>Every text that can be seen, with less contrast to its background than WCAG's AA asks for. Elements that are faded on purpose while busy do not exist at rest.</summary>
    public Task<string[]> FindPoorContrastAsync() => Page.EvaluateAsync<string[]>(
        """
        () => {
          const channels = (color) => {
            const all = color.match(/[\d.]+/g).map(Number);
            return { rgb: all.slice(0, 3), alpha: all[3] ?? 1 };
          };
          const luminance = (rgb) => {
            const [r, g, b] = rgb.map((value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const backgroundOf = (element) => {
            for (let at = element; at; at = at.parentElement) {
              const { rgb, alpha } = channels(getComputedStyle(at).backgroundColor);
              if (alpha === 1) return rgb;
            }
            return [255, 255, 255];
          };
          const poor = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (walker.currentNode.textContent.trim() === "" || !element.checkVisibility() || element.closest("noscript")) continue;
            const a = luminance(channels(getComputedStyle(element).color).rgb);
            const b = luminance(backgroundOf(element));
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${walker.currentNode.textContent.slice(0, 40)}`);
          }
          return poor;
        }
        """);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
