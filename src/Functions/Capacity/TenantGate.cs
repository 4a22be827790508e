namespace Jobs.Functions.Capacity;

/// <summary>Lets each organisation do so many things of one sort at once in this process, so that none takes all of what they share. Further ones wait, in the order in which they came.</summary>
/// <param name="most">How many things at once, 1 or more.</param>
public sealed class TenantGate(int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Gate> _gates = new(StringComparer.Ordinal);

    /// <summary>Waits until the organisation may begin one thing more. What is given back is disposed when that is over.</summary>
    public async Task<IDisposable> EnterAsync(string tenant, CancellationToken cancellationToken)
    {
        Gate gate;
        lock (_lock)
        {
            gate = _gates.TryGetValue(tenant, out var known) ? known : _gates[tenant] = new Gate(new SemaphoreSlim(most));
            gate.Users++;
        }

        try
        {
            await gate.Semaphore.WaitAsync(cancellationToken);
            return new Entry(this, tenant, gate);
        }
        catch
        {
            Forget(tenant, gate);
            throw;
        }
    }

    private void Forget(string tenant, Gate gate)
    {
        lock (_lock)
        {
            if (--gate.Users == 0)
            {
                _gates.Remove(tenant);
            }
        }
    }

    private sealed class Entry(TenantGate owner, string tenant, Gate gate) : IDisposable
    {
        private bool _isLeft;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isLeft, true))
            {
                gate.Semaphore.Release();
                owner.Forget(tenant, gate);
            }
        }
    }

    private sealed class Gate(SemaphoreSlim semaphore)
    {
        public SemaphoreSlim Semaphore { get; } = semaphore;

        /// <summary>Who is inside or waits.</summary>
        public int Users { get; set; }
    }
}
