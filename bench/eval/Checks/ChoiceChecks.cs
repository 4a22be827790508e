using System.Text.RegularExpressions;
using Jobs.Eval.Browser;
using Jobs.Eval.Judging;
using Microsoft.Playwright;

namespace Jobs.Eval.Checks;

/// <summary>Things that one chooses or switches.</summary>
internal static class ChoiceChecks
{
    private const string Onward = "next|continue|submit|check|result|finish|answer$";

    private const string Again = "again|restart|retry|new quiz|start over";

    public static async Task CountsAVoteAsync(WidgetPage page)
    {
        await page.KeepsFromShowingAsync(@"Tuesday\D{0,20}(?:\(1\)|1 vote|100)", "Tuesday has a vote before anybody voted");
        await (await page.SwitchAsync("tuesday")).ClickAsync();
        if (await page.HasButtonAsync("vote|submit|send"))
        {
            await page.Button("vote|submit|send").ClickAsync();
        }

        await page.ShowsAsync(@"Tuesday[^A-Za-z]*?(?:100\s?%|(?<!\d)1(?!\d))", "a vote for Tuesday is not counted");
        await page.KeepsFromShowingAsync(@"(?:Monday|Friday)[^A-Za-z]*?(?<!\d)1(?!\d)", "the vote is counted for another day");
    }

    public static async Task QuizHasAScoreAsync(WidgetPage page)
    {
        if (await page.HasButtonAsync("^start|begin"))
        {
            await page.Button("^start|begin").ClickAsync();
        }

        // The first answer to every question; no quiz of this case has more.
        for (var question = 0; question < 15 && !await page.HasButtonAsync(Again); question++)
        {
            if (page.Widget.GetByRole(AriaRole.Radio) is var radios && await radios.CountAsync() > 0)
            {
                await radios.First.CheckAsync();
            }
            else if (page.Widget.Locator("button:enabled").Filter(new() { HasNotTextRegex = new($"^\\s*(?:{Onward})", RegexOptions.IgnoreCase) }) is var answers
                && await answers.CountAsync() > 0)
            {
                await answers.First.ClickAsync();
            }

            if (await page.HasButtonAsync(Onward))
            {
                await page.Button(Onward).ClickAsync();
            }
        }

        await page.ShowsAsync(@"(?:score|scored|result|points|right|correct)[\s\S]{0,40}?\d|\d+\s*(?:of|/|out of)\s*\d+[\s\S]{0,20}(?:right|correct|points)", "there is no score at the end");
        await page.ExpectAsync(() => page.HasButtonAsync(Again), "the quiz does not come to an end");
    }

    public static async Task YearlyPricesAsync(WidgetPage page)
    {
        await page.ShowsAsync(@"(?<!\d)10(?!\d)[\s\S]*(?<!\d)30(?!\d)", "the monthly prices 10 and 30 are not there");
        await (await page.SwitchAsync("year|annual")).ClickAsync();
        await page.ShowsAsync(@"(?<!\d)100(?!\d)[\s\S]*(?<!\d)300(?!\d)", "the yearly prices are not 100 and 300");
        await (await page.SwitchAsync("month|year|annual")).ClickAsync();
        await page.ShowsAsync(@"(?<!\d)10(?!\d)[\s\S]*(?<!\d)30(?!\d)", "the monthly prices do not come back");
    }

    public static async Task LightAsync(WidgetPage page)
    {
        var light = await page.SwitchAsync("light|lamp|bulb|switch|on|off|turn");
        var before = await page.LookAsync();
        await light.ClickAsync();
        var switched = await page.LookAsync();
        var isSame = switched.AsSpan().SequenceEqual(before);
        await light.ClickAsync();
        if (isSame || await page.LooksLikeAsync(switched))
        {
            throw new CheckFailedException("it looks the same when it is on and when it is off");
        }
    }

    public static async Task AnswersUnfoldAsync(WidgetPage page)
    {
        const string Answer = "Three working days";
        await page.ShowsAsync("How long does delivery take", "the question is not there");
        await page.KeepsFromShowingAsync(Answer, "the answer is there before anybody asked");
        await page.Widget.GetByText("How long does delivery take").First.ClickAsync();
        await page.ShowsAsync(Answer, "a click on the question does not show its answer");
    }
}
