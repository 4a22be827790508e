using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Generation;
using Jobs.Domain.Identity;
using Jobs.Domain.Ledger;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Ledger;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Tests.Ledger;

/// <summary>What the ledger promises, over any storage. Every test ends by adding everything up.</summary>
public abstract class LedgerSuite
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 15, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A tenant of its own for each test: an emulator outlives them.</summary>
    private readonly string _tenant = $"tenant-{Guid.NewGuid():N}";

    /// <summary>The settings that say where the rows are.</summary>
    protected virtual string[] Storage => [];

    /// <summary>How many requests this storage can be asked at once without keeping a caller waiting for longer than the app lets it.</summary>
    protected virtual int AtOnce => 100;

    [Fact]
    public async Task Reserve_of_the_same_reference_holds_one_token()
    {
        await using var app = await StartAsync();
        var ledger = app.Services.GetRequiredService<TokenLedger>();

        Assert.True(await ReserveAsync(ledger, "job-1"));
        Assert.True(await ReserveAsync(ledger, "job-1"));

        await AssertAddsUpAsync(ledger, balance: 999, reserved: 1, spent: 0, entries: ["Grant 1000", "Reserve -1 job-1"]);
    }

    [Fact]
    public async Task Settle_then_release_spends_the_token()
    {
        await using var app = await StartAsync();
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        await ReserveAsync(ledger, "job-1");

        await ledger.SettleAsync(_tenant, "job-1", CancellationToken.None);
        await ledger.SettleAsync(_tenant, "job-1", CancellationToken.None);
        await ledger.ReleaseAsync(_tenant, "job-1", CancellationToken.None);

        await AssertAddsUpAsync(ledger, balance: 999, reserved: 0, spent: 1, entries: ["Grant 1000", "Reserve -1 job-1", "Settle 0 job-1"]);
    }

    [Fact]
    public async Task Release_then_settle_gives_the_token_back()
    {
        await using var app = await StartAsync();
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        await ReserveAsync(ledger, "job-1");

        await ledger.ReleaseAsync(_tenant, "job-1", CancellationToken.None);
        await ledger.ReleaseAsync(_tenant, "job-1", CancellationToken.None);
        await ledger.SettleAsync(_tenant, "job-1", CancellationToken.None);

        await AssertAddsUpAsync(ledger, balance: 1000, reserved: 0, spent: 0, entries: ["Grant 1000", "Reserve -1 job-1", "Release 1 job-1"]);
    }

    [Fact]
    public async Task Reserve_of_settled_work_is_free()
    {
        await using var app = await StartAsync(tokens: 1);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        await ReserveAsync(ledger, "job-1");
        await ledger.SettleAsync(_tenant, "job-1", CancellationToken.None);

        Assert.True(await ReserveAsync(ledger, "job-1"));

        await AssertAddsUpAsync(ledger, balance: 0, reserved: 0, spent: 1, entries: ["Grant 1", "Reserve -1 job-1", "Settle 0 job-1"]);
    }

    [Fact]
    public async Task Reserve_of_released_work_is_paid_anew()
    {
        await using var app = await StartAsync(tokens: 1);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        await ReserveAsync(ledger, "job-1");
        await ledger.ReleaseAsync(_tenant, "job-1", CancellationToken.None);

        Assert.True(await ReserveAsync(ledger, "job-1"));
        Assert.False(await ReserveAsync(ledger, "job-2"));
        await ledger.SettleAsync(_tenant, "job-1", CancellationToken.None);

        await AssertAddsUpAsync(
            ledger, balance: 0, reserved: 0, spent: 1, entries: ["Grant 1", "Reserve -1 job-1", "Release 1 job-1", "Reserve -1 job-1", "Settle 0 job-1"]);
    }

    [Fact]
    public async Task Unknown_reference_moves_nothing()
    {
        await using var app = await StartAsync();
        var ledger = app.Services.GetRequiredService<TokenLedger>();

        await ledger.SettleAsync(_tenant, "job-1", CancellationToken.None);
        await ledger.ReleaseAsync(_tenant, "job-1", CancellationToken.None);

        // The month's tokens are shown although nothing brought them yet.
        await AssertAddsUpAsync(ledger, balance: 1000, reserved: 0, spent: 0, entries: ["Grant 1000"]);
        Assert.Equal(0, (await app.Services.GetRequiredService<LedgerStore>().ReadBalanceAsync(_tenant, CancellationToken.None)).Balance.Sequence);
    }

    [Fact]
    public async Task Reserve_without_tokens_is_refused_and_moves_nothing()
    {
        await using var app = await StartAsync(tokens: 2);
        var ledger = app.Services.GetRequiredService<TokenLedger>();

        Assert.True(await ReserveAsync(ledger, "job-1"));
        Assert.True(await ReserveAsync(ledger, "job-2"));
        Assert.False(await ReserveAsync(ledger, "job-3"));
        Assert.True(await ReserveAsync(ledger, "job-2"));

        await AssertAddsUpAsync(ledger, balance: 0, reserved: 2, spent: 0, entries: ["Grant 2", "Reserve -1 job-1", "Reserve -1 job-2"]);
    }

    [Fact]
    public async Task Setting_of_no_tokens_grants_none()
    {
        await using var app = await StartAsync(tokens: 0);
        var ledger = app.Services.GetRequiredService<TokenLedger>();

        Assert.False(await ReserveAsync(ledger, "job-1"));

        await AssertAddsUpAsync(ledger, balance: 0, reserved: 0, spent: 0, entries: []);
    }

    [Fact]
    public async Task Tenants_do_not_share_tokens()
    {
        await using var app = await StartAsync(tokens: 1);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        var other = $"{_tenant}-other";

        Assert.True(await ReserveAsync(ledger, "job-1"));
        Assert.Equal(Reservation.Held, await ledger.ReserveAsync(other, "job-2", "Run an agent", CancellationToken.None));
        await ledger.SettleAsync(other, "job-1", CancellationToken.None);

        await AssertAddsUpAsync(ledger, balance: 0, reserved: 1, spent: 0, entries: ["Grant 1", "Reserve -1 job-1"]);
    }

    [Fact]
    public async Task Month_that_begins_brings_its_tokens_once()
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2030, 1, 31, 23, 59, 59, 999, TimeSpan.Zero));
        await using var app = await StartAsync(tokens: 1, time);
        var ledger = app.Services.GetRequiredService<TokenLedger>();

        Assert.True(await ReserveAsync(ledger, "job-1"));
        Assert.False(await ReserveAsync(ledger, "job-2"));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await ReserveAsync(ledger, "job-2"));
        Assert.False(await ReserveAsync(ledger, "job-3"));

        var usage = await AssertAddsUpAsync(ledger, balance: 0, reserved: 2, spent: 0, entries: ["Grant 1", "Reserve -1 job-1", "Grant 1", "Reserve -1 job-2"]);
        Assert.Equal(2, usage.Balance.Granted);
        Assert.Equal("2030-02", usage.Balance.GrantedMonth);
    }

    [Fact]
    public async Task Month_is_also_begun_by_a_settlement()
    {
        var time = new ManualTimeProvider(Noon);
        await using var app = await StartAsync(tokens: 5, time);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        await ReserveAsync(ledger, "job-1");

        time.Advance(TimeSpan.FromDays(31));
        await ledger.SettleAsync(_tenant, "job-1", CancellationToken.None);

        await AssertAddsUpAsync(ledger, balance: 9, reserved: 0, spent: 1, entries: ["Grant 5", "Reserve -1 job-1", "Grant 5", "Settle 0 job-1"]);
    }

    [Fact]
    public async Task Months_without_a_movement_bring_nothing_and_neither_does_a_clock_that_is_behind()
    {
        var time = new ManualTimeProvider(Noon);
        await using var app = await StartAsync(tokens: 5, time);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        await ReserveAsync(ledger, "job-1");

        time.JumpTo(Noon.AddMonths(14));
        await ReserveAsync(ledger, "job-2");
        time.JumpTo(Noon.AddMonths(13));
        await ReserveAsync(ledger, "job-3");

        await AssertAddsUpAsync(ledger, balance: 7, reserved: 3, spent: 0, entries: ["Grant 5", "Reserve -1 job-1", "Grant 5", "Reserve -1 job-2", "Reserve -1 job-3"]);
    }

    [Fact]
    public async Task Read_shows_the_months_tokens_as_the_first_movement_will_bring_them()
    {
        var time = new ManualTimeProvider(Noon);
        await using var app = await StartAsync(tokens: 5, time);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        await ReserveAsync(ledger, "job-1");
        time.Advance(TimeSpan.FromDays(31));

        var before = await AssertAddsUpAsync(ledger, balance: 9, reserved: 1, spent: 0, entries: ["Grant 5", "Reserve -1 job-1", "Grant 5"]);
        time.Advance(TimeSpan.FromDays(1));
        await ledger.ReleaseAsync(_tenant, "job-1", CancellationToken.None);
        var after = await AssertAddsUpAsync(ledger, balance: 10, reserved: 0, spent: 0, entries: ["Grant 5", "Reserve -1 job-1", "Grant 5", "Release 1 job-1"]);

        Assert.Equal(before.Entries, after.Entries.Skip(1));
        Assert.Equal(new DateTimeOffset(2030, 2, 1, 0, 0, 0, TimeSpan.Zero), before.Entries[0].At);
    }

    [Fact]
    public async Task Hundred_reserves_at_once_with_ten_tokens_hold_exactly_ten()
    {
        await using var app = await StartAsync(tokens: 10);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        var hosts = Hosts(app, 4);

        var held = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => ReserveAsync(hosts[i % hosts.Length], $"job-{i}"))));

        Assert.Equal(10, held.Count(isHeld => isHeld));
        await AssertAddsUpAsync(ledger, balance: 0, reserved: 10, spent: 0);
    }

    [Fact]
    public async Task Hundred_reserves_at_once_with_tokens_for_all_hold_a_hundred()
    {
        await using var app = await StartAsync(tokens: 100);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        var hosts = Hosts(app, 4);

        var held = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => ReserveAsync(hosts[i % hosts.Length], $"job-{i}"))));

        Assert.DoesNotContain(false, held);
        await AssertAddsUpAsync(ledger, balance: 0, reserved: 100, spent: 0);
    }

    [Fact]
    public async Task Same_reference_reserved_fifty_times_at_once_holds_one_token_and_none_is_refused()
    {
        await using var app = await StartAsync(tokens: 1);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        var hosts = Hosts(app, 4);

        var held = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => ReserveAsync(hosts[i % hosts.Length], "job-1"))));

        Assert.DoesNotContain(false, held);
        await AssertAddsUpAsync(ledger, balance: 0, reserved: 1, spent: 0, entries: ["Grant 1", "Reserve -1 job-1"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_movements_at_once_add_up(int seed)
    {
        const int References = 12;
        await using var app = await StartAsync(tokens: 6);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        var hosts = Hosts(app, 8);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random((seed * 100) + worker);
            for (var i = 0; i < 25; i++)
            {
                var reference = $"job-{random.Next(References)}";
                await (random.Next(4) switch
                {
                    0 => hosts[worker].SettleAsync(_tenant, reference, CancellationToken.None),
                    1 => hosts[worker].ReleaseAsync(_tenant, reference, CancellationToken.None),
                    _ => ReserveAsync(hosts[worker], reference),
                });
            }
        })));

        var usage = await AssertAddsUpAsync(ledger);
        Assert.All(usage.Entries.Where(entry => entry.Reference is not null).GroupBy(entry => entry.Reference), AssertIsAStory);
    }

    [Fact]
    public async Task Hundred_reserves_at_once_in_one_process_do_not_overtake_each_other()
    {
        await using var app = await StartAsync(tokens: 100);
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        var looks = new CountingClock();
        var host = new TokenLedger(app.Services.GetRequiredService<LedgerStore>(), app.Services.GetRequiredService<IOptions<LedgerOptions>>(), looks);

        var held = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => ReserveAsync(host, $"job-{i}"))));

        Assert.DoesNotContain(false, held);
        Assert.Equal(100, looks.Count);
        await AssertAddsUpAsync(ledger, balance: 0, reserved: 100, spent: 0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("say hello")]
    public async Task Hundred_agents_created_at_once_with_ten_tokens_are_ten(string? prompt)
    {
        await using var app = await StartAsync(tokens: 10, new RunningClock(Noon));
        var key = ApiKey.Create();
        await app.Services.GetRequiredService<ApiKeyStore>().AddAsync(ApiKey.Hash(key), new ApiKeyOwner(_tenant, "tim", IsAdmin: false), CancellationToken.None);
        using var client = app.NewClient(key);
        using var atOnce = new SemaphoreSlim(AtOnce);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            // A storage that is too busy to answer in time is 503, and the caller asks again: under one key, so that nothing is done twice. It is 409 while the key is held
            // by a request that storage did not even let give up.
            for (var deadline = DateTime.UtcNow + (3 * IdempotentCreation.ClaimLifetime); ;)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "v1/agents") { Content = JsonContent.Create(new { name = $"Agent {i}", prompt }) };
                request.Headers.Add("Idempotency-Key", $"agent-{i}");
                await atOnce.WaitAsync();
                using var response = await client.SendAsync(request);
                atOnce.Release();
                if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict) || DateTime.UtcNow > deadline)
                {
                    return (int)response.StatusCode;
                }

                // When the answer says, and spread over some time: a hundred who come back together are too many again for a storage that was too slow for them.
                var spread = TimeSpan.FromSeconds(response.StatusCode is HttpStatusCode.Conflict ? 3 : 20);
                await Task.Delay((response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero) + (Random.Shared.NextDouble() * spread));
            }
        }));

        Assert.Equal(new Dictionary<int, int> { [prompt is null ? 201 : 202] = 10, [402] = 90 }, statuses.CountBy(status => status).OrderBy(count => count.Key).ToDictionary());
        Assert.Equal(10, (await client.GetFromJsonAsync<JsonElement>("v1/agents")).GetProperty("total").GetInt32());
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        for (var deadline = DateTime.UtcNow.AddSeconds(90); (await ledger.ReadAsync(_tenant, null, 1, CancellationToken.None)).Balance.Reserved > 0;)
        {
            Assert.True(DateTime.UtcNow < deadline, "The builds do not end.");
            await Task.Delay(10);
        }

        await AssertAddsUpAsync(ledger, balance: 0, reserved: 0, spent: 10);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public async Task Movement_that_is_always_overtaken_is_given_up_at_the_limit(int millisecondsPastIt, bool isGivenUp)
    {
        await using var app = await StartAsync();
        var store = app.Services.GetRequiredService<LedgerStore>();
        await ReserveAsync(app.Services.GetRequiredService<TokenLedger>(), "job-1");
        var table = app.Services.GetRequiredService<StorageAccount>().Ledger;
        var clock = new OvertakingClock(Noon, TokenLedger.ContentionLimit + TimeSpan.FromMilliseconds(millisecondsPastIt), () =>
        {
            var row = table.GetEntityIfExistsAsync<TableEntity>(_tenant, _tenant).GetAwaiter().GetResult().Value!;
            table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace).GetAwaiter().GetResult();
        });
        var ledger = new TokenLedger(store, app.Services.GetRequiredService<IOptions<LedgerOptions>>(), clock);

        if (isGivenUp)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => ReserveAsync(ledger, "job-2"));
            await AssertAddsUpAsync(ledger, balance: 999, reserved: 1, spent: 0);
        }
        else
        {
            Assert.True(await ReserveAsync(ledger, "job-2"));
            await AssertAddsUpAsync(ledger, balance: 998, reserved: 2, spent: 0);
        }
    }

    /// <summary>Several ledgers over the same rows, as several hosts have: they meet in storage only.</summary>
    private static TokenLedger[] Hosts(TestApp app, int count) => [.. Enumerable.Range(0, count).Select(_ => new TokenLedger(
        app.Services.GetRequiredService<LedgerStore>(),
        app.Services.GetRequiredService<IOptions<LedgerOptions>>(),
        app.Services.GetRequiredService<TimeProvider>()))];

    private async Task<bool> ReserveAsync(TokenLedger ledger, string reference) => await ledger.ReserveAsync(_tenant, reference, "Run an agent", CancellationToken.None) is Reservation.Held;

    private Task<TestApp> StartAsync(int tokens = 1_000, TimeProvider? time = null) => TestApp.StartAsync(
        services => services
            .AddSingleton<TimeProvider>(time ?? new ManualTimeProvider(Noon))
            .AddSingleton<IAgentGenerator>(new FakeGenerator((_, _) => Task.FromResult(FakeGenerator.Agent))),
        arguments: ["--Jobs:TokensPerMonth", $"{tokens}", .. Storage]);

    /// <summary>Reads the whole ledger, page by page, and checks everything that must hold of any ledger; then what this test says of it. Gives all entries, newest first.</summary>
    private async Task<Usage> AssertAddsUpAsync(TokenLedger ledger, long? balance = null, long? reserved = null, long? spent = null, string[]? entries = null)
    {
        var usage = await ledger.ReadAsync(_tenant, before: null, limit: 1, CancellationToken.None);
        var all = new List<LedgerEntry>(usage.Entries);
        for (var next = usage.Next; next is not null;)
        {
            var page = await ledger.ReadAsync(_tenant, next, limit: 7, CancellationToken.None);
            Assert.NotEmpty(page.Entries);
            all.AddRange(page.Entries);
            next = page.Next;
        }

        Assert.Equal(Enumerable.Range(1, all.Count).Reverse().Select(i => (long)i), all.Select(entry => entry.Sequence));
        Assert.Equal(all.Count, usage.Balance.Sequence);
        Assert.Equal(usage.Balance.Balance, all.Sum(entry => entry.Amount));
        Assert.Equal(usage.Balance.Granted, all.Where(entry => entry.Kind is LedgerEntryKind.Grant).Sum(entry => entry.Amount));
        Assert.Equal(usage.Balance.Granted, usage.Balance.Balance + usage.Balance.Reserved + usage.Balance.Spent);
        Assert.Equal(usage.Balance.Spent, all.Count(entry => entry.Kind is LedgerEntryKind.Settle));
        Assert.Equal(
            usage.Balance.Reserved,
            all.Where(entry => entry.Reference is not null).GroupBy(entry => entry.Reference).Count(work => work.First().Kind is LedgerEntryKind.Reserve));
        Assert.True(usage.Balance is { Balance: >= 0, Reserved: >= 0, Spent: >= 0 });

        Assert.Equal(balance ?? usage.Balance.Balance, usage.Balance.Balance);
        Assert.Equal(reserved ?? usage.Balance.Reserved, usage.Balance.Reserved);
        Assert.Equal(spent ?? usage.Balance.Spent, usage.Balance.Spent);
        if (entries is not null)
        {
            Assert.Equal(entries, all.AsEnumerable().Reverse().Select(entry => $"{entry.Kind} {entry.Amount} {entry.Reference}".TrimEnd()));
        }

        return usage with { Entries = all };
    }

    /// <summary>Reserved, released, reserved again, …, until it is settled.</summary>
    private static void AssertIsAStory(IEnumerable<LedgerEntry> newestFirst)
    {
        var kinds = newestFirst.Reverse().Select(entry => entry.Kind).ToArray();
        for (var i = 0; i < kinds.Length; i++)
        {
            if (i % 2 == 0)
            {
                Assert.Equal(LedgerEntryKind.Reserve, kinds[i]);
            }
            else
            {
                Assert.True(kinds[i] is LedgerEntryKind.Release || (kinds[i] is LedgerEntryKind.Settle && i == kinds.Length - 1), string.Join(", ", kinds));
            }
        }
    }

    /// <summary>Time passes in it as outside, so that claims end.</summary>
    private sealed class RunningClock(DateTimeOffset start) : TimeProvider
    {
        private readonly long _started = System.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(_started);
    }

    /// <summary>A clock at which the ledger looks once each time that it tries to write.</summary>
    private sealed class CountingClock : TimeProvider
    {
        private int _count;

        public int Count => _count;

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Increment(ref _count);
            return Noon;
        }
    }

    /// <summary>A clock at which the ledger looks between its read and its write: at the first look somebody else is first, and time has passed.</summary>
    private sealed class OvertakingClock(DateTimeOffset start, TimeSpan passes, Action overtake) : TimeProvider
    {
        private DateTimeOffset _now = start;
        private bool _hasOvertaken;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.UtcTicks;

        public override DateTimeOffset GetUtcNow()
        {
            if (!_hasOvertaken)
            {
                _hasOvertaken = true;
                overtake();
                _now += passes;
            }

            return _now;
        }
    }
}
