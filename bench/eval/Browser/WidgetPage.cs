using System.Diagnostics;
using System.Text.RegularExpressions;
using Jobs.Eval.Judging;
using Microsoft.Playwright;

namespace Jobs.Eval.Browser;

/// <summary>
/// A published widget, used by a person who knows what they asked for and not how it was built: fields are found by their label, else by their place, and a
/// result is whatever can be read.
/// </summary>
internal sealed class WidgetPage : IAsyncDisposable
{
    /// <summary>How long a page may take to load, and an element to be there and to take a click.</summary>
    private static readonly TimeSpan TimeToOpen = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TimeToClick = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly IBrowserContext _context;
    private readonly Patience _patience;
    private readonly List<string> _errors = [];

    private WidgetPage(IBrowserContext context, IPage page, Patience patience)
    {
        (_context, Page, _patience) = (context, page, patience);
        page.SetDefaultTimeout((float)TimeToClick.TotalMilliseconds);
        page.Console += (_, message) =>
        {
            // The browser asks for a favicon by itself.
            if (message.Type is "error" && !message.Location.Contains("favicon", StringComparison.Ordinal))
            {
                AddError(message.Text);
            }
        };
        page.PageError += (_, error) => AddError(error);
    }

    public IPage Page { get; }

    /// <summary>The element that the widget lives in; locators see into its shadow root.</summary>
    public ILocator Widget => Page.Locator("[data-widget]");

    /// <summary>Opens a widget's page, in light colours, and waits until it shows something.</summary>
    /// <param name="browser">Where.</param>
    /// <param name="address">Its address.</param>
    /// <param name="movesTheClock">Lets <see cref="PassAsync"/> move the page's time.</param>
    /// <param name="patience">How long to wait for what should happen on it.</param>
    /// <exception cref="BrokenException">It stays blank, or has an error.</exception>
    public static async Task<WidgetPage> OpenAsync(IBrowser browser, string address, bool movesTheClock, Patience patience)
    {
        var context = await browser.NewContextAsync(new() { ColorScheme = ColorScheme.Light, ViewportSize = new() { Width = 1000, Height = 800 } });
        var page = new WidgetPage(context, await context.NewPageAsync(), patience);
        try
        {
            if (movesTheClock)
            {
                await page.Page.Clock.InstallAsync();
            }

            await page.Page.GotoAsync(address, new() { Timeout = (float)TimeToOpen.TotalMilliseconds });
            var hasContent = await page.BecomesAsync(() => page.Widget.EvaluateAsync<bool>(Embedded.Read("Browser/has-content.js")), patience.ToShow);
            page.ThrowIfBroken();
            return hasContent ? page : throw new BrokenException("its page is blank");
        }
        catch (Exception error)
        {
            await page.DisposeAsync();
            throw error is PlaywrightException or TimeoutException ? new BrokenException($"its page does not open: {error.Message.Split('\n')[0]}") : error;
        }
    }

    /// <summary>Throws when the page has had an error.</summary>
    /// <exception cref="BrokenException">It has.</exception>
    public void ThrowIfBroken()
    {
        lock (_errors)
        {
            if (_errors.Count > 0)
            {
                throw new BrokenException($"an error on its page: {_errors[0]}");
            }
        }
    }

    /// <summary>What can be read now, with what stands in fields.</summary>
    public Task<string> TextAsync() => Widget.EvaluateAsync<string>(Embedded.Read("Browser/visible-text.js"));

    /// <summary>Fails unless what can be read comes to match the pattern.</summary>
    public async Task ShowsAsync(string pattern, string what)
    {
        if (!await BecomesAsync(() => IsShownAsync(pattern), _patience.ToHappen))
        {
            throw new CheckFailedException($"{what}; it shows \"{Excerpt(await TextAsync())}\"");
        }
    }

    /// <summary>As <see cref="ShowsAsync"/>, but where a result does not come by itself, a button of this name is pressed for it.</summary>
    public async Task ComesToShowAsync(string pattern, string button, string what)
    {
        if (!await BecomesAsync(() => IsShownAsync(pattern), TimeSpan.FromSeconds(1)) && await HasButtonAsync(button))
        {
            await Button(button).ClickAsync();
        }

        await ShowsAsync(pattern, what);
    }

    /// <summary>Fails when what can be read matches the pattern, or comes to within half a second.</summary>
    public async Task KeepsFromShowingAsync(string pattern, string what)
    {
        if (await BecomesAsync(() => IsShownAsync(pattern), TimeSpan.FromMilliseconds(500)))
        {
            throw new CheckFailedException($"{what}; it shows \"{Excerpt(await TextAsync())}\"");
        }
    }

    /// <summary>Fails with the message unless the condition comes to hold.</summary>
    public async Task ExpectAsync(Func<Task<bool>> condition, string what)
    {
        if (!await BecomesAsync(condition, _patience.ToHappen))
        {
            throw new CheckFailedException(what);
        }
    }

    public async Task<bool> IsShownAsync(string pattern) => Regex.IsMatch(await TextAsync(), pattern, RegexOptions.IgnoreCase);

    /// <summary>The first button whose name matches the pattern.</summary>
    public ILocator Button(string name) => Buttons(name).First;

    public async Task<bool> HasButtonAsync(string name) => await Buttons(name).CountAsync() > 0;

    /// <summary>The buttons whose name matches the pattern; links and tabs that act as one count.</summary>
    public ILocator Buttons(string name)
    {
        var pattern = new Regex(name, RegexOptions.IgnoreCase);
        return Widget.GetByRole(AriaRole.Button, new() { NameRegex = pattern }).Or(Widget.GetByRole(AriaRole.Tab, new() { NameRegex = pattern }));
    }

    /// <summary>The field whose label or placeholder matches the pattern, else the one at this place.</summary>
    public async Task<ILocator> FieldAsync(string label, int place)
    {
        var pattern = new Regex(label, RegexOptions.IgnoreCase);
        var all = Widget.Locator("textarea, input:not([type=checkbox]):not([type=radio]):not([type=submit]):not([type=button]):not([type=hidden])");
        foreach (var named in new[] { all.And(Widget.GetByLabel(pattern)), all.And(Widget.GetByPlaceholder(pattern)) })
        {
            if (await named.CountAsync() > 0)
            {
                return named.First;
            }
        }

        return await all.CountAsync() > place ? all.Nth(place) : throw new CheckFailedException($"it has no field for \"{label}\"");
    }

    /// <summary>Writes into the field that <see cref="FieldAsync"/> finds.</summary>
    public async Task FillAsync(string label, string value, int place = 0) => await (await FieldAsync(label, place)).FillAsync(value);

    /// <summary>The switch whose name matches the pattern: a switch, else a box to tick, a choice, or a button.</summary>
    public async Task<ILocator> SwitchAsync(string name)
    {
        var pattern = new Regex(name, RegexOptions.IgnoreCase);
        foreach (var role in new[] { AriaRole.Switch, AriaRole.Checkbox, AriaRole.Radio, AriaRole.Tab, AriaRole.Button })
        {
            if (Widget.GetByRole(role, new() { NameRegex = pattern }) is var named && await named.CountAsync() > 0)
            {
                return named.First;
            }
        }

        foreach (var role in new[] { AriaRole.Switch, AriaRole.Checkbox })
        {
            if (Widget.GetByRole(role) is var any && await any.CountAsync() == 1)
            {
                return any;
            }
        }

        throw new CheckFailedException($"it has no switch for \"{name}\"");
    }

    /// <summary>Lets time pass on the page, with all that its timers do meanwhile.</summary>
    public Task PassAsync(TimeSpan time) => Page.Clock.RunForAsync((long)time.TotalMilliseconds);

    /// <summary>What the widget looks like, with nothing pointed at.</summary>
    public async Task<byte[]> LookAsync()
    {
        await Page.Mouse.MoveAsync(0, 0);
        await Page.WaitForTimeoutAsync(300);
        return await Widget.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
    }

    /// <summary>Whether it looks as it did, with nothing pointed at.</summary>
    public async Task<bool> LooksLikeAsync(byte[] before) => (await LookAsync()).AsSpan().SequenceEqual(before);

    /// <summary>Closes the page without waiting for it.</summary>
    public void Abandon() => _ = _context.CloseAsync();

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private static string Excerpt(string text) => Regex.Replace(text, @"\s+", " ").Trim() is { Length: > 160 } line ? $"{line[..160]}…" : Regex.Replace(text, @"\s+", " ").Trim();

    private async Task<bool> BecomesAsync(Func<Task<bool>> condition, TimeSpan limit)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            if (await condition())
            {
                return true;
            }

            if (clock.Elapsed > limit)
            {
                return false;
            }

            await Task.Delay(LookAgain);
        }
    }

    private void AddError(string error)
    {
        lock (_errors)
        {
            _errors.Add(error);
        }
    }
}
