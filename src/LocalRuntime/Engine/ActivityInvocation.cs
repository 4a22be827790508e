using System.Text.Json;

namespace Jobs.LocalRuntime.Engine;

/// <summary>One run of an activity. The same (<paramref name="InstanceId"/>, <paramref name="TaskId"/>) can come again after a crash.</summary>
/// <param name="Name">The activity's registered name.</param>
/// <param name="InstanceId">The orchestration instance that called it.</param>
/// <param name="TaskId">The number of the call among the actions of its orchestration. A retry has a number of its own.</param>
/// <param name="InputJson">The input as it was stored; null where the call gave none.</param>
/// <param name="Json">How to read the input.</param>
internal sealed record ActivityInvocation(string Name, string InstanceId, int TaskId, string? InputJson, JsonSerializerOptions Json)
{
    /// <summary>The input, or null where the call gave none.</summary>
    /// <exception cref="JsonException">The input is not of that type.</exception>
    public object? GetInput(Type type) => InputJson is null ? null : JsonSerializer.Deserialize(InputJson, type, Json);
}
