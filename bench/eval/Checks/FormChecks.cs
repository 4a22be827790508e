using Jobs.Eval.Browser;
using Jobs.Eval.Judging;

namespace Jobs.Eval.Checks;

/// <summary>Forms that somebody fills in.</summary>
internal static class FormChecks
{
    private const string Confirmation = "thank|success|\\bsent\\b|are complete|received|subscribed|signed up|you're in";

    public static async Task RefusesAnEmptyAddressAsync(WidgetPage page)
    {
        await page.FillAsync("name", "Ann", 0);
        await page.FillAsync("message|question|comment", "Do you bake on Sundays?", 2);
        await SendAsync(page, "send|submit|contact");
        await page.KeepsFromShowingAsync(Confirmation, "it takes an empty e-mail address");
        await page.FillAsync("mail", "ann", 1);
        await SendAsync(page, "send|submit|contact");
        await page.KeepsFromShowingAsync(Confirmation, "it takes \"ann\" for an e-mail address");
        await page.FillAsync("mail", "ann@example.com", 1);
        await SendAsync(page, "send|submit|contact");
        await page.ShowsAsync(Confirmation, "it does not take a proper e-mail address");
    }

    public static async Task RefusesAWrongAddressAsync(WidgetPage page)
    {
        const string Button = "count me in";
        if (!await page.HasButtonAsync(Button))
        {
            throw new CheckFailedException("its button does not say \"Count me in\"");
        }

        await page.FillAsync("mail", "not an address");
        await SendAsync(page, Button);
        await page.KeepsFromShowingAsync(Confirmation, "it takes \"not an address\" for an e-mail address");
        await page.FillAsync("mail", "ann@example.com");
        await SendAsync(page, Button);
        await page.ShowsAsync(Confirmation, "it does not take a proper e-mail address");
    }

    /// <summary>A form may also keep its button off until it is filled in.</summary>
    private static async Task SendAsync(WidgetPage page, string button)
    {
        if (await page.Button(button).IsEnabledAsync())
        {
            await page.Button(button).ClickAsync();
        }
    }
}
