namespace Jobs.Domain.Agents;

/// <summary>What a run needs of a built agent.</summary>
/// <param name="Manifest">What the agent says of itself.</param>
/// <param name="Code">One ES module in JavaScript, bundled from <c>functions/main.ts</c>; its default export is the agent's function.</param>
public sealed record AgentProgram(AgentManifest Manifest, string Code);
