using System.Text.RegularExpressions;
using Jobs.Eval.Browser;
using Microsoft.Playwright;

namespace Jobs.Eval.Checks;

/// <summary>Lists that a person keeps.</summary>
internal static class ListChecks
{
    public static async Task AddsAndTicksOffAsync(WidgetPage page)
    {
        await AddAsync(page, "Water the plants");
        await AddAsync(page, "Call mum");
        var box = Row(page, "Call mum").GetByRole(AriaRole.Checkbox).Or(Row(page, "Call mum").GetByRole(AriaRole.Button, new() { NameRegex = new("done|complete|tick|check") })).First;
        await box.ClickAsync();
        await page.ExpectAsync(
            async () => await page.Widget.GetByText("Call mum").First.EvaluateAsync<bool>(Embedded.Read("Browser/is-struck.js")) || await IsCheckedAsync(box),
            "a task is not ticked off");
        await page.ExpectAsync(
            async () => !await page.Widget.GetByText("Water the plants").First.EvaluateAsync<bool>(Embedded.Read("Browser/is-struck.js")),
            "ticking off one task ticks off another");
    }

    public static async Task HoldsAddsAndRemovesAsync(WidgetPage page)
    {
        foreach (var item in new[] { "milk", "eggs", "bread" })
        {
            await page.ShowsAsync($@"\b{item}\b", $"{item} is not on the list");
        }

        await AddAsync(page, "Cheese");
        await Row(page, "eggs", "button, [role=button]").GetByRole(AriaRole.Button).Last.ClickAsync();
        await page.ExpectAsync(async () => !await page.IsShownAsync(@"\beggs\b"), "eggs cannot be removed");
        await page.ShowsAsync(@"\bmilk\b[\s\S]*\bcheese\b|\bcheese\b[\s\S]*\bmilk\b", "more than the eggs is gone");
    }

    private static async Task AddAsync(WidgetPage page, string item)
    {
        var field = await page.FieldAsync("task|item|to-?do|add|new|what", 0);
        await field.FillAsync(item);
        await field.PressAsync("Enter");
        await page.ComesToShowAsync($@"\b{item}\b", @"^\s*(?:add|\+)", $"\"{item}\" is not added");
        await page.ExpectAsync(async () => await field.InputValueAsync() == "" && await Row(page, item).CountAsync() > 0, $"\"{item}\" is not on the list");
    }

    /// <summary>The innermost thing that holds the item and one of these.</summary>
    private static ILocator Row(WidgetPage page, string item, string controls = "input, button, [role=checkbox], [role=button]") => page.Widget
        .Locator("li, tr, [role=listitem], label, div")
        .Filter(new() { HasTextRegex = new($@"\b{item}\b", RegexOptions.IgnoreCase) })
        .Filter(new() { Has = page.Page.Locator(controls) })
        .Last;

    private static async Task<bool> IsCheckedAsync(ILocator box) =>
        await box.CountAsync() > 0 && (await box.GetAttributeAsync("type") == "checkbox" ? await box.IsCheckedAsync() : (await box.GetAttributeAsync("aria-checked") ?? await box.GetAttributeAsync("aria-pressed")) == "true");
}
