namespace Jobs.Conformance.Suites;

public sealed class EmbeddedTableConformance(EmbeddedStorageFixture embedded) : TableConformance(embedded.Tables, Differences.None), IClassFixture<EmbeddedStorageFixture>;
