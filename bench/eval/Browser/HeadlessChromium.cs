using Microsoft.Playwright;

namespace Jobs.Eval.Browser;

/// <summary>A headless Chromium: the one in CHROMIUM_PATH, or a usual one of the machine, or Playwright's own.</summary>
internal sealed class HeadlessChromium : IAsyncDisposable
{
    private readonly IPlaywright _playwright;

    private HeadlessChromium(IPlaywright playwright, IBrowser browser) => (_playwright, Browser) = (playwright, browser);

    public IBrowser Browser { get; }

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says how to get one.</exception>
    public static async Task<HeadlessChromium> StartAsync()
    {
        var path = Environment.GetEnvironmentVariable("CHROMIUM_PATH") is { Length: > 0 } set
            ? set
            : new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        var playwright = await Playwright.CreateAsync();
        try
        {
            return new(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = path,
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync",
                ],
            }));
        }
        catch (PlaywrightException error)
        {
            playwright.Dispose();
            throw new InvalidOperationException(
                path is null ? "There is no Chromium: run ./test, which installs one, or set CHROMIUM_PATH." : $"Chromium does not start from {path}: {error.Message}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }
}
