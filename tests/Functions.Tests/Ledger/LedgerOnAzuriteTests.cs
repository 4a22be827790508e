namespace Jobs.Functions.Tests.Ledger;

/// <summary>The same over the real protocol, where a transaction's conflict has another form.</summary>
public sealed class LedgerOnAzuriteTests(AzuriteFixture azurite) : LedgerSuite, IClassFixture<AzuriteFixture>
{
    protected override string[] Storage => ["--JobsStorage", azurite.ConnectionString];

    /// <summary>The emulator is one thread: on a machine whose processors are busy a hundred would time out together.</summary>
    protected override int AtOnce => 16;
}
