using System.Security.Cryptography;

namespace Jobs.Functions.Ledger;

/// <summary>
/// Repeats a movement until nobody was first. Of the movements of one organisation in this process one is tried at a time: a hundred at once would overtake each other thousands of
/// times, and each time costs storage transactions. Other hosts are still met.
/// </summary>
internal sealed class LedgerContention(TimeProvider time)
{
    /// <summary>In how many groups the organisations wait for their turn.</summary>
    private const int Turns = 64;

    /// <summary>The longest pause after being overtaken grows by this much each time, up to <see cref="MaxPause"/>.</summary>
    private static readonly TimeSpan PauseStep = TimeSpan.FromMilliseconds(4);

    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Turns).Select(_ => new SemaphoreSlim(initialCount: 1))];

    /// <summary>Tries until <paramref name="tryAsync"/> says that it is done.</summary>
    /// <param name="tenant">Whose ledger it is.</param>
    /// <param name="what">The movement, for the log.</param>
    /// <param name="tryAsync">Reads, decides and writes; not done when somebody else wrote in between.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">Others came first for <see cref="TokenLedger.ContentionLimit"/>.</exception>
    public async Task<T> RunAsync<T>(string tenant, string what, Func<Task<(bool IsDone, T Result)>> tryAsync, CancellationToken cancellationToken)
    {
        var turn = _turns[(uint)tenant.GetHashCode(StringComparison.Ordinal) % Turns];
        await turn.WaitAsync(cancellationToken);
        try
        {
            var started = time.GetTimestamp();
            for (var overtaken = 1; ; overtaken++)
            {
                if (await tryAsync() is (true, var result))
                {
                    return result;
                }

                if (time.GetElapsedTime(started) >= TokenLedger.ContentionLimit)
                {
                    throw new TimeoutException($"The ledger of {tenant} was changed by others for {TokenLedger.ContentionLimit.TotalSeconds:0} s; {what} was given up.");
                }

                // Not by the app's clock: what is waited for is the storage service.
                await Task.Delay(PauseAfter(overtaken), cancellationToken);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Random, so that those who met do not meet again.</summary>
    private static TimeSpan PauseAfter(int overtaken)
    {
        var longest = Math.Min(PauseStep.TotalMilliseconds * overtaken, MaxPause.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)longest) + 1);
    }
}
