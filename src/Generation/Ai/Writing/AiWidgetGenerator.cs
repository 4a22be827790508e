using Jobs.Domain.Generation;

namespace Jobs.Generation.Ai.Writing;

/// <summary>Has a model write widgets.</summary>
public sealed class AiWidgetGenerator(AiClients clients, TimeProvider time) : AiGenerator(clients, AiUse.Widgets, "widget.md", time), IWidgetGenerator;
