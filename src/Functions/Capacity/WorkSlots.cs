namespace Jobs.Functions.Capacity;

/// <summary>
/// The places in this process in which work of one sort that takes a processor for long (runs, compiles) may go on, and the queue before them, which is fair between organisations: a
/// place that becomes free goes to the organisation that holds the fewest, and of equals to the one that was served longest ago. Nobody waits here: who gets no place leaves
/// its name and comes again when it is told, or after a time of its own, because the queue dies with the process and another host has one of its own. An organisation that
/// has as many places as one may have waits also while others are free.
/// </summary>
public sealed class WorkSlots
{
    /// <summary>How long a free place is kept for work that was told, before the next is asked; telling an orchestration over the hub takes up to a second or two.</summary>
    public static readonly TimeSpan ReservationLifetime = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<Work, Reservation> _reserved = [];
    private readonly int _places;
    private readonly int _placesOfOne;
    private readonly TimeProvider _time;
    private int _taken;
    private long _served;

    /// <summary>A queue before <paramref name="places"/> places, 1 or more, of which one organisation has at most <paramref name="placesOfOne"/>, 1 or more.</summary>
    public WorkSlots(int places, TimeProvider time, int placesOfOne = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(places, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(placesOfOne, 1);
        (_places, _placesOfOne, _time) = (places, placesOfOne, time);
    }

    /// <summary>
    /// Takes a place for a piece of work, or puts it into the queue, once however often it comes. Whoever is named in <see cref="Turn.Called"/> must be told, in either case.
    /// </summary>
    public Turn TryEnter(string tenant, Work work)
    {
        lock (_lock)
        {
            if (!_reserved.ContainsKey(work))
            {
                var owner = Of(tenant);
                if (owner.Members.Add(work))
                {
                    owner.Waiting.Enqueue(work);
                }
            }

            var called = Call();
            if (!_reserved.Remove(work))
            {
                return new Turn(Place: null, called);
            }

            _taken++;
            called.Remove(work);
            return new Turn(new Place(this, tenant), called);
        }
    }

    /// <summary>Forgets the work of an orchestration that will not come again, for which places may have been kept; who must be told instead.</summary>
    public IReadOnlyList<Work> Withdraw(string tenant, string instance)
    {
        lock (_lock)
        {
            if (_tenants.TryGetValue(tenant, out var owner))
            {
                owner.Members.RemoveWhere(work => work.Instance == instance);
                Forget(tenant, owner);
            }

            foreach (var work in _reserved.Keys.Where(work => work.Instance == instance).ToList())
            {
                _reserved.Remove(work, out var reservation);
                Leave(reservation!.Tenant);
            }

            return Call();
        }
    }

    private List<Work> Release(string tenant)
    {
        lock (_lock)
        {
            _taken--;
            Leave(tenant);
            return Call();
        }
    }

    /// <summary>Keeps each free place for the next in the queue; who that is.</summary>
    private List<Work> Call()
    {
        var now = _time.GetTimestamp();
        foreach (var (work, reservation) in _reserved.Where(entry => _time.GetElapsedTime(entry.Value.At, now) >= ReservationLifetime).ToList())
        {
            _reserved.Remove(work);
            Leave(reservation.Tenant);
        }

        var called = new List<Work>();
        while (_taken + _reserved.Count < _places && Next() is var (tenant, work))
        {
            var owner = _tenants[tenant];
            owner.Members.Remove(work);
            owner.Held++;
            owner.Served = ++_served;
            _reserved.Add(work, new Reservation(tenant, now));
            called.Add(work);
        }

        return called;
    }

    private (string Tenant, Work Work)? Next()
    {
        while (_tenants.Where(tenant => tenant.Value.Waiting.Count > 0 && tenant.Value.Held < _placesOfOne).Select(tenant => ((int, long, string)?)(tenant.Value.Held, tenant.Value.Served, tenant.Key)).Min()
            is (_, _, var name))
        {
            var tenant = _tenants[name];
            var work = tenant.Waiting.Dequeue();
            if (tenant.Members.Contains(work))
            {
                return (name, work);
            }

            // It was withdrawn while it waited.
            Forget(name, tenant);
        }

        return null;
    }

    private Tenant Of(string name) => _tenants.TryGetValue(name, out var tenant) ? tenant : _tenants[name] = new Tenant();

    private void Leave(string name)
    {
        var tenant = _tenants[name];
        tenant.Held--;
        Forget(name, tenant);
    }

    private void Forget(string name, Tenant tenant)
    {
        if (tenant.Held == 0 && tenant.Members.Count == 0)
        {
            _tenants.Remove(name);
        }
    }

    /// <summary>What waits for a place or has one.</summary>
    /// <param name="Instance">The instance id of its orchestration, which is told.</param>
    /// <param name="Part">Which part of the orchestration's work it is, where several wait at once; null where there is one.</param>
    public readonly record struct Work(string Instance, int? Part = null);

    /// <summary>What <see cref="TryEnter"/> gave.</summary>
    /// <param name="Place">The place, to be left when the work is over; null when the work waits.</param>
    /// <param name="Called">Other work, for which a place is kept now: its orchestrations must be told.</param>
    public sealed record Turn(Place? Place, IReadOnlyList<Work> Called);

    /// <summary>A place that is taken.</summary>
    public sealed class Place
    {
        private readonly WorkSlots _slots;
        private readonly string _tenant;
        private bool _isLeft;

        internal Place(WorkSlots slots, string tenant)
        {
            _slots = slots;
            _tenant = tenant;
        }

        /// <summary>Leaves it, once; who must be told.</summary>
        public IReadOnlyList<Work> Leave() => Interlocked.Exchange(ref _isLeft, true) ? [] : _slots.Release(_tenant);
    }

    private sealed record Reservation(string Tenant, long At);

    private sealed class Tenant
    {
        /// <summary>In the order in which it came; what is no member any more is passed over.</summary>
        public Queue<Work> Waiting { get; } = [];

        /// <summary>What waits.</summary>
        public HashSet<Work> Members { get; } = [];

        /// <summary>Places that it holds, or that are kept for it.</summary>
        public int Held { get; set; }

        /// <summary>When it was last given a place, in order.</summary>
        public long Served { get; set; }
    }
}
