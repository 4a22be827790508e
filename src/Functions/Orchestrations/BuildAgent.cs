using Jobs.Functions.Activities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>Builds an agent: generate, then check and make a program of it.</summary>
public static class BuildAgent
{
    /// <summary>The orchestration.</summary>
    [Function(nameof(BuildAgent))]
    public static Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        BuildSteps.RunAsync(context, nameof(BuildActivities.GenerateSources), nameof(AgentActivities.CompileAgent));
}
