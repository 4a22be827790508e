using Jobs.Domain.Generation;

namespace Jobs.Generation.Ai.Writing;

/// <summary>Has a model write widgets.</summary>
public sealed class AiWidgetGenerator(AiClients clients) : AiGenerator(clients, AiUse.Widgets, Instructions("widget.md")), IWidgetGenerator;
