using DurableTask.Core;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>
/// One run of an activity, through the shim, with the token that the shim has none of. An activity that gives up because
/// the worker stops has not run, as far as the history knows, and runs again.
/// </summary>
internal sealed class ActivityInvocation(
    DurableActivity activity, DurableTaskShimFactory shims, CancellationToken stopping, ILogger log) : TaskActivity, ITaskActivity
{
    private bool _interrupted;

    public Type InputType => activity.InputType;

    public Type OutputType => typeof(object);

    /// <summary>Called by DurableTask.</summary>
    public override async Task<string?> RunAsync(TaskContext context, string input)
    {
        var output = await shims.CreateActivity(activity.Name, this).RunAsync(context, input);
        if (!_interrupted)
            return output;
        log.LogInformation(
            "The activity {Activity} of {Instance} was interrupted; it runs again after the restart.", activity.Name, context.OrchestrationInstance.InstanceId);
        throw new SessionAbortedException("The worker is stopping.");
    }

    /// <summary>Called by the shim.</summary>
    public async Task<object?> RunAsync(TaskActivityContext context, object? input)
    {
        try
        {
            return await activity.Run(context, input, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Not thrown through the shim, which would log an activity that failed.
            _interrupted = true;
            return null;
        }
    }

    public override string Run(TaskContext context, string input) => throw new NotSupportedException("Activities are asynchronous.");
}
