using Azure.Data.Tables;

namespace Jobs.Conformance.Suites;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteTableConformance(AzuriteFixture azurite) : TableConformance(new TableServiceClient(azurite.ConnectionString), Differences.OfAzurite);
