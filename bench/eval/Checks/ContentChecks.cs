using Jobs.Eval.Browser;

namespace Jobs.Eval.Checks;

/// <summary>What is only to be read.</summary>
internal static class ContentChecks
{
    public static Task ThreePricesAsync(WidgetPage page) =>
        page.ShowsAsync(@"Starter[\s\S]*?(?<!\d)9(?!\d)[\s\S]*Team[\s\S]*?(?<!\d)29(?!\d)[\s\S]*Business[\s\S]*?(?<!\d)99(?!\d)", "the three plans and their prices are not there");

    public static async Task ThreeBarsAsync(WidgetPage page)
    {
        foreach (var label in new[] { "Q1", "Q2", "Q3" })
        {
            await page.ShowsAsync($@"\b{label}\b", $"{label} is not there");
        }

        await page.ExpectAsync(() => page.Widget.EvaluateAsync<bool>(Embedded.Read("Browser/bars.js"), new[] { 1200, 1850, 990 }), "no three bars have the ratio of 1200, 1850 and 990");
    }

    public static async Task OpeningHoursAsync(WidgetPage page)
    {
        await page.ShowsAsync(@"Monday[\s\S]{0,20}Friday[\s\S]{0,20}8\D{1,12}18", "the hours from Monday to Friday are not there");
        await page.ShowsAsync(@"Saturday[\s\S]{0,20}8\D{1,12}12", "the hours of Saturday are not there");
        await page.ShowsAsync(@"closed[\s\S]{0,20}Sunday|Sunday[\s\S]{0,20}closed", "it does not say that Sunday is closed");
    }
}
