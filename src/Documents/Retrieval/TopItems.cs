namespace Jobs.Documents.Retrieval;

/// <summary>Keeps the best of many by a heap of no more than that: the highest scores, of equals the lower index.</summary>
internal sealed class TopItems(int most)
{
    private static readonly Comparer<ScoredItem> WorstFirst = Comparer<ScoredItem>.Create((left, right) =>
        left.Score.CompareTo(right.Score) is not 0 and var byScore ? byScore : right.Index.CompareTo(left.Index));

    private readonly PriorityQueue<ScoredItem, ScoredItem> _heap = new(Math.Min(most, 1_024) + 1, WorstFirst);

    public void Add(ScoredItem item)
    {
        if (_heap.Count < most)
        {
            _heap.Enqueue(item, item);
        }
        else if (most > 0 && WorstFirst.Compare(item, _heap.Peek()) > 0)
        {
            _heap.DequeueEnqueue(item, item);
        }
    }

    /// <summary>What was kept, best first; nothing is kept any more.</summary>
    public ScoredItem[] Take()
    {
        var items = new ScoredItem[_heap.Count];
        for (var i = items.Length - 1; i >= 0; i--)
        {
            items[i] = _heap.Dequeue();
        }

        return items;
    }
}
