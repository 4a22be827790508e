using Jobs.Eval.Browser;
using Microsoft.Playwright;

namespace Jobs.Functions.Tests.Browser;

/// <summary>The headless Chromium of the tests that share this fixture; the evaluation finds its own in the same way.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>How long a page may take to show what is expected of it: on a busy machine a build takes long. Less than a test's limit, so that the failure says what was missing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private HeadlessChromium? _chromium;

    public IBrowser Browser => _chromium!.Browser;

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout((float)Patience.TotalMilliseconds);
        _chromium = await HeadlessChromium.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }
    }
}
