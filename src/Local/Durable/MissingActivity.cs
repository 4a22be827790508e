using DurableTask.Core;

namespace Jobs.Local.Durable;

/// <summary>Stands for an activity that there is none of: its call fails, and is tried again where the orchestrator says so, as in Azure.</summary>
internal sealed class MissingActivity(string name) : TaskActivity
{
    public override Task<string> RunAsync(TaskContext context, string input) =>
        throw new InvalidOperationException($"The function '{name}' doesn't exist, is disabled, or is not an activity function.");

    public override string Run(TaskContext context, string input) => throw new NotSupportedException("Activities are asynchronous.");
}
