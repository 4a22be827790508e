namespace Jobs.Local.Durable;

/// <summary>The orchestrators that are kept between two turns: those that had a turn last. Safe for many threads.</summary>
/// <param name="capacity">How many are kept; 0 keeps none, and every turn is a replay.</param>
internal sealed class WarmOrchestrators(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<LiveInstance, LinkedListNode<(LiveInstance Instance, WarmOrchestrator Orchestrator)>> _byInstance = [];
    private readonly LinkedList<(LiveInstance Instance, WarmOrchestrator Orchestrator)> _oldestFirst = new();

    /// <summary>Keeps an instance's orchestrator until <see cref="Take"/>; whoever has waited longest makes room for it.</summary>
    public void Keep(LiveInstance instance, WarmOrchestrator orchestrator)
    {
        if (capacity == 0)
            return;
        lock (_lock)
        {
            if (_byInstance.Count == capacity)
            {
                _byInstance.Remove(_oldestFirst.First!.Value.Instance);
                _oldestFirst.RemoveFirst();
            }
            _byInstance.Add(instance, _oldestFirst.AddLast((instance, orchestrator)));
        }
    }

    /// <summary>An instance's orchestrator, which is not kept any more; null where the next turn must replay.</summary>
    public WarmOrchestrator? Take(LiveInstance instance)
    {
        lock (_lock)
        {
            if (!_byInstance.Remove(instance, out var node))
                return null;
            _oldestFirst.Remove(node);
            return node.Value.Orchestrator;
        }
    }
}
