using Jobs.Domain.Ledger;
using Jobs.Functions.Ledger;
using Jobs.Generation.Ai;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Tests.Ledger;

/// <summary>What the ledger of models' costs promises, over any storage. Amounts are millionths.</summary>
public abstract class SpendingSuite
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly string _tenant = $"tenant-{Guid.NewGuid():N}";
    private readonly ManualTimeProvider _time = new(Noon);

    /// <summary>The settings that say where the rows are.</summary>
    protected virtual string[] Storage => [];

    [Fact]
    public async Task Call_is_held_then_paid_and_repeating_either_changes_nothing()
    {
        await using var app = await StartAsync(limit: 1_000);
        var ledger = Hosts(app, 1)[0];

        Assert.Equal(SpendingOutcome.Held, await ReserveAsync(ledger, "job-1", 1, 60));
        Assert.Equal(SpendingOutcome.Held, await ReserveAsync(ledger, "job-1", 1, 60));
        await AssertAsync(ledger, spent: 0, reserved: 60);
        await ledger.SettleAsync(_tenant, "job-1", 1, 1, 25, CancellationToken.None);
        await ledger.SettleAsync(_tenant, "job-1", 1, 1, 25, CancellationToken.None);
        await ledger.LoseAsync(_tenant, "job-1", 1, 1, CancellationToken.None);

        await AssertAsync(ledger, spent: 25, reserved: 0);
    }

    [Fact]
    public async Task Host_that_repeats_a_turn_of_one_that_died_pays_it_once()
    {
        await using var app = await StartAsync(limit: 100);
        var (dead, living) = (Hosts(app, 2)[0], Hosts(app, 2)[1]);
        await ReserveAsync(dead, "job-1", 1, 60);

        Assert.Equal(SpendingOutcome.Held, await ReserveAsync(living, "job-1", 1, 60, attempt: 2));
        await living.SettleAsync(_tenant, "job-1", 1, 2, 25, CancellationToken.None);
        await dead.SettleAsync(_tenant, "job-1", 1, 1, 25, CancellationToken.None);

        await AssertAsync(living, spent: 25, reserved: 0);
    }

    [Fact]
    public async Task Hold_that_nobody_ended_ends_with_its_build()
    {
        await using var app = await StartAsync(limit: 100);
        var ledger = Hosts(app, 1)[0];
        await ReserveAsync(ledger, "job-1", 1, 60);
        Assert.Equal(SpendingOutcome.HeldForOthers, await ReserveAsync(ledger, "job-2", 1, 60));

        await ledger.CloseAsync(_tenant, "job-1", isCancelled: false, CancellationToken.None);

        Assert.Equal(SpendingOutcome.Held, await ReserveAsync(ledger, "job-2", 1, 60));
        Assert.Equal(SpendingOutcome.Closed, await ReserveAsync(ledger, "job-1", 1, 60, attempt: 2));
        await AssertAsync(ledger, spent: 0, reserved: 60);
    }

    [Fact]
    public async Task Call_is_paid_in_the_month_in_which_it_was_held_and_a_new_month_has_its_whole_limit()
    {
        await using var app = await StartAsync(limit: 100);
        var ledger = Hosts(app, 1)[0];
        await ReserveAsync(ledger, "job-1", 1, 100);
        _time.Advance(TimeSpan.FromHours(12));

        Assert.Equal(SpendingOutcome.Held, await ReserveAsync(ledger, "job-2", 1, 100));
        await ledger.SettleAsync(_tenant, "job-1", 1, 1, 90, CancellationToken.None);

        await AssertAsync(ledger, spent: 0, reserved: 100);
        Assert.Equal(new MonthSpending("2030-01", 90), (await app.Services.GetRequiredService<SpendingStore>().ReadMonthAsync(_tenant, "2030-01", CancellationToken.None)).Month);
    }

    [Fact]
    public async Task Organisations_do_not_share_a_limit()
    {
        await using var app = await StartAsync(limit: 100);
        var ledger = Hosts(app, 1)[0];
        await ReserveAsync(ledger, "job-1", 1, 100);

        Assert.Equal(SpendingOutcome.Held, await ledger.ReserveAsync($"{_tenant}-other", "job-2", 1, 1, 100, CancellationToken.None));
    }

    [Fact]
    public async Task Hundred_builds_at_once_on_four_hosts_never_pass_the_limit()
    {
        const int Most = 10;
        await using var app = await StartAsync(limit: 10 * Most);
        var hosts = Hosts(app, 4);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => ReserveAsync(hosts[i % hosts.Length], $"job-{i}", 1, Most))));

        Assert.Equal(10, outcomes.Count(outcome => outcome is SpendingOutcome.Held));
        Assert.Equal(90, outcomes.Count(outcome => outcome is SpendingOutcome.HeldForOthers));
        await AssertAsync(hosts[0], spent: 0, reserved: 10 * Most);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_builds_at_once_spend_to_the_limit_and_never_past_it(int seed)
    {
        const int Limit = 600;
        await using var app = await StartAsync(Limit);
        var hosts = Hosts(app, 6);
        long paid = 0;

        await Task.WhenAll(hosts.Select((ledger, worker) => Task.Run(async () =>
        {
            var random = new Random((seed * 100) + worker);
            for (var turn = 1; turn <= 25; turn++)
            {
                var (job, most) = ($"job-{worker}", random.Next(20, 40));
                if (await ReserveAsync(ledger, job, turn, most) is not SpendingOutcome.Held)
                {
                    continue;
                }

                var seen = await ledger.ReadAsync(_tenant, CancellationToken.None);
                Assert.InRange(seen.Spent + seen.Reserved, 0, Limit);
                var cost = random.Next(most);
                switch (random.Next(4))
                {
                    case 0:
                        await ledger.ReleaseAsync(_tenant, job, turn, 1, CancellationToken.None);
                        break;
                    case 1:
                        await ledger.LoseAsync(_tenant, job, turn, 1, CancellationToken.None);
                        Interlocked.Add(ref paid, most);
                        break;
                    default:
                        await ledger.SettleAsync(_tenant, job, turn, 1, cost, CancellationToken.None);
                        Interlocked.Add(ref paid, cost);
                        break;
                }
            }
        })));

        await AssertAsync(hosts[0], spent: paid, reserved: 0);
        Assert.InRange(paid, Limit / 2, Limit);
    }

    /// <summary>Several ledgers over the same rows, as several hosts have.</summary>
    private static SpendingLedger[] Hosts(TestApp app, int count) => [.. Enumerable.Range(0, count).Select(_ => new SpendingLedger(
        app.Services.GetRequiredService<SpendingStore>(),
        app.Services.GetRequiredService<IOptions<AiOptions>>(),
        app.Services.GetRequiredService<TimeProvider>()))];

    private Task<SpendingOutcome> ReserveAsync(SpendingLedger ledger, string jobId, int turn, long most, int attempt = 1) =>
        ledger.ReserveAsync(_tenant, jobId, turn, attempt, most, CancellationToken.None);

    private async Task AssertAsync(SpendingLedger ledger, long spent, long reserved)
    {
        var month = await ledger.ReadAsync(_tenant, CancellationToken.None);
        Assert.Equal((spent, reserved), (month.Spent, month.Reserved));
    }

    private Task<TestApp> StartAsync(long limit) => TestApp.StartAsync(
        services => services.AddSingleton<TimeProvider>(_time),
        arguments:
        [
            "--Ai:Model", "scripted", "--Ai:Key", "sk-test", "--Ai:InputPrice", "1", "--Ai:OutputPrice", "1",
            "--Ai:SpendingLimit", Money.ToAmount(limit).ToString(System.Globalization.CultureInfo.InvariantCulture), .. Storage,
        ]);
}
