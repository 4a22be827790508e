using Jobs.Functions.Activities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>Builds a widget: generate, then compile.</summary>
public static class BuildWidget
{
    /// <summary>The orchestration.</summary>
    [Function(nameof(BuildWidget))]
    public static Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        BuildSteps.RunAsync(context, nameof(BuildActivities.GenerateSources), nameof(WidgetActivities.CompileWidget));
}
