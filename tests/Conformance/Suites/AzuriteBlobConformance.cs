namespace Jobs.Conformance.Suites;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteBlobConformance(AzuriteFixture azurite) : BlobConformance(azurite.ConnectionString);
