using Jobs.Domain.Generation;
using Jobs.Domain.Ledger;

namespace Jobs.Domain.Tests;

public sealed class SpendingTransitionsTests
{
    private static readonly MonthSpending Month = new("2030-01");
    private static readonly BuildSpending Build = new("job-1");
    private static readonly SpendingLimits Unlimited = new(null, null);

    [Theory]
    [InlineData(100, null, SpendingOutcome.Held)]
    [InlineData(99, null, SpendingOutcome.MonthLimit)]
    [InlineData(null, 100, SpendingOutcome.Held)]
    [InlineData(null, 99, SpendingOutcome.BuildLimit)]
    [InlineData(0, null, SpendingOutcome.MonthLimit)]
    [InlineData(null, null, SpendingOutcome.Held)]
    public void Reserve_up_to_a_limit_is_held_and_one_more_is_not(int? month, int? build, SpendingOutcome expected)
    {
        var (outcome, move) = SpendingTransitions.Reserve(Month with { Spent = 40 }, Build with { Spent = 40 }, 1, 1, 60, new SpendingLimits(month, build));

        Assert.Equal(expected, outcome);
        Assert.Equal(expected is SpendingOutcome.Held, move is not null);
    }

    [Theory]
    [InlineData(100, SpendingOutcome.Held)]
    [InlineData(99, SpendingOutcome.HeldForOthers)]
    [InlineData(59, SpendingOutcome.MonthLimit)]
    public void Reserve_that_only_others_holds_stand_in_the_way_of_is_asked_to_come_again(int limit, SpendingOutcome expected) =>
        Assert.Equal(expected, SpendingTransitions.Reserve(Month with { Reserved = 40 }, Build, 1, 1, 60, new SpendingLimits(limit, null)).Outcome);

    [Theory]
    [InlineData(120, SpendingOutcome.Held)]
    [InlineData(119, SpendingOutcome.HeldForOthers)]
    [InlineData(99, SpendingOutcome.MonthLimit)]
    [InlineData(null, SpendingOutcome.Held)]
    public void Prepay_is_let_in_beside_what_is_spent_and_held(int? limit, SpendingOutcome expected)
    {
        var month = Month with { Spent = 40, Reserved = 20 };

        var (outcome, next) = SpendingTransitions.Prepay(month, 60, new SpendingLimits(limit, Build: 0));

        Assert.Equal(expected, outcome);
        Assert.Equal(expected is SpendingOutcome.Held ? month with { Spent = 100 } : null, next);
    }

    [Theory]
    [InlineData(10, 30)]
    [InlineData(-10, 50)]
    [InlineData(50, 0)]
    public void GiveBack_takes_off_what_a_call_did_not_cost_and_never_more_than_is_spent(int amount, int spent) =>
        Assert.Equal(Month with { Spent = spent }, SpendingTransitions.GiveBack(Month with { Spent = 40 }, amount));

    [Fact]
    public void Settle_pays_what_the_call_cost_and_its_turn_is_paid_once()
    {
        var held = Reserve(Month, Build, turn: 1, attempt: 1, most: 60);
        var paid = SpendingTransitions.Settle(held.Month, held.Build, 1, 1, 25)!;

        Assert.Equal((Month with { Spent = 25 }, Build with { Spent = 25, PaidTurns = 1 }), (paid.Month, paid.Build));
        Assert.Null(SpendingTransitions.Settle(paid.Month, paid.Build, 1, 1, 25));
        Assert.Equal((SpendingOutcome.Held, null), SpendingTransitions.Reserve(paid.Month, paid.Build, 1, 2, 60, Unlimited));
    }

    [Fact]
    public void Attempt_that_repeats_a_turn_takes_the_hold_over_and_the_one_before_moves_nothing()
    {
        var first = Reserve(Month, Build, turn: 1, attempt: 1, most: 60);
        var second = Reserve(first.Month, first.Build, turn: 1, attempt: 2, most: 50);

        Assert.Equal((60, new SpendingHold(60, "2030-01", 1, 2)), (second.Month.Reserved, second.Build.Hold));
        Assert.Null(SpendingTransitions.Settle(second.Month, second.Build, 1, 1, 25));
        Assert.Null(SpendingTransitions.Lose(second.Month, second.Build, 1, 1));
        Assert.Null(SpendingTransitions.Release(second.Month, second.Build, 1, 1));
        Assert.Equal(25, SpendingTransitions.Settle(second.Month, second.Build, 1, 2, 25)!.Month.Spent);
    }

    [Fact]
    public void Hold_that_is_taken_over_is_made_larger_within_the_limit_only()
    {
        var held = Reserve(Month, Build, turn: 1, attempt: 1, most: 60);

        Assert.Equal(100, SpendingTransitions.Reserve(held.Month, held.Build, 1, 2, 100, new SpendingLimits(100, 100)).Move!.Month.Reserved);
        Assert.Equal(SpendingOutcome.MonthLimit, SpendingTransitions.Reserve(held.Month, held.Build, 1, 2, 101, new SpendingLimits(100, null)).Outcome);
    }

    [Fact]
    public void Release_costs_nothing_and_the_turn_is_paid_when_it_is_repeated()
    {
        var held = Reserve(Month, Build, turn: 1, attempt: 1, most: 60);

        Assert.Equal(new SpendingMove(Month, Build), SpendingTransitions.Release(held.Month, held.Build, 1, 1));
    }

    [Fact]
    public void Lost_call_costs_what_was_held_and_does_not_pay_its_turn()
    {
        var held = Reserve(Month, Build, turn: 1, attempt: 1, most: 60);

        Assert.Equal(new SpendingMove(Month with { Spent = 60 }, Build with { Spent = 60 }), SpendingTransitions.Lose(held.Month, held.Build, 1, 1));
    }

    [Fact]
    public void Call_of_another_turn_of_the_same_attempt_is_waited_for()
    {
        var held = Reserve(Month, Build, turn: 2, attempt: 1, most: 60);

        Assert.Equal((SpendingOutcome.HeldForOthers, null), SpendingTransitions.Reserve(held.Month, held.Build, 1, 1, 10, Unlimited));
        Assert.Equal((SpendingOutcome.HeldForOthers, null), SpendingTransitions.Reserve(held.Month, held.Build, 3, 1, 10, Unlimited));
    }

    [Fact]
    public void Call_of_another_turn_of_an_attempt_that_was_overtaken_is_paid()
    {
        var held = Reserve(Month, Build, turn: 2, attempt: 1, most: 60);
        var next = Reserve(held.Month, held.Build, turn: 1, attempt: 2, most: 10);

        Assert.Equal((Month with { Spent = 60, Reserved = 10 }, Build with { Spent = 60, Hold = new SpendingHold(10, "2030-01", 1, 2) }), (next.Month, next.Build));
        Assert.Null(SpendingTransitions.Spend(next.Month, next.Build, 2, 1, 25));
        Assert.Equal(SpendingOutcome.BuildLimit, SpendingTransitions.Reserve(held.Month, held.Build, 1, 2, 41, new SpendingLimits(null, 100)).Outcome);
        Assert.Equal(SpendingOutcome.MonthLimit, SpendingTransitions.Reserve(held.Month, held.Build, 1, 2, 41, new SpendingLimits(100, null)).Outcome);
    }

    [Fact]
    public void Spent_turn_is_paid_again_when_it_is_repeated()
    {
        var held = Reserve(Month, Build, turn: 1, attempt: 1, most: 60);
        var paid = SpendingTransitions.Spend(held.Month, held.Build, 1, 1, 25)!;
        var again = Reserve(paid.Month, paid.Build, turn: 1, attempt: 1, most: 60);

        Assert.Equal(new SpendingMove(Month with { Spent = 25 }, Build with { Spent = 25 }), paid);
        Assert.Equal(50, SpendingTransitions.Spend(again.Month, again.Build, 1, 1, 25)!.Month.Spent);
        Assert.Null(SpendingTransitions.Spend(paid.Month, paid.Build, 1, 1, 25));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 60)]
    public void Close_ends_a_hold_that_was_left_and_lets_no_call_in_any_more(bool isCancelled, long spent)
    {
        var held = Reserve(Month, Build, turn: 1, attempt: 1, most: 60);
        var closed = SpendingTransitions.Close(held.Month, held.Build, isCancelled)!;

        Assert.Equal((Month with { Spent = spent }, Build with { Spent = spent, IsClosed = true }), (closed.Month, closed.Build));
        Assert.Null(SpendingTransitions.Close(closed.Month, closed.Build, isCancelled));
        Assert.Null(SpendingTransitions.Settle(closed.Month, closed.Build, 1, 1, 25));
        Assert.Equal(SpendingOutcome.Closed, SpendingTransitions.Reserve(closed.Month, closed.Build, 1, 2, 60, Unlimited).Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_happens_in_whatever_order_no_limit_is_passed_and_everything_adds_up(int seed)
    {
        const int Most = 60;
        var limits = new SpendingLimits(2_000, 400);
        var random = new Random(seed);
        var month = Month;
        var builds = Enumerable.Range(0, 12).Select(i => new BuildSpending($"job-{i}")).ToArray();
        for (var i = 0; i < 3_000; i++)
        {
            ref var build = ref builds[random.Next(builds.Length)];
            // Also attempts and turns that are none of the build's.
            var (turn, attempt) = (build.PaidTurns + random.Next(3), random.Next(1, 3));
            var move = random.Next(13) switch
            {
                12 => SpendingTransitions.Spend(month, build, turn, attempt, random.Next((int)(build.Hold?.Amount ?? 0) + 1)),
                < 5 => SpendingTransitions.Reserve(month, build, turn, attempt, random.Next(Most), limits).Move,
                < 9 => SpendingTransitions.Settle(month, build, turn, attempt, random.Next((int)(build.Hold?.Amount ?? 0) + 1)),
                9 => SpendingTransitions.Release(month, build, turn, attempt),
                10 => SpendingTransitions.Lose(month, build, turn, attempt),
                _ => random.Next(20) == 0 ? SpendingTransitions.Close(month, build, random.Next(2) == 0) : null,
            };
            (month, build) = move is null ? (month, build) : (move.Month, move.Build);

            Assert.Equal(builds.Sum(each => each.Spent), month.Spent);
            Assert.Equal(builds.Sum(each => each.Hold?.Amount ?? 0), month.Reserved);
            Assert.InRange(month.Spent + month.Reserved, 0, limits.Month!.Value);
            Assert.All(builds, each => Assert.InRange(each.Spent + (each.Hold?.Amount ?? 0), 0, limits.Build!.Value));
        }

        Assert.InRange(month.Spent, 500, limits.Month!.Value);
    }

    [Theory]
    [InlineData(1_000_000, 0, 0, 3_000_000)]
    [InlineData(1_000_000, 1_000_000, 0, 300_000)]
    [InlineData(0, 0, 1_000_000, 15_000_000)]
    [InlineData(100, 40, 10, 60 * 3 + 12 + 150)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(10, 20, 0, 3)]
    public void Price_is_of_a_million_tokens_and_a_part_of_a_millionth_is_a_whole_one(long input, long cached, long output, long cost) =>
        Assert.Equal(cost, new ModelPrice(3, 0.3m, 15).Of(new ModelUsage(input, cached, output)).Cost);

    [Fact]
    public void Most_is_not_less_where_cached_tokens_are_dearer() => Assert.Equal(new ModelUsage(100, 0, 10, 100 * 5 + 10 * 15), new ModelPrice(3, 5, 15).MostOf(100, 10));

    [Theory]
    [InlineData("0.0000019", 1)]
    [InlineData("1000000000", 1_000_000_000_000_000)]
    public void Amount_in_millionths_is_never_more_than_it_was(string amount, long millionths) =>
        Assert.Equal(millionths, Money.ToMillionths(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture)));

    private static SpendingMove Reserve(MonthSpending month, BuildSpending build, int turn, int attempt, long most)
    {
        var (outcome, move) = SpendingTransitions.Reserve(month, build, turn, attempt, most, Unlimited);
        Assert.Equal(SpendingOutcome.Held, outcome);
        return move!;
    }
}
