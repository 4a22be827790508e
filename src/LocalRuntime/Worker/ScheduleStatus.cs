namespace Microsoft.Azure.Functions.Worker;

/// <summary>Where a timer stands; all in UTC.</summary>
public class ScheduleStatus
{
    /// <summary>The occurrence before this one; <see cref="DateTime.MinValue"/> when there was none since the start.</summary>
    public DateTime Last { get; set; }

    /// <summary>The occurrence after this one.</summary>
    public DateTime Next { get; set; }

    /// <summary>When these values were last written.</summary>
    public DateTime LastUpdated { get; set; }
}
