using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Api;

public sealed class UsageTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 15, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Usage_is_the_documented_payload()
    {
        await using var app = await StartAsync();
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        await ledger.ReserveAsync("acme", "job_1893456000000_000000000001", "Create an agent", CancellationToken.None);
        await ledger.ReserveAsync("acme", "job_1893456000000_000000000002", "Refine an agent", CancellationToken.None);
        await ledger.SettleAsync("acme", "job_1893456000000_000000000001", CancellationToken.None);
        await ledger.ReserveAsync("acme", "run_1893456000000_000000000003", "Run an agent", CancellationToken.None);
        await ledger.ReleaseAsync("acme", "job_1893456000000_000000000002", CancellationToken.None);

        Payload.AssertMatches("usage.json", await app.Client.GetFromJsonAsync<JsonElement>("v1/usage"));
    }

    [Fact]
    public async Task Organisation_that_has_done_nothing_has_the_months_tokens()
    {
        await using var app = await StartAsync();

        var usage = await app.Client.GetFromJsonAsync<JsonElement>("v1/usage");

        Assert.Equal(1000, usage.GetProperty("tokens").GetProperty("balance").GetInt64());
        Assert.Equal(["grant"], usage.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("kind").GetString()!));
        Assert.Equal(JsonValueKind.Null, usage.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task Pages_give_every_entry_once_newest_first()
    {
        await using var app = await StartAsync();
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        for (var i = 1; i <= 24; i++)
        {
            await ledger.ReserveAsync("acme", $"job-{i}", "Run an agent", CancellationToken.None);
        }

        var first = await app.Client.GetFromJsonAsync<JsonElement>("v1/usage");
        var second = await app.Client.GetFromJsonAsync<JsonElement>($"v1/usage?before={first.GetProperty("next").GetString()}");

        Assert.Equal(UsageFunctions.DefaultEntries, first.GetProperty("entries").GetArrayLength());
        Assert.Equal(
            [.. Enumerable.Range(1, 24).Reverse().Select(i => $"job-{i}"), null],
            first.GetProperty("entries").EnumerateArray().Concat(second.GetProperty("entries").EnumerateArray()).Select(entry => entry.GetProperty("reference").GetString()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal(first.GetProperty("tokens").ToString(), second.GetProperty("tokens").ToString());
    }

    [Fact]
    public async Task Another_organisations_movements_are_not_shown()
    {
        await using var app = await StartAsync();
        await app.Services.GetRequiredService<TokenLedger>().ReserveAsync("acme", "job-1", "Run an agent", CancellationToken.None);

        var usage = await app.OtherTenant.GetFromJsonAsync<JsonElement>("v1/usage");

        Assert.Equal("other", usage.GetProperty("organizationId").GetString());
        Assert.DoesNotContain("job-1", usage.ToString());
    }

    [Theory]
    [InlineData("limit=1", 200)]
    [InlineData("limit=100", 200)]
    [InlineData("before=1", 200)]
    [InlineData("before=9223372036854775807", 200)]
    [InlineData("limit=0", 400)]
    [InlineData("limit=101", 400)]
    [InlineData("limit=x", 400)]
    [InlineData("before=0", 400)]
    [InlineData("before=-1", 400)]
    [InlineData("before=9223372036854775808", 400)]
    [InlineData("before=", 400)]
    public async Task Parameters_at_and_past_their_limits(string query, int expected)
    {
        await using var app = await StartAsync();

        using var response = await app.Client.GetAsync($"v1/usage?{query}");

        Assert.Equal((HttpStatusCode)expected, response.StatusCode);
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(new ManualTimeProvider(Noon)));
}
