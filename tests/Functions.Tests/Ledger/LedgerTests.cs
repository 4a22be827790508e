using Jobs.Functions.Ledger;

namespace Jobs.Functions.Tests.Ledger;

public sealed class LedgerTests : LedgerSuite
{
    [Theory]
    [InlineData("0")]
    [InlineData("1000000000")]
    public async Task Setting_at_its_limits_is_taken(string tokensPerMonth)
    {
        Assert.Equal(1_000_000_000, LedgerOptions.MaxTokensPerMonth);

        await using var app = await TestApp.StartAsync(arguments: ["--Jobs:TokensPerMonth", tokensPerMonth]);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1000000001")]
    [InlineData("many")]
    [InlineData("1.5")]
    public async Task Setting_past_its_limits_stops_the_start_and_is_named(string tokensPerMonth)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => TestApp.StartAsync(arguments: ["--Jobs:TokensPerMonth", tokensPerMonth]));

        Assert.Contains("Jobs:TokensPerMonth", error.Message);
    }
}
