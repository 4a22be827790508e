using System.Text.Json;
using Jobs.Domain.Agents;
using Jobs.Domain.Schemas;
using Jobs.Storage;

namespace Jobs.Functions.Runs;

/// <summary>Reads the programs of agents.</summary>
public sealed class ProgramStore(ArtifactStore artifacts)
{
    /// <summary>An agent's program; null when it was never built. Throws <see cref="InvalidDataException"/> when it is missing: the agent was deleted meanwhile, or storage has lost it.</summary>
    public async Task<AgentProgram?> FindAsync(Agent agent, CancellationToken cancellationToken) =>
        agent.ProgramRef is { } reference ? await ReadAsync(agent.Tenant, agent.Id, reference, cancellationToken) : null;

    /// <summary>The program that a run names. Throws as <see cref="FindAsync"/>.</summary>
    public async Task<AgentProgram> ReadAsync(string tenant, string agentId, string reference, CancellationToken cancellationToken) =>
        (await artifacts.ReadAsync(tenant, agentId, reference, cancellationToken)).ToObjectFromJson<AgentProgram>()!;

    /// <summary>The rules of the program's input schema that an input breaks; none when it can run with it.</summary>
    public static IReadOnlyList<SchemaViolation> Validate(AgentProgram program, JsonElement input) =>
        InputSchema.TryRead(program.Manifest.Input, out var schema, out var error)
            ? schema.Validate(input)
            // It was readable when the agent was built.
            : throw new InvalidDataException($"The input schema of {program.Manifest.Name} cannot be read: {error}.");
}
