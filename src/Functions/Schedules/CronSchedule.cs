using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Cronos;
using Jobs.Domain.Agents;

namespace Jobs.Functions.Schedules;

/// <summary>
/// The times at which an agent runs by itself. Five fields: minute, hour, day of month, month, day of week; or six with the second in front, as one number, so that no schedule is
/// faster than once a minute. Where both days are given, both must hold. When clocks go forward, a time that is skipped comes at the end of the gap, unless another one is less than
/// a minute away; when they go back, a fixed time comes once and an interval goes on through both hours.
/// </summary>
public sealed class CronSchedule
{
    /// <summary>The most characters of an expression.</summary>
    public const int MaxCronLength = 100;

    /// <summary>The most characters of a time zone's name.</summary>
    public const int MaxTimeZoneLength = 64;

    // Not today, so that whether a schedule is accepted does not depend on the day; from here the search goes through centuries.
    private static readonly DateTimeOffset FirstDay = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly CronExpression _cron;
    private readonly TimeZoneInfo _zone;
    private readonly int _second;

    private CronSchedule(CronExpression cron, TimeZoneInfo zone, int second) => (_cron, _zone, _second) = (cron, zone, second);

    /// <summary>Reads a schedule; throws <see cref="FormatException"/> for one that <see cref="TryRead"/> would not have accepted.</summary>
    public static CronSchedule Read(AgentSchedule schedule) =>
        TryRead(schedule.Cron, schedule.TimeZone, out var result, out var error) ? result : throw new FormatException($"{error.Field}: {error.Message}");

    /// <summary>Reads a schedule; <paramref name="error"/> says which of the two is wrong, and how.</summary>
    /// <param name="cron">The expression.</param>
    /// <param name="timeZone">An IANA time zone, such as <c>Europe/Zurich</c> or <c>UTC</c>.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="error">The field <c>cron</c> or <c>timeZone</c>, and what is wrong with it.</param>
    public static bool TryRead(
        string cron,
        string timeZone,
        [NotNullWhen(true)] out CronSchedule? schedule,
        [NotNullWhen(false)] out ScheduleError? error)
    {
        schedule = null;
        var (expression, second, cronError) = ReadCron(cron);
        if (expression is null)
        {
            error = new ScheduleError("cron", cronError!);
            return false;
        }

        if (FindZone(timeZone) is not { } zone)
        {
            error = new ScheduleError("timeZone", "must be an IANA time zone, such as Europe/Zurich or UTC");
            return false;
        }

        if (expression.GetNextOccurrence(FirstDay, zone) is null)
        {
            error = new ScheduleError("cron", "names a time that never comes");
            return false;
        }

        schedule = new CronSchedule(expression, zone, second);
        error = null;
        return true;
    }

    /// <summary>The first time after <paramref name="time"/>, and not at it, in the offset of the time zone; null only after the calendar's end.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset time)
    {
        var next = _cron.GetNextOccurrence(time, _zone);
        while (next is { } at && at.Second != _second && IsTooClose(at))
        {
            next = _cron.GetNextOccurrence(at, _zone);
        }

        return next;
    }

    /// <summary>Whether a time that was moved to the end of a gap is less than a minute from another one.</summary>
    private bool IsTooClose(DateTimeOffset at) => _cron.GetNextOccurrence(at - Minute, _zone) < at || _cron.GetNextOccurrence(at, _zone) < at + Minute;

    private static (CronExpression? Expression, int Second, string? Error) ReadCron(string cron)
    {
        if (cron.Length > MaxCronLength)
        {
            return (null, 0, $"must have at most {MaxCronLength} characters");
        }

        if (!cron.All(c => char.IsAsciiLetterOrDigit(c) || "*/,-#? ".Contains(c)))
        {
            return (null, 0, "may contain only letters, digits, '*', '/', ',', '-', '#', '?' and spaces");
        }

        var fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
        {
            return (null, 0, "must have five fields (minute, hour, day of month, month, day of week), or six with the second in front");
        }

        var second = 0;
        if (fields.Length == 6 && !(int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out second) && second < 60))
        {
            return (null, 0, "must have a number from 0 to 59 as its second: an agent runs at most once a minute");
        }

        try
        {
            return (CronExpression.Parse(string.Join(' ', fields), fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard), second, null);
        }
        catch (CronFormatException error)
        {
            return (null, 0, $"is not a cron expression. {error.Message}");
        }
        catch (MissingSeedException)
        {
            return (null, 0, "must not use H: it names no time");
        }
    }

    private static TimeZoneInfo? FindZone(string name)
    {
        // The machine's own files are no time zones that a caller could mean: "posix/…", "right/…" (with leap seconds), "localtime".
        if (name.Length is 0 or > MaxTimeZoneLength
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
            || !char.IsAsciiLetterUpper(name[0]))
        {
            return null;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
    }
}

/// <summary>What is wrong with a schedule.</summary>
/// <param name="Field"><c>cron</c> or <c>timeZone</c>.</param>
/// <param name="Message">What the field must be; it goes on after the field's name.</param>
public sealed record ScheduleError(string Field, string Message);
