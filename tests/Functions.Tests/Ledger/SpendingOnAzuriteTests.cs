namespace Jobs.Functions.Tests.Ledger;

/// <summary>The same over the real protocol, where a transaction's conflict has another form.</summary>
public sealed class SpendingOnAzuriteTests(AzuriteFixture azurite) : SpendingSuite, IClassFixture<AzuriteFixture>
{
    protected override string[] Storage => ["--JobsStorage", azurite.ConnectionString];
}
