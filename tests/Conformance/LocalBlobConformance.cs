namespace Jobs.Conformance;

public sealed class LocalBlobConformance(LocalFolderFixture local) : BlobConformance(local.ConnectionString), IClassFixture<LocalFolderFixture>;
