namespace Jobs.Conformance;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteTableConformance(AzuriteFixture azurite) : TableConformance(azurite.ConnectionString);
