namespace Jobs.Functions.Orchestrations;

/// <summary>
/// How long a request waits for Durable. What Durable was told, or was not, is found out by the sweeper: a caller whose work is stored need not wait for a hub that is away.
/// </summary>
internal static class DurablePatience
{
    /// <summary>Many times what scheduling takes when the hub is there.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Makes a call, and gives it up after <see cref="Limit"/> with an <see cref="OperationCanceledException"/>: whether Durable did what it was asked for is then unknown.</summary>
    public static async Task BoundAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        await call(limited.Token).WaitAsync(limited.Token);
    }
}
