namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a timer function is told.</summary>
public class TimerInfo
{
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>True when a later occurrence was due, too, before this one could run.</summary>
    public bool IsPastDue { get; set; }
}
