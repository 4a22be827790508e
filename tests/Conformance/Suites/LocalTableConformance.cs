namespace Jobs.Conformance.Suites;

public sealed class LocalTableConformance(LocalFolderFixture local) : TableConformance(local.ConnectionString), IClassFixture<LocalFolderFixture>;
