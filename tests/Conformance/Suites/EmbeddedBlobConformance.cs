namespace Jobs.Conformance.Suites;

public sealed class EmbeddedBlobConformance(EmbeddedStorageFixture embedded) : BlobConformance(embedded.Blobs, Differences.None), IClassFixture<EmbeddedStorageFixture>;
