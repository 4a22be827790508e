namespace Jobs.Conformance;

public sealed class LocalTableConformance(LocalFolderFixture local) : TableConformance(local.ConnectionString), IClassFixture<LocalFolderFixture>;
