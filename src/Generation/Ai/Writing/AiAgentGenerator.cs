using Jobs.Domain.Generation;

namespace Jobs.Generation.Ai.Writing;

/// <summary>Has a model write agents.</summary>
public sealed class AiAgentGenerator(AiClients clients, TimeProvider time) : AiGenerator(clients, AiUse.Agents, "agent.md", time), IAgentGenerator;
