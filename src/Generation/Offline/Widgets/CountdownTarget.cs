using System.Text.Json.Serialization;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>What a countdown runs to. Dates without a zone are the visitor's own.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Instant), "instant")]
[JsonDerivedType(typeof(Local), "local")]
[JsonDerivedType(typeof(Yearly), "yearly")]
[JsonDerivedType(typeof(Weekly), "weekly")]
[JsonDerivedType(typeof(Timer), "timer")]
[JsonDerivedType(typeof(Chosen), "chosen")]
public abstract record CountdownTarget
{
    private CountdownTarget()
    {
    }

    /// <summary>False when a number is out of its range.</summary>
    public virtual bool IsValid() => true;

    private static bool IsTime(int hour, int minute) => hour is >= 0 and < 24 && minute is >= 0 and < 60;

    /// <summary>One moment, the same everywhere: "in 3 days".</summary>
    /// <param name="At">The moment, in UTC.</param>
    public sealed record Instant(DateTimeOffset At) : CountdownTarget;

    /// <summary>A date and time where the visitor is: "24 June 2027".</summary>
    public sealed record Local(int Year, int Month, int Day, int Hour, int Minute) : CountdownTarget
    {
        /// <inheritdoc/>
        public override bool IsValid() =>
            Year is >= 1900 and <= 9999 && Month is >= 1 and <= 12 && Day >= 1 && Day <= DateTime.DaysInMonth(Year, Month) && IsTime(Hour, Minute);
    }

    /// <summary>The next such day of a year: "new year".</summary>
    public sealed record Yearly(int Month, int Day, int Hour, int Minute) : CountdownTarget
    {
        /// <inheritdoc/>
        public override bool IsValid() => Month is >= 1 and <= 12 && Day >= 1 && Day <= DateTime.DaysInMonth(2024, Month) && IsTime(Hour, Minute);
    }

    /// <summary>The next such day of a week, 0 being Sunday; with null the next such time of any day.</summary>
    public sealed record Weekly(int? Weekday, int Hour, int Minute) : CountdownTarget
    {
        /// <inheritdoc/>
        public override bool IsValid() => Weekday is null or (>= 0 and <= 6) && IsTime(Hour, Minute);
    }

    /// <summary>A timer that the visitor starts.</summary>
    /// <param name="Seconds">How long it runs, 1 s to 100 days.</param>
    public sealed record Timer(int Seconds) : CountdownTarget
    {
        /// <summary>The longest timer.</summary>
        public const int MaxSeconds = 100 * 24 * 60 * 60;

        /// <inheritdoc/>
        public override bool IsValid() => Seconds is >= 1 and <= MaxSeconds;
    }

    /// <summary>A date that the visitor enters, because the prompt has none.</summary>
    public sealed record Chosen : CountdownTarget;
}
