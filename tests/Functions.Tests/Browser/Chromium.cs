using Jobs.Eval.Browser;
using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>The headless Chromium of the tests that share this fixture; the evaluation finds its own in the same way.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private HeadlessChromium? _chromium;

    public IBrowser Browser => _chromium!.Browser;

    public async Task InitializeAsync() => _chromium = await HeadlessChromium.StartAsync();

    public async Task DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }
    }
}
