using System.Text.RegularExpressions;
using Jobs.Eval.Browser;
using Jobs.Eval.Judging;
using Microsoft.Playwright;

namespace Jobs.Eval.Checks;

/// <summary>Small tools.</summary>
internal static class ToolChecks
{
    public static async Task RendersMarkdownAsync(WidgetPage page)
    {
        await page.FillAsync("markdown|text|editor", "# Good morning\n\nIt is **sunny** today.");
        await page.ExpectAsync(async () => await page.Widget.GetByRole(AriaRole.Heading, new() { Name = "Good morning" }).CountAsync() > 0, "\"# Good morning\" does not become a heading");
        await page.ExpectAsync(async () => await page.Widget.Locator("strong, b").Filter(new() { HasText = "sunny" }).CountAsync() > 0, "\"**sunny**\" does not become bold");
    }

    public static async Task FindsThreeMatchesAsync(WidgetPage page)
    {
        await page.FillAsync("pattern|regex|expression", "c[aou]t", 0);
        await page.FillAsync("text|string|sample|subject", "a cat, a cot and a cut", 1);
        await page.ExpectAsync(
            async () => await page.Widget.Locator("mark, [class*=match], [class*=highlight]").Filter(new() { HasTextRegex = new("^c[aou]t$") }).CountAsync() == 3 || await page.IsShownAsync(@"\b3 matches|matches:? 3\b"),
            "the three matches of c[aou]t are not shown");
    }

    public static async Task MakesPasswordsAsync(WidgetPage page)
    {
        await page.FillAsync("length|characters", "20");
        var first = await GenerateAsync(page);
        if (await GenerateAsync(page) == first)
        {
            throw new CheckFailedException("it makes the same password twice");
        }
    }

    private static async Task<string> GenerateAsync(WidgetPage page)
    {
        await page.Button("generate|new|create|refresh|make").ClickAsync();
        await page.ShowsAsync(@"(?:^|\s)\S{20}(?:\s|$)", "there is no password of 20 characters");
        return Regex.Match(await page.TextAsync(), @"(?:^|\s)(\S{20})(?:\s|$)").Groups[1].Value;
    }
}
