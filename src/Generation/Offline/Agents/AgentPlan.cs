using System.Text.Json;
using System.Text.Json.Serialization;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>
/// Everything that a generated agent was built from. It is stored among the agent's files (<see cref="FileName"/>), so that the next prompt can refine it.
/// </summary>
/// <param name="Name">What a prompt named the agent; null for the name that it was created with.</param>
/// <param name="Cron">The schedule that a prompt asked for, as five cron fields; null when it asked for none.</param>
/// <param name="Settings">What only this kind of agent has.</param>
public sealed record AgentPlan(string? Name, string? Cron, AgentSettings Settings)
{
    /// <summary>Where the plan is kept.</summary>
    public const string FileName = "plan.json";

    private const int MaxFileLength = 200_000;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = 16,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>The plan as the content of its file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";

    /// <summary>Reads a plan back; null when the text is not exactly what <see cref="ToJson"/> writes for a plan within its limits.</summary>
    public static AgentPlan? FromJson(string json)
    {
        if (json.Length > MaxFileLength)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<AgentPlan>(json, Options) is { } plan
                && plan.Name is null or { Length: > 0 and <= PromptReader.MaxTitleLength }
                && (plan.Cron is null || ScheduleReader.IsCron(plan.Cron))
                && plan.Settings.IsValid()
                    ? plan
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
