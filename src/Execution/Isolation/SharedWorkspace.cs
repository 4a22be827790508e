namespace Jobs.Execution.Isolation;

/// <summary>
/// What all runs of a tool share in the temporary folder: it is made when it is first needed, and made anew once somebody else, as a cleaner of temporary folders, has
/// deleted a part of it. The broken one goes when nobody uses it any more.
/// </summary>
/// <param name="create">Makes it; one at a time. When it fails, the next who needs it tries again.</param>
/// <param name="isIntact">Whether it can still be used.</param>
internal sealed class SharedWorkspace<T>(Func<CancellationToken, Task<T>> create, Func<T, bool> isIntact) : IDisposable
    where T : class, IDisposable
{
    private readonly SemaphoreSlim _making = new(1);
    private readonly Lock _lock = new();
    private volatile Holder? _current;

    /// <summary>The workspace that was made last; null before the first, and after one that was broken. It may be disposed of meanwhile: for what it says of itself only.</summary>
    public T? Latest => _current?.Value;

    /// <summary>The workspace, for as long as the lease is not disposed of.</summary>
    public async Task<Lease> RentAsync(CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken);
        try
        {
            if (_current is { } broken && !isIntact(broken.Value))
            {
                _current = null;
                Leave(broken);
            }

            _current ??= new Holder(await create(cancellationToken));
            return Rent(_current);
        }
        finally
        {
            _making.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_current is { } current)
        {
            _current = null;
            Leave(current);
        }

        _making.Dispose();
    }

    private Lease Rent(Holder holder)
    {
        lock (_lock)
        {
            holder.Users++;
        }

        return new Lease(this, holder);
    }

    private void Leave(Holder holder)
    {
        bool isUnused;
        lock (_lock)
        {
            isUnused = --holder.Users == 0;
        }

        if (isUnused)
        {
            holder.Value.Dispose();
        }
    }

    /// <summary>One use of the workspace.</summary>
    public sealed class Lease : IDisposable
    {
        private readonly SharedWorkspace<T> _owner;
        private Holder? _holder;

        internal Lease(SharedWorkspace<T> owner, Holder holder) => (_owner, _holder) = (owner, holder);

        /// <summary>The workspace.</summary>
        public T Value => (_holder ?? throw new ObjectDisposedException(nameof(Lease))).Value;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _holder, null) is { } holder)
            {
                _owner.Leave(holder);
            }
        }
    }

    /// <summary>A workspace and how many use it, its owner among them.</summary>
    internal sealed class Holder(T value)
    {
        public T Value => value;

        public int Users { get; set; } = 1;
    }
}
