using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jobs.Eval.Cases;

/// <summary>The cases of the evaluation, read from <c>widgets.json</c> and <c>agents.json</c>.</summary>
internal static class EvalCases
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = false,
    };

    /// <summary>All of them, the widgets first.</summary>
    public static IReadOnlyList<EvalCase> All { get; } = [.. Read<WidgetCase>("widgets"), .. Read<AgentCase>("agents")];

    private static List<T> Read<T>(string file) => JsonSerializer.Deserialize<List<T>>(Embedded.Read($"Cases/{file}.json"), Options)!;
}
