namespace Jobs.Conformance.Suites;

/// <summary>The engine that keeps no orchestrator in memory: each turn replays.</summary>
public sealed class ReplayingDurableConformance : EmbeddedDurableConformance
{
    private protected override int MaxWarmOrchestrators => 0;
}
