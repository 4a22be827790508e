using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>
/// An activity with the token that the shim has none of. One that gives up because the worker stops has not run, as far
/// as the history knows, and runs again.
/// </summary>
internal sealed class InterruptibleActivity(DurableActivity activity, CancellationToken stopping, ILogger log) : ITaskActivity
{
    public Type InputType => activity.InputType;

    public Type OutputType => typeof(object);

    public async Task<object?> RunAsync(TaskActivityContext context, object? input)
    {
        try
        {
            return await activity.Run(context, input, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            log.LogInformation("The activity {Activity} of {Instance} was interrupted; it runs again after the restart.", activity.Name, context.InstanceId);
            throw new SessionAbortedException("The worker is stopping.");
        }
    }
}
