namespace Microsoft.DurableTask.Client;

/// <summary>How many instances a purge deleted.</summary>
public class PurgeResult(int count)
{
    public int PurgedInstanceCount { get; } = count;
}
