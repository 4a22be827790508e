namespace Jobs.Conformance.Suites;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteTableConformance(AzuriteFixture azurite) : TableConformance(azurite.ConnectionString);
