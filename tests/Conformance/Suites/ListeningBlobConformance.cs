namespace Jobs.Conformance.Suites;

public sealed class ListeningBlobConformance(ListeningStorageFixture listening) : BlobConformance(listening.Blobs, Differences.None), IClassFixture<ListeningStorageFixture>;
