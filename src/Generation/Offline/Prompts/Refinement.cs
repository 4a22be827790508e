namespace Jobs.Generation.Offline.Prompts;

/// <summary>What a prompt about something that is there already may mean.</summary>
public static class Refinement
{
    private static readonly PromptPattern Switch = new(
        @"\b(?:turn|change|convert|make|transform|switch|replace)\s+(?:it|this|that|the widget|this widget)?\s*(?:into|to|with|by)?\s*an?\s|\binstead\b|^(?:please )?(?:build|create|make|give|generate|write|design|i (?:want|need|would like))(?: me| us)?\s+an?\s|^an?\s");

    private static readonly PromptPattern Amendment = new(
        @"^(?:please |now |also |and |then |can you |could you )*(?:add|remove|delete|rename|set|use|include|drop|insert|append|reset|replace [^\n]* with)\b|\b(?:add|include) (?:an?|another)\b");

    /// <summary>True when a refinement speaks of another thing rather than of a change to the one that is there.</summary>
    public static bool AsksForAnother(PromptReader prompt) => prompt.Mentions(Switch) && !prompt.Mentions(Amendment);
}
