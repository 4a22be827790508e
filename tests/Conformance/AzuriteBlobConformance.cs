namespace Jobs.Conformance;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteBlobConformance(AzuriteFixture azurite) : BlobConformance(azurite.ConnectionString);
