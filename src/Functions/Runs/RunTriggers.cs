using Jobs.Domain.Runs;

namespace Jobs.Functions.Runs;

/// <summary>The words for what starts a run: what the API shows and what the code is told.</summary>
public static class RunTriggers
{
    /// <summary>The word.</summary>
    public static string WordOf(RunTrigger trigger) => trigger switch
    {
        RunTrigger.Manual => "manual",
        RunTrigger.Schedule => "schedule",
        RunTrigger.Webhook => "webhook",
    };
}
