namespace Jobs.Functions.Tests.Storage;

/// <summary>The same over the real protocol.</summary>
public sealed class ArtifactOnAzuriteTests(AzuriteFixture azurite) : ArtifactSuite, IClassFixture<AzuriteFixture>
{
    protected override string[] Storage => ["--JobsStorage", azurite.ConnectionString];
}
