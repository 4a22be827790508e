using System.Globalization;
using Jobs.Domain.Agents;
using Jobs.Functions.Schedules;

namespace Jobs.Functions.Tests.Schedules;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("0 9 * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T09:00:00Z", "2026-01-02T09:00:00Z")]
    [InlineData("0 9 * * MON-FRI", "UTC", "2026-01-02T09:00:00Z", "2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z")]
    [InlineData("*/20 * * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z", "2026-01-01T01:00:00Z")]
    [InlineData("30 0 9 * * *", "UTC", "2026-01-01T09:00:00Z", "2026-01-01T09:00:30Z", "2026-01-02T09:00:30Z")]
    [InlineData("59 * * * * *", "UTC", "2026-01-01T00:00:59Z", "2026-01-01T00:01:59Z", "2026-01-01T00:02:59Z")]
    [InlineData("* * * * *", "UTC", "2026-01-01T00:00:00.001Z", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z")]
    [InlineData("0 0 L * *", "UTC", "2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z")]
    [InlineData("  0   9 * * 7 ", "UTC", "2026-01-01T00:00:00Z", "2026-01-04T09:00:00Z")]
    [InlineData("0 0 13 * FRI", "UTC", "2026-01-01T00:00:00Z", "2026-02-13T00:00:00Z", "2026-03-13T00:00:00Z")] // both days hold
    [InlineData("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z")] // 2100 is no leap year
    [InlineData("0 0 29 2 MON", "UTC", "2026-01-01T00:00:00Z", "2044-02-29T00:00:00Z")]
    public void Times_come_one_after_the_other(string cron, string zone, string after, params string[] expected) => AssertTimes(cron, zone, after, expected);

    // 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T00:00:00Z", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")] // comes at the end of the gap
    [InlineData("0 3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z")]
    [InlineData("0 * * * *", "2026-03-28T23:30:00Z", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")]
    [InlineData("*/30 * * * *", "2026-03-29T00:15:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("30 15 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:15:30Z")]
    [InlineData("30 * * * * *", "2026-03-29T00:59:00Z", "2026-03-29T00:59:30Z", "2026-03-29T01:00:30Z", "2026-03-29T01:01:30Z")]
    [InlineData("30 59 1-3 * * *", "2026-03-29T00:00:00Z", "2026-03-29T00:59:30Z", "2026-03-29T01:59:30Z", "2026-03-29T23:59:30Z")]
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")] // comes once
    [InlineData("*/30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:00:00Z")] // goes on
    [InlineData("0 * * * *", "2026-10-24T23:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z")]
    [InlineData("0 9 * * *", "2026-10-24T12:00:00Z", "2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z")]
    public void Clock_changes_in_Zurich(string cron, string after, params string[] expected) => AssertTimes(cron, "Europe/Zurich", after, expected);

    // 2026-03-08 02:00 becomes 03:00, 2026-11-01 02:00 becomes 01:00.
    [Theory]
    [InlineData("15 2 * * *", "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:15:00Z")]
    [InlineData("30 1 * * *", "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z")]
    [InlineData("30 * * * *", "2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z")]
    public void Clock_changes_in_New_York(string cron, string after, params string[] expected) => AssertTimes(cron, "America/New_York", after, expected);

    // By half an hour: 2026-04-05 02:00 (+11) becomes 01:30 (+10:30), 2026-10-04 02:00 (+10:30) becomes 02:30 (+11).
    [Theory]
    [InlineData("45 1 * * *", "2026-04-04T00:00:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z")]
    [InlineData("*/15 * * * *", "2026-04-04T14:40:00Z", "2026-04-04T14:45:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:15:00Z", "2026-04-04T15:30:00Z")]
    [InlineData("15 2 * * *", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z")]
    [InlineData("0 * * * *", "2026-10-03T14:45:00Z", "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z")] // 02:00 comes at 02:30
    public void Clock_changes_on_Lord_Howe(string cron, string after, params string[] expected) => AssertTimes(cron, "Australia/Lord_Howe", after, expected);

    [Theory]
    [InlineData("Europe/Zurich")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("UTC")]
    public void No_schedule_is_faster_than_once_a_minute_on_any_day_of_a_year(string zone)
    {
        foreach (var cron in new[] { "* * * * *", "30 * * * * *", "30 59 1 * * *", "59 59 1,2,3 * * *", "0 0,30,59 0-4 * * *" })
        {
            var schedule = Read(cron, zone);
            var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            for (var end = time.AddYears(1); time < end;)
            {
                var next = schedule.NextAfter(time)!.Value;
                Assert.True(next > time, $"{cron}: {next} is not after {time}");
                var afterThat = schedule.NextAfter(next)!.Value;
                Assert.True(afterThat - next >= TimeSpan.FromMinutes(1), $"{cron}: {next}, then {afterThat}");
                // Every minute of the days on which clocks change, and steps of an hour otherwise.
                time = IsNearChange(zone, next) ? next : next + TimeSpan.FromHours(1);
            }
        }

        static bool IsNearChange(string zone, DateTimeOffset time)
        {
            var info = TimeZoneInfo.FindSystemTimeZoneById(zone);
            return info.GetUtcOffset(time.AddHours(-4)) != info.GetUtcOffset(time.AddHours(4));
        }
    }

    [Theory]
    [InlineData("", "five fields")]
    [InlineData("* * * *", "five fields")]
    [InlineData("* * * * * * *", "five fields")]
    [InlineData("@daily", "may contain only")]
    [InlineData("@every_second", "may contain only")]
    [InlineData("* * * * * *", "at most once a minute")]
    [InlineData("*/30 * * * * *", "at most once a minute")]
    [InlineData("0,30 * * * * *", "at most once a minute")]
    [InlineData("0-1 * * * * *", "at most once a minute")]
    [InlineData("? * * * * *", "at most once a minute")]
    [InlineData("60 * * * * *", "0 to 59")]
    [InlineData("-1 * * * * *", "0 to 59")]
    [InlineData("60 * * * *", "Minutes")]
    [InlineData("0 24 * * *", "Hours")]
    [InlineData("0 0 32 * *", "Days of month")]
    [InlineData("0 0 * 13 *", "Months")]
    [InlineData("0 0 * * 8", "Days of week")]
    [InlineData("*/0 * * * *", "Minutes")]
    [InlineData("H * * * *", "H")]
    [InlineData("x * * * *", "not a cron expression")]
    [InlineData("0 0 * *\n*", "may contain only")]
    [InlineData("0 0 30 2 *", "never comes")]
    [InlineData("0 0 31 4,6,9,11 *", "never comes")]
    [InlineData("0 0 31 FEB MON", "never comes")]
    public void Expression_that_is_none_is_refused_with_the_reason(string cron, string why)
    {
        Assert.False(CronSchedule.TryRead(cron, "UTC", out var schedule, out var error));
        Assert.Null(schedule);
        Assert.Equal("cron", error.Field);
        Assert.Contains(why, error.Message);
        Assert.Contains("cron", Assert.Throws<FormatException>(() => CronSchedule.Read(new AgentSchedule(cron, "UTC"))).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mars/Olympus")]
    [InlineData("europe/zurich")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("+02:00")]
    [InlineData("posix/Europe/Zurich")]
    [InlineData("right/Europe/Zurich")]
    [InlineData("localtime")]
    [InlineData("/etc/localtime")]
    [InlineData("../../etc/passwd")]
    [InlineData("Europe/../../../etc/passwd")]
    [InlineData("Europe/Zurich\0")]
    [InlineData("Europe")]
    public void Time_zone_that_is_none_is_refused(string zone)
    {
        Assert.False(CronSchedule.TryRead("0 9 * * *", zone, out _, out var error));
        Assert.Equal("timeZone", error.Field);
    }

    [Fact]
    public void Expression_and_time_zone_may_be_as_long_as_their_limits_say_and_not_longer()
    {
        var longest = $"{string.Join(',', Enumerable.Range(10, 30))} * * * *";
        longest = longest.Replace(" * * * *", new string(' ', CronSchedule.MaxCronLength - longest.Length) + " * * * *", StringComparison.Ordinal);

        Assert.Equal(CronSchedule.MaxCronLength, longest.Length);
        Assert.True(CronSchedule.TryRead(longest, "UTC", out _, out _));
        Assert.False(CronSchedule.TryRead(longest + " ", "UTC", out _, out var error));
        Assert.Contains("100 characters", error.Message);
        Assert.False(CronSchedule.TryRead("0 9 * * *", new string('A', CronSchedule.MaxTimeZoneLength + 1), out _, out error));
        Assert.Equal("timeZone", error.Field);
    }

    [Fact]
    public void Next_time_has_the_offset_of_the_time_zone() =>
        Assert.Equal(TimeSpan.FromHours(2), Read("0 9 * * *", "Europe/Zurich").NextAfter(At("2026-07-01T00:00:00Z"))!.Value.Offset);

    private static void AssertTimes(string cron, string zone, string after, string[] expected)
    {
        var schedule = Read(cron, zone);
        var time = At(after);
        foreach (var next in expected)
        {
            time = schedule.NextAfter(time)!.Value;
            Assert.Equal(At(next), time.ToUniversalTime());
        }
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);

    private static CronSchedule Read(string cron, string zone) => CronSchedule.Read(new AgentSchedule(cron, zone));
}
