namespace Jobs.Conformance.Suites;

public sealed class LocalBlobConformance(LocalFolderFixture local) : BlobConformance(local.ConnectionString), IClassFixture<LocalFolderFixture>;
