using Jobs.Functions.Capacity;

namespace Jobs.Functions.Tests.Capacity;

public sealed class WorkSlotsTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Work_enters_while_there_are_places_and_then_waits()
    {
        var slots = new WorkSlots(2, _time);

        Assert.NotNull(slots.TryEnter("a", new("a1")).Place);
        Assert.NotNull(slots.TryEnter("a", new("a2")).Place);
        Assert.Null(slots.TryEnter("a", new("a3")).Place);
    }

    [Fact]
    public void Place_that_is_left_is_kept_for_the_next_of_the_queue()
    {
        var slots = new WorkSlots(1, _time);
        var first = slots.TryEnter("a", new("a1")).Place!;
        slots.TryEnter("a", new("a2"));
        slots.TryEnter("a", new("a3"));

        Assert.Equal([new("a2")], first.Leave());
        Assert.Null(slots.TryEnter("a", new("a3")).Place);
        Assert.Null(slots.TryEnter("b", new("b1")).Place);
        Assert.NotNull(slots.TryEnter("a", new("a2")).Place);
    }

    [Fact]
    public void Place_left_twice_is_left_once()
    {
        var slots = new WorkSlots(1, _time);
        var place = slots.TryEnter("a", new("a1")).Place!;
        slots.TryEnter("a", new("a2"));
        slots.TryEnter("a", new("a3"));

        Assert.Single(place.Leave());
        Assert.Empty(place.Leave());
    }

    [Fact]
    public void First_work_of_an_organisation_comes_before_the_thousand_of_another()
    {
        var slots = new WorkSlots(2, _time);
        var places = new Queue<WorkSlots.Place>(Enumerable.Range(0, 1_000).Select(i => slots.TryEnter("a", new($"a{i}")).Place).OfType<WorkSlots.Place>());
        Assert.Equal(2, places.Count);
        slots.TryEnter("b", new("b1"));

        Assert.Equal([new("b1")], places.Dequeue().Leave());
    }

    [Fact]
    public void Organisation_that_has_as_many_places_as_one_may_waits_while_others_are_free()
    {
        var slots = new WorkSlots(5, _time, placesOfOne: 2);
        var first = slots.TryEnter("a", new("a1")).Place!;
        Assert.NotNull(slots.TryEnter("a", new("a2")).Place);

        Assert.Null(slots.TryEnter("a", new("a3")).Place);
        Assert.NotNull(slots.TryEnter("b", new("b1")).Place);
        Assert.Equal([new("a3")], first.Leave());
        Assert.Null(slots.TryEnter("a", new("a4")).Place);
        Assert.NotNull(slots.TryEnter("a", new("a3")).Place);
    }

    [Fact]
    public void Organisations_with_much_to_do_take_turns()
    {
        var slots = new WorkSlots(1, _time);
        var place = slots.TryEnter("a", new("a0")).Place!;
        foreach (var tenant in new[] { "a", "b", "c" })
        {
            for (var i = 1; i <= 3; i++)
            {
                slots.TryEnter(tenant, new($"{tenant}{i}"));
            }
        }

        var order = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            var next = Assert.Single(place.Leave());
            order.Add(next.Instance);
            place = slots.TryEnter(next.Instance[..1], next).Place!;
        }

        Assert.Empty(place.Leave());
        Assert.Equal(["b1", "c1", "a1", "b2", "c2", "a2", "b3", "c3", "a3"], order);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void Place_that_is_kept_for_work_that_does_not_come_goes_to_the_next_after_its_time(int milliseconds, bool isFree)
    {
        var slots = new WorkSlots(1, _time);
        var place = slots.TryEnter("a", new("a1")).Place!;
        slots.TryEnter("a", new("gone"));
        Assert.Equal([new("gone")], place.Leave());

        _time.Advance(WorkSlots.ReservationLifetime + TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(isFree, slots.TryEnter("b", new("b1")).Place is not null);
    }

    [Fact]
    public void Work_that_was_withdrawn_is_passed_over_and_gives_back_what_was_kept_for_it()
    {
        var slots = new WorkSlots(1, _time);
        var place = slots.TryEnter("a", new("a1")).Place!;
        slots.TryEnter("a", new("a2"));
        slots.TryEnter("a", new("a3"));
        slots.TryEnter("a", new("a4"));

        Assert.Empty(slots.Withdraw("a", "a2"));
        Assert.Equal([new("a3")], place.Leave());
        Assert.Equal([new("a4")], slots.Withdraw("a", "a3"));
        Assert.Empty(slots.Withdraw("b", "never seen"));
        Assert.NotNull(slots.TryEnter("a", new("a4")).Place);
    }

    [Fact]
    public void Coming_early_keeps_the_place_in_the_queue()
    {
        var slots = new WorkSlots(1, _time);
        var place = slots.TryEnter("a", new("a1")).Place!;
        slots.TryEnter("a", new("a2"));
        slots.TryEnter("a", new("a3"));

        slots.TryEnter("a", new("a2"));
        slots.TryEnter("a", new("a2"));

        Assert.Equal([new("a2")], place.Leave());
        Assert.Equal([new("a3")], slots.TryEnter("a", new("a2")).Place!.Leave());
    }

    [Fact]
    public void Each_part_that_waits_has_a_place_kept_for_it()
    {
        var slots = new WorkSlots(2, _time);
        WorkSlots.Place[] places = [slots.TryEnter("a", new("a1", 0)).Place!, slots.TryEnter("a", new("a1", 1)).Place!];
        slots.TryEnter("a", new("a1", 2));
        slots.TryEnter("a", new("a1", 3));
        slots.TryEnter("a", new("a1", 3));

        Assert.Equal([new("a1", 2)], places[0].Leave());
        Assert.Equal([new("a1", 3)], places[1].Leave());
        Assert.Null(slots.TryEnter("a", new("a1", 4)).Place);
        Assert.NotNull(slots.TryEnter("a", new("a1", 3)).Place);
        Assert.NotNull(slots.TryEnter("a", new("a1", 2)).Place);
    }

    [Fact]
    public void All_parts_of_an_orchestration_are_withdrawn_together()
    {
        var slots = new WorkSlots(2, _time);
        WorkSlots.Place[] places = [slots.TryEnter("b", new("b1")).Place!, slots.TryEnter("b", new("b2")).Place!];
        slots.TryEnter("a", new("gone", 0));
        slots.TryEnter("a", new("gone", 1));
        slots.TryEnter("a", new("a1", 0));
        slots.TryEnter("a", new("a1", 1));
        Assert.Equal([new("gone", 0)], places[0].Leave());

        Assert.Equal([new("a1", 0)], slots.Withdraw("a", "gone"));
        Assert.Equal([new("a1", 1)], places[1].Leave());
        Assert.Null(slots.TryEnter("a", new("gone", 1)).Place);
    }

    /// <summary>Whatever comes in whatever order: never more places than there are, never a free place beside waiting work, and nothing is forgotten.</summary>
    [Fact]
    public void Random_comings_and_goings_keep_the_invariants()
    {
        var random = new Random(8);
        for (var round = 0; round < 200; round++)
        {
            var count = random.Next(1, 4);
            var slots = new WorkSlots(count, _time);
            var waiting = new HashSet<WorkSlots.Work>();
            var called = new HashSet<WorkSlots.Work>();
            var places = new List<WorkSlots.Place>();
            for (var step = 0; step < 200; step++)
            {
                if (random.Next(2) == 0)
                {
                    Come(new($"{random.Next(3)}:{step}", step % 2));
                }
                else if (called.Count > 0 && random.Next(2) == 0)
                {
                    Come(called.First());
                }
                else if (places.Count > 0)
                {
                    var left = random.Next(places.Count);
                    Told(places[left].Leave());
                    places.RemoveAt(left);
                }

                Assert.InRange(places.Count + called.Count, 0, count);
                Assert.True(waiting.Count == 0 || places.Count + called.Count == count);
            }

            void Come(WorkSlots.Work work)
            {
                var (place, others) = slots.TryEnter(work.Instance[..1], work);
                called.Remove(work);
                waiting.Remove(work);
                if (place is null)
                {
                    waiting.Add(work);
                }
                else
                {
                    places.Add(place);
                }

                Told(others);
            }

            void Told(IReadOnlyList<WorkSlots.Work> works)
            {
                foreach (var work in works)
                {
                    Assert.True(waiting.Remove(work));
                    Assert.True(called.Add(work));
                }
            }
        }
    }
}
