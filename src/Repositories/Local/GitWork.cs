using Jobs.Domain.Repositories;

namespace Jobs.Repositories.Local;

/// <summary>
/// Runs what calls libgit2: on a thread of its own, since such a call blocks; so many at once at most; and only so long. A native call cannot be stopped, so one that takes too long keeps its
/// place until it ends, while whoever waits for it goes on.
/// </summary>
internal sealed class GitWork(TimeProvider time) : IDisposable
{
    /// <summary>How many run at once.</summary>
    public const int MaxAtOnce = 4;

    /// <summary>How long one takes, and how long one waits for its place.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _places = new(MaxAtOnce);

    /// <summary>Runs it. Throws a transient <see cref="ForgeException"/> where there is no place, or no end, in time.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        using (var patience = new CancellationTokenSource(Limit, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken))
        {
            try
            {
                await _places.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ForgeException("The repositories of this machine are busy.", isTransient: true);
            }
        }

        var stop = new CancellationTokenSource();
        var running = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return work(stop.Token);
                }
                finally
                {
                    _places.Release();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
        try
        {
            var result = await running.WaitAsync(Limit, time, cancellationToken);
            stop.Dispose();
            return result;
        }
        catch (Exception exception) when (!running.IsCompleted && exception is TimeoutException or OperationCanceledException)
        {
            await stop.CancelAsync();
            _ = running.ContinueWith(
                ended =>
                {
                    // Looked at, so that it is not reported as one that nobody saw.
                    _ = ended.Exception;
                    (ended.IsCompletedSuccessfully ? ended.Result as IDisposable : null)?.Dispose();
                    stop.Dispose();
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            if (exception is TimeoutException)
            {
                throw new ForgeException($"Git took longer than {Limit.TotalSeconds:0} seconds.", isTransient: true);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
