using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Runs the function on a schedule in UTC: a six-field NCRONTAB expression ({second} {minute} {hour} {day} {month} {day of week}),
/// or <c>%Setting%</c>, the name of a setting that holds one.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    public string Schedule { get; } = schedule;
}
