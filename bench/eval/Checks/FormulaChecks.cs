using Jobs.Eval.Browser;
using Jobs.Eval.Judging;

namespace Jobs.Eval.Checks;

/// <summary>Converters and calculators.</summary>
internal static class FormulaChecks
{
    private const string Calculate = "convert|calculate|compute|result|^go$|^=$|equals";

    /// <summary>No background darker than this is called light, and none lighter dark.</summary>
    private const double DarkLuminance = 0.18;

    public static async Task KilometresAsync(WidgetPage page)
    {
        await page.FillAsync("kilomet|km", "10");
        await page.ComesToShowAsync(@"(?<!\d)6[.,]21", Calculate, "10 km are not 6.21 miles");
    }

    public static async Task CelsiusAsync(WidgetPage page)
    {
        await page.FillAsync("celsius|°c", "100");
        await page.ComesToShowAsync(@"(?<!\d)212(?!\d)", Calculate, "100 °C are not 212 °F");
    }

    public static async Task DarkCalculatorAsync(WidgetPage page)
    {
        await PressAsync(page, "^1$", "^2$", "^(?:×|x|\\*|✕|times|multipl)", "^8$", "^(?:=|equals|calculate)");
        await page.ShowsAsync(@"(?<!\d)96(?!\d)", "12 × 8 is not 96");
        var luminance = await page.Widget.EvaluateAsync<double>(Embedded.Read("Browser/background-luminance.js"));
        if (luminance > DarkLuminance)
        {
            throw new CheckFailedException($"its background is not dark: its luminance is {luminance:0.00}");
        }
    }

    public static async Task ClearsAsync(WidgetPage page)
    {
        await PressAsync(page, "^7$", "^(?:\\+|plus|add)", "^8$", "^(?:=|equals|calculate)");
        await page.ShowsAsync(@"(?<!\d)15(?!\d)", "7 + 8 is not 15");
        await PressAsync(page, "^(?:c|ac|ce|clear|all clear)$");
        await page.ExpectAsync(async () => !await page.IsShownAsync(@"(?<!\d)15(?!\d)"), "the clear key leaves 15");
    }

    public static async Task TipAsync(WidgetPage page)
    {
        await page.FillAsync("bill|amount", "100", 0);
        await page.FillAsync("tip|%|percent", "20", 1);
        await page.FillAsync("people|person|split|guests", "4", 2);
        await page.ComesToShowAsync(@"(?<!\d)30(?:[.,]0+)?(?!\d)", Calculate, "each of four does not pay 30 of 100 with a tip of 20 %");
    }

    public static async Task BodyMassAsync(WidgetPage page)
    {
        await page.FillAsync("weight|kg", "80", 0);
        await page.FillAsync("height|cm", "180", 1);
        await page.ComesToShowAsync(@"(?<!\d)24[.,][67]", Calculate, "the BMI of 80 kg and 180 cm is not 24.7");
    }

    public static async Task CurrenciesAsync(WidgetPage page)
    {
        await page.FillAsync("eur|€|amount", "100");
        await page.ComesToShowAsync(@"(?<!\d)108(?!\d)", Calculate, "100 EUR are not 108 USD");
        await page.ShowsAsync(@"(?<!\d)85(?!\d)", "100 EUR are not 85 GBP");
        await page.ShowsAsync(@"(?<!\d)16[,. ']?100(?!\d)", "100 EUR are not 16,100 JPY");
    }

    private static async Task PressAsync(WidgetPage page, params string[] keys)
    {
        foreach (var key in keys)
        {
            await page.Button(key).ClickAsync();
        }
    }
}
