using System.Globalization;
using Jobs.Eval.Browser;

namespace Jobs.Eval.Checks;

/// <summary>What runs with time.</summary>
internal static class ClockChecks
{
    private const string Start = "start|begin|play|▶|go$|work|focus";

    public static async Task NewYearAsync(WidgetPage page)
    {
        var now = DateTime.Now;
        var days = (new DateTime(now.Year + 1, 1, 1) - now).Days;
        var expected = string.Join('|', new[] { days - 1, days, days + 1 }.Select(day => day.ToString(CultureInfo.InvariantCulture)));
        await page.ShowsAsync($@"(?<!\d)(?:{expected})\s*(?:d\b|days?)|days?\s*:?\s*(?:{expected})(?!\d)", $"there are not {days} days to New Year");
        var before = await page.TextAsync();
        await page.ExpectAsync(async () => await page.TextAsync() != before, "it stands still");
    }

    public static async Task FiveMinutesAsync(WidgetPage page)
    {
        await page.Button(Start).ClickAsync();
        await page.PassAsync(TimeSpan.FromSeconds(65));
        await page.ShowsAsync(@"(?<!\d)0?3\D{1,20}5[3-6](?!\d)", "after 65 seconds it does not show 3:55");
        await page.Button("pause|stop").ClickAsync();
        await page.PassAsync(TimeSpan.FromSeconds(30));
        await page.ShowsAsync(@"(?<!\d)0?3\D{1,20}5[3-6](?!\d)", "it goes on while it is paused");
    }

    public static async Task PomodoroAsync(WidgetPage page)
    {
        await page.ShowsAsync(@"(?<!\d)25(?!\d)", "it does not begin with 25 minutes");
        await page.Button(Start).ClickAsync();
        await page.PassAsync(TimeSpan.FromMinutes(25) + TimeSpan.FromSeconds(2));
        await page.ShowsAsync(@"break", "no break follows 25 minutes of work");
        await page.ShowsAsync(@"(?<!\d)0?[45]\D{1,20}(?:00|[0-5]\d)(?!\d)", "the break is not one of 5 minutes");
        await page.ShowsAsync(@"(?:sessions?|pomodoros?|completed|rounds?)\D{0,20}1(?!\d)|(?<!\d)1\D{0,5}(?:sessions?|pomodoros?|completed)", "the session is not counted");
    }

    public static async Task LapsAsync(WidgetPage page)
    {
        await page.Button(Start).ClickAsync();
        await page.PassAsync(TimeSpan.FromSeconds(61));
        await page.Button("lap|split").ClickAsync();
        await page.PassAsync(TimeSpan.FromSeconds(10));
        await page.ShowsAsync(@"0?1:1[12]|(?<!\d)7[12](?!\d)", "it does not show 1:11 after 71 seconds");
        await page.ShowsAsync(@"0?1:0[12]|(?<!\d)6[12](?!\d)", "the lap of 1:01 is not listed");
    }
}
