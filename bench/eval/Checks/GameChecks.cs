using System.Text.RegularExpressions;
using Jobs.Eval.Browser;
using Jobs.Eval.Judging;

namespace Jobs.Eval.Checks;

/// <summary>Games.</summary>
internal static class GameChecks
{
    public static async Task SnakeMovesAsync(WidgetPage page)
    {
        // A board is one picture, or many equal fields.
        if (await page.Widget.Locator("canvas, svg").CountAsync() == 0 && await page.Widget.Locator("div, td, span, i").CountAsync() < 50)
        {
            throw new CheckFailedException("there is no board");
        }

        if (await page.HasButtonAsync("start|play|new game"))
        {
            await page.Button("start|play|new game").ClickAsync();
        }

        await page.Page.Keyboard.PressAsync("ArrowRight");
        var before = await page.LookAsync();
        await page.ExpectAsync(async () => !await page.LooksLikeAsync(before), "nothing moves");
        await page.Page.Keyboard.PressAsync("ArrowDown");
        var turned = await page.LookAsync();
        await page.ExpectAsync(async () => !await page.LooksLikeAsync(turned), "nothing moves after a turn");
    }

    public static async Task CardsFlipAsync(WidgetPage page)
    {
        var cards = page.Widget.Locator("button, [role=button]").Filter(new() { HasNotTextRegex = new("restart|reset|new game|start|again", RegexOptions.IgnoreCase) });
        await page.ExpectAsync(async () => await cards.CountAsync() == 16, "there are not 16 cards");
        var hidden = await page.LookAsync();
        await cards.First.ClickAsync();
        await page.ExpectAsync(async () => !await page.LooksLikeAsync(hidden), "a card does not flip");
    }
}
