using Azure.Storage.Blobs;

namespace Jobs.Conformance.Suites;

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteBlobConformance(AzuriteFixture azurite) : BlobConformance(new BlobServiceClient(azurite.ConnectionString), Differences.OfAzurite);
