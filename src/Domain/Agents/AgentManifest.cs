using System.Text.Json;

namespace Jobs.Domain.Agents;

/// <summary>What an agent says of itself: its file <c>agent.json</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One or two sentences.</param>
/// <param name="Input">The JSON Schema of its input.</param>
/// <param name="Output">The JSON Schema of its output.</param>
/// <param name="Secrets">The names of the secrets that it needs; a run gets these and no others.</param>
public sealed record AgentManifest(string Name, string Description, JsonElement Input, JsonElement Output, IReadOnlyList<string> Secrets);
