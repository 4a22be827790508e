using Jobs.Eval.Browser;

namespace Jobs.Eval.Checks;

/// <summary>Counters.</summary>
internal static class CountingChecks
{
    private const string Up = @"^\s*(?:\+|add|incre|plus|up|one more|count)";

    public static async Task CountsFrom5Async(WidgetPage page)
    {
        await page.ShowsAsync(@"(?<!\d)5(?!\d)", "it does not start at 5");
        await page.Button(Up).ClickAsync();
        await page.ShowsAsync(@"(?<!\d)6(?!\d)", "it does not count up to 6");
        await page.Button(Up).ClickAsync();
        await page.ShowsAsync(@"(?<!\d)7(?!\d)", "it does not count up to 7");
        await page.Button(@"^\s*(?:-|−|–|decre|minus|down|subtract|less|one less)").ClickAsync();
        await page.ShowsAsync(@"(?<!\d)6(?!\d)", "it does not count down to 6");
    }

    public static async Task CountsInTensAsync(WidgetPage page)
    {
        await page.Button(Up).ClickAsync();
        await page.Button(Up).ClickAsync();
        await page.ShowsAsync(@"(?<!\d)20(?!\d)", "two clicks do not make 20");
        await page.Button("reset|zero|start over|clear").ClickAsync();
        await page.ShowsAsync(@"(?<!\d)0(?!\d)", "it is not set back to 0");
        await page.KeepsFromShowingAsync(@"(?<!\d)20(?!\d)", "20 stays");
    }
}
